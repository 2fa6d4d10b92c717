/** The energy distance by enumerating every pair of labels, and by sampling's own definition of it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { brierToPeople } from '../../../src/domain/measures/divergence'
import { generalisedEnergyDistance } from '../../../src/domain/measures/energyDistance'
import { images, predictions } from './support'

/** E[d(A, B)] of labels drawn one by one from finite urns: every pair counted. */
function meanDistance(a: number[], b: number[]): number {
  const pairs = a.flatMap((x) => b.map((y): number => (x === y ? 0 : 1)))
  return pairs.reduce((sum, d) => sum + d, 0) / pairs.length
}

describe('generalised energy distance', () => {
  it('is the mean over all pairs of labels in urns of the same shares', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }),
        fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }),
        (network, people) => {
          const shares = (urn: number[]) =>
            [0, 1, 2, 3].map((c) => urn.filter((label) => label === c).length / urn.length)
          const expected =
            2 * meanDistance(network, people) - meanDistance(network, network) - meanDistance(people, people)
          expect(generalisedEnergyDistance(predictions([shares(network)], [0], [shares(people)]))).toBeCloseTo(
            expected,
            12,
          )
        },
      ),
    )
  })

  it('is 0 for equal distributions, 2 for unanimous ones that differ', () => {
    expect(generalisedEnergyDistance(predictions([[1, 0]], [0], [[0, 1]]))).toBe(2)
    expect(
      generalisedEnergyDistance(
        predictions(
          [
            [1, 0],
            [0.1, 0.9],
          ],
          [0, 0],
        ),
      ),
    ).toBeCloseTo(0, 12)
  })

  it('with distances of 0 and 1 is the Brier score to people', () => {
    fc.assert(
      fc.property(images, (set) => {
        expect(generalisedEnergyDistance(set)).toBeGreaterThanOrEqual(0)
        expect(generalisedEnergyDistance(set)).toBeCloseTo(brierToPeople(set), 10)
      }),
    )
  })
})
