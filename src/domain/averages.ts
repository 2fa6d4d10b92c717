/** The mean and the median. */

/** NaN of no values. */
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length

/** Null of no values. */
export const meanOrNull = (values: ArrayLike<number>): number | null => (values.length === 0 ? null : mean(values))

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0
  return total
}

/** The middle of the values, the mean of the two in the middle where their number is even; NaN of none. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
