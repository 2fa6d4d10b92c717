/** Pearson's and Spearman's correlation, and how network entropies go with human ones. */
import { entropyNats, rowAt } from '../labels/distribution'
import { countOf, type Predictions } from './predictions'
import { mean } from '../averages'

/** Null where either side does not vary. */
export function pearson(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const n = x.length
  const [meanX, meanY] = [mean(x), mean(y)]
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] as number) - meanX, (y[i] as number) - meanY]
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  // Rounding of the mean leaves a constant series with a variance of a few ulps.
  const varies = (sum: number, centre: number) => sum > n * (centre * 1e-12) ** 2
  return varies(xx, meanX) && varies(yy, meanY) ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : null
}

/** Pearson's correlation of ranks, ties at their mean rank. */
export const spearman = (x: ArrayLike<number>, y: ArrayLike<number>): number | null => pearson(ranks(x), ranks(y))

/** From 1; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const at = (i: number) => values[i] as number
  const order = Array.from(values, (_, i) => i).sort((a, b) => at(a) - at(b))
  const result = new Float64Array(values.length)
  for (let start = 0; start < order.length;) {
    let end = start + 1
    while (end < order.length && at(order[end] as number) === at(order[start] as number)) end++
    for (let i = start; i < end; i++) result[order[i] as number] = (start + 1 + end) / 2
    start = end
  }
  return result
}

/** Entropy (nats) per image of people and of the network. */
export function entropies(predictions: Predictions): { people: Float64Array; network: Float64Array } {
  const { values, people, classes } = predictions
  const of = (rows: Predictions['values']) =>
    Float64Array.from({ length: countOf(predictions) }, (_, image) => entropyNats(rowAt(rows, image, classes)))
  return { people: of(people), network: of(values) }
}
