/** Weights of Shake-Shake's mixtures: a further input of the training programs of networks that have any. */
import type { Network } from '.'
import type { NamedArrays, Signature } from '../program'
import type { Random } from '../../domain/addressedRandom'

export function mixingSignature({ mixtures }: Network, batch: number): Signature {
  return mixtures > 0 ? { mixing: [mixtures, 2, batch] } : {}
}

/** Uniform on [0, 1) for each mixture, pass and image; without `random` even, as in evaluation. */
export function mixingInputs({ mixtures }: Network, batch: number, random: Random | null): NamedArrays {
  if (mixtures === 0) return {}
  return { mixing: Float32Array.from({ length: mixtures * 2 * batch }, () => random?.uniform() ?? 0.5) }
}
