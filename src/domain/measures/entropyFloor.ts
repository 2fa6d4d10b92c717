/**
 * People's mean entropy (nats), the floor of cross-entropy to people, from counts of judgments.
 *
 * `plugIn` takes each image's shares for its true distribution: exactly the cross-entropy of those shares with
 * themselves (CIFAR-10H: 0.15446), and too low as an estimate of people's entropy, because few judgments miss rare
 * choices. `millerMadow` adds the first-order correction (K - 1) / (2 N) to each image, K classes chosen at all in N
 * judgments (Miller, 1955): nearer to what a network that knew people's true distributions would score. It still
 * misses classes that nobody happened to choose: K is what was seen.
 */
import { entropyNats } from '../labels/distribution'

export interface EntropyFloor {
  plugIn: number
  millerMadow: number
  /** Images with a judgment; the others are left out. */
  images: number
}

/**
 * @param counts judgments (n, classes), row-major
 * @returns null where nobody judged anything
 */
export function entropyFloor(counts: Uint32Array, classes: number): EntropyFloor | null {
  let [plugIn, correction, images] = [0, 0, 0]
  for (let start = 0; start < counts.length; start += classes) {
    const row = counts.subarray(start, start + classes)
    const total = row.reduce((a, b) => a + b, 0)
    if (total === 0) continue
    images++
    plugIn += entropyNats(Float64Array.from(row, (count) => count / total))
    correction += (row.filter((count) => count > 0).length - 1) / (2 * total)
  }
  return images === 0 ? null : { plugIn: plugIn / images, millerMadow: (plugIn + correction) / images, images }
}
