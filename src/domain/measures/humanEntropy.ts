/** How people's uncertainty is spread over images: a few images carry most of it (paper, sections 4.3 and 8). */
import { entropyNats, rowAt } from '../labels/distribution'
import { judgedAmong } from '../labels/unjudged'

export type Distributions = Float32Array | Float64Array

/** Entropy (nats) of each row of (n, classes), images that nobody judged left out. */
export function rowEntropies(distributions: Distributions, classes: number): Float64Array {
  return Float64Array.from(judgedAmong(distributions, classes), (image) =>
    entropyNats(rowAt(distributions, image, classes)),
  )
}

/** Share of all entropy that the most uncertain `share` of the images hold; null where nobody is ever uncertain. */
export function entropyHeldByTop(entropies: Float64Array, share: number): number | null {
  const descending = Float64Array.from(entropies).sort().reverse()
  const total = descending.reduce((a, b) => a + b, 0)
  if (total === 0) return null
  return descending.subarray(0, Math.round(descending.length * share)).reduce((a, b) => a + b, 0) / total
}
