/** SHA-256 digests that identify data whatever container it came in: a run's folder keeps them to be repeatable. */
import { createHash } from 'node:crypto'
import type { ImageSetData, LabelSetData } from './types'

/** Packed uint8 NHWC pixels followed by one label byte per image, hex. */
export function digestImages(set: Pick<ImageSetData, 'pixels' | 'labels'>): string {
  return createHash('sha256').update(set.pixels).update(set.labels).digest('hex')
}

/**
 * Counts as little-endian uint32 where there are any, then probabilities as little-endian float64, hex. The same
 * distributions get the same digest from a raw file and from the counts made of it.
 */
export function digestLabels(set: Pick<LabelSetData, 'counts' | 'probabilities'>): string {
  const hash = createHash('sha256')
  if (set.counts) hash.update(bytesOf(set.counts))
  return hash.update(bytesOf(set.probabilities)).digest('hex')
}

/** Every platform this runs on is little-endian, so memory order is file order. */
const bytesOf = (array: Uint32Array | Float64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
