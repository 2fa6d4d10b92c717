/** What lists of measured times come to. */

export interface Quantiles {
  count: number
  p50: number
  p95: number
  p99: number
  max: number
}

/** Nearest rank: the smallest value that at least the share of all values does not exceed. Null of no values. */
export function quantiles(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
}

/** A measurement and when it was taken, both in milliseconds; `at` since 1970. */
export interface Timed {
  at: number
  ms: number
}

/** Measurements up to `moment`, and those after it. */
export function splitAt(values: readonly Timed[], moment: number): { before: number[]; after: number[] } {
  const of = (isBefore: boolean) => values.filter(({ at }) => at <= moment === isBefore).map(({ ms }) => ms)
  return { before: of(true), after: of(false) }
}
