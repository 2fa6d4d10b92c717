/** Randomness and folds against NumPy's own numbers and the published permutations. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../src/domain/addressedRandom'
import { fold, permutation } from '../../../src/engine/data/folds'
import { shared } from '../../support/shared'

describe('Random', () => {
  it('is NumPy RandomState: numbers printed by NumPy', () => {
    expect(new Random(5489).uint32()).toBe(3499211612)
    const seven = new Random(7)
    expect([seven.uniform(), seven.uniform(), seven.uniform()]).toEqual([
      0.07630828937395717, 0.7799187922401146, 0.4384092314408935,
    ])
    expect([...new Random(7).permutation(10)]).toEqual([8, 5, 0, 2, 1, 9, 7, 3, 6, 4])
    const keyed = new Random(3, 1, 4)
    expect([keyed.uniform(), keyed.uniform(), keyed.uniform()]).toEqual([
      0.39648378373151827, 0.7658119583000006, 0.8190811292648611,
    ])
    expect([...keyed.permutation(8)]).toEqual([3, 4, 1, 5, 0, 2, 6, 7])
  })

  it('draws normals of mean 0 and deviation 1', () => {
    const random = new Random(1, 2)
    const draws = Array.from({ length: 20_000 }, () => random.normal())
    const mean = draws.reduce((a, b) => a + b) / draws.length
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length
    expect(Math.abs(mean)).toBeLessThan(0.03)
    expect(Math.abs(variance - 1)).toBeLessThan(0.04)
  })
})

describe('folds', () => {
  const file = shared('reference', 'splits.json')
  it.skipIf(!file)('are the published permutations of seeds 0, 1 and 2', () => {
    const { perm } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { perm: Record<string, number[]> }
    for (const seed of [0, 1, 2]) {
      const expected = perm[seed] as number[]
      expect([...permutation(10_000, seed)]).toEqual(expected)
      const { train, heldOut } = fold(10_000, 10, 3, seed)
      expect([...heldOut]).toEqual(expected.slice(3000, 4000))
      expect([...train]).toEqual([...expected.slice(0, 3000), ...expected.slice(4000)])
    }
  })

  it('hold out every image exactly once, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 2, max: 12 }),
        fc.nat(5),
        (count, folds, seed) => {
          fc.pre(folds <= count)
          const parts = Array.from({ length: folds }, (_, index) => fold(count, folds, index, seed))
          const held = parts.flatMap(({ heldOut }) => [...heldOut])
          expect(held.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
          for (const { train, heldOut } of parts) {
            expect(new Set([...train, ...heldOut]).size).toBe(count)
            expect(Math.abs(heldOut.length - count / folds)).toBeLessThan(1)
          }
        },
      ),
    )
  })

  it.each([
    [10, 11, 0, /cannot be divided/],
    [10, 1, 0, /cannot be divided/],
    [10, 5, 5, /no fold 5/],
    [10, 5, -1, /no fold -1/],
  ])('of %i images in %i, number %i, are refused', (count, folds, index, message) => {
    expect(() => fold(count, folds, index, 0)).toThrow(message)
  })
})
