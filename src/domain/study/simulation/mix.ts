/** How many simulated annotators of each kind, and in which order they come. */
import { StudioError } from '../../errors'
import type { SeededRandom } from '../../random'
import type { SimulatedMix } from '..'
import type { SimulatedKind } from './annotators'

export const SIMULATED_KINDS: readonly SimulatedKind[] = ['careful', 'hurried', 'onePosition', 'random']

/** Shares written by hand need not sum to 1 to the last digit. */
const TOLERANCE = 1e-6

/** Throws `bad-input` where the shares are no shares or do not sum to 1. */
export function checkMix(mix: SimulatedMix): void {
  const wrong = SIMULATED_KINDS.find((kind) => !(mix[kind] >= 0 && mix[kind] <= 1))
  if (wrong) throw new StudioError('bad-input', 'A share must be a number from 0 to 1.', { place: `mix.${wrong}` })
  const sum = SIMULATED_KINDS.reduce((total, kind) => total + mix[kind], 0)
  if (Math.abs(sum - 1) > TOLERANCE) {
    const reason = `The shares of the kinds of annotators sum to ${Number(sum.toFixed(6))}, not to 1.`
    throw new StudioError('bad-input', reason, { place: 'mix' })
  }
}

/** Whole numbers that sum to `participants`, each less than one from its share (largest remainders first). */
function apportion(mix: SimulatedMix, participants: number): Map<SimulatedKind, number> {
  const exact = SIMULATED_KINDS.map((kind) => ({ kind, quota: mix[kind] * participants }))
  const counts = new Map(exact.map(({ kind, quota }) => [kind, Math.floor(quota)]))
  const left = participants - [...counts.values()].reduce((sum, n) => sum + n, 0)
  const remainder = ({ quota }: { quota: number }) => quota - Math.floor(quota)
  for (const { kind } of exact.toSorted((a, b) => remainder(b) - remainder(a)).slice(0, left))
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

/** A kind for each participant: the shares as closely as whole people allow, in random order. */
export function drawKinds(mix: SimulatedMix, participants: number, random: SeededRandom): SimulatedKind[] {
  checkMix(mix)
  const kinds = [...apportion(mix, participants)].flatMap(([kind, n]) => Array<SimulatedKind>(n).fill(kind))
  return random.shuffle(kinds)
}
