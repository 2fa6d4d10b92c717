import { expect, test } from 'vitest'
import { quantiles, splitAt } from '../../bench/statistics'

test('quantiles are values that were measured, by nearest rank', () => {
  const values = Array.from({ length: 1_000 }, (_, at) => ((at * 7) % 1_000) + 1)
  expect(quantiles(values)).toEqual({ count: 1_000, p50: 500, p95: 950, p99: 990, max: 1_000 })
  expect(values[0]).toBe(1) // the caller's order is kept
  expect(quantiles([3, 1, 2])).toEqual({ count: 3, p50: 2, p95: 3, p99: 3, max: 3 })
  expect(quantiles([5])).toEqual({ count: 1, p50: 5, p95: 5, p99: 5, max: 5 })
  expect(quantiles([])).toBeNull()
})

test('large numbers are sorted as numbers', () => {
  expect(quantiles([9, 10, 100, 2])).toMatchObject({ p50: 9, max: 100 })
})

test('what was measured at the very moment belongs to the time before', () => {
  const values = [1, 2, 3, 4].map((at) => ({ at, ms: 10 * at }))
  expect(splitAt(values, 2)).toEqual({ before: [10, 20], after: [30, 40] })
  expect(splitAt(values, 9)).toEqual({ before: [10, 20, 30, 40], after: [] })
  expect(splitAt([], 0)).toEqual({ before: [], after: [] })
})
