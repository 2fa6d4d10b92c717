/** Small sets of predictions for tests of measures. */
import fc from 'fast-check'
import type { Predictions } from '../../../src/domain/measures/predictions'

export const of = (rows: number[][]): Float64Array => Float64Array.from(rows.flat())

/** Rows of the network and of people, and the labels. */
export const predictions = (network: number[][], labels: number[], people: number[][] = network): Predictions => ({
  values: of(network),
  labels: Uint8Array.from(labels),
  people: of(people),
  classes: network[0]?.length ?? 0,
})

/** Distributions of 4 classes, zeros and ties among them. */
export const distribution = fc
  .array(fc.oneof(fc.constant(0), fc.constant(0.5), fc.double({ min: 0, max: 1, noNaN: true })), {
    minLength: 4,
    maxLength: 4,
  })
  .filter((row) => row.some((value) => value > 1e-6))
  .map((row) => {
    const sum = row.reduce((a, b) => a + b)
    return row.map((value) => value / sum)
  })

export const images = fc
  .array(fc.record({ q: distribution, p: distribution, label: fc.nat(3) }), { minLength: 1, maxLength: 30 })
  .map((each) =>
    predictions(
      each.map(({ q }) => q),
      each.map(({ label }) => label),
      each.map(({ p }) => p),
    ),
  )

/** All orders of 0 .. n-1. */
export function permutations(n: number): number[][] {
  if (n === 0) return [[]]
  return permutations(n - 1).flatMap((order) =>
    Array.from({ length: n }, (_, at) => [...order.slice(0, at), n - 1, ...order.slice(at)]),
  )
}
