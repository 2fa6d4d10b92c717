/** Agreement of whole distributions and of first choices, by hand and by what must hold of any. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracy } from '../../../src/domain/measures/accuracy'
import {
  accuracyToPeople,
  distributionPearson,
  firstChances,
  overlapWithPeople,
} from '../../../src/domain/measures/agreement'
import { images, predictions } from './support'

const against = (network: number[][], people: number[][]) =>
  predictions(
    network,
    network.map(() => 0),
    people,
  )

describe('overlap', () => {
  it('is what both hold in common', () => {
    expect(
      overlapWithPeople(
        against(
          [
            [0.7, 0.2, 0.1],
            [0, 0, 1],
          ],
          [
            [0.5, 0.5, 0],
            [1, 0, 0],
          ],
        ),
      ),
    ).toBeCloseTo(0.7 / 2, 12)
    expect(overlapWithPeople(against([[1, 0]], [[1, 0]]))).toBe(1)
  })

  it('is 1 less the total variation distance, the greatest difference over all sets of classes', () => {
    fc.assert(
      fc.property(images, (set) => {
        let distance = 0
        for (let i = 0; i < set.labels.length; i++) {
          const gaps = [0, 1, 2, 3].map((c) => (set.people[4 * i + c] ?? 0) - (set.values[4 * i + c] ?? 0))
          const ofSet = (members: number) => gaps.reduce((sum, gap, c) => sum + (members & (1 << c) ? gap : 0), 0)
          distance += Math.max(...Array.from({ length: 16 }, (_, members) => ofSet(members)))
        }
        expect(overlapWithPeople(set)).toBeCloseTo(1 - distance / set.labels.length, 10)
      }),
    )
  })
})

describe("Pearson's correlation of distributions", () => {
  it('averages over images, and leaves out those that are uniform', () => {
    // Unanimous both ways: 1; unanimous on different ones of 3 classes: -1/2.
    expect(distributionPearson(against([[1, 0, 0]], [[1, 0, 0]]))).toBeCloseTo(1, 12)
    expect(distributionPearson(against([[1, 0, 0]], [[0, 1, 0]]))).toBeCloseTo(-0.5, 12)
    const third = 1 / 3
    expect(
      distributionPearson(
        against(
          [
            [1, 0, 0],
            [third, third, third],
          ],
          [
            [0, 1, 0],
            [1, 0, 0],
          ],
        ),
      ),
    ).toBeCloseTo(-0.5, 12)
    expect(distributionPearson(against([[third, third, third]], [[1, 0, 0]]))).toBeNull()
    // Deviations from 1/3, in 1/30: (8, -1, -7) and (5, 5, -10).
    const expected = (40 - 5 + 70) / Math.sqrt((64 + 1 + 49) * (25 + 25 + 100))
    expect(distributionPearson(against([[0.6, 0.3, 0.1]], [[0.5, 0.5, 0]]))).toBeCloseTo(expected, 12)
  })
})

describe("accuracy against people's first choice", () => {
  it('counts ties by expectation, on either side', () => {
    expect(firstChances([0.4, 0.4, 0.2])).toEqual([0.5, 0.5, 0])
    expect(accuracyToPeople(against([[0.6, 0.4, 0]], [[0.5, 0.5, 0]]))).toBe(0.5)
    expect(accuracyToPeople(against([[0.1, 0.2, 0.7]], [[0.5, 0.5, 0]]))).toBe(0)
    expect(accuracyToPeople(against([[0.5, 0.5]], [[0, 1]]))).toBe(0.5)
    expect(accuracyToPeople(against([[0.25, 0.25, 0.25, 0.25]], [[0.25, 0.25, 0.25, 0.25]]))).toBeCloseTo(0.25, 12)
  })

  it('is accuracy where people all say the label and the network has one first choice', () => {
    fc.assert(
      fc.property(images, (set) => {
        const clear = set.values.map((q, i) => q + 1e-7 * (3 - (i % 4)))
        const people = set.values.map((_, i) => (set.labels[Math.floor(i / 4)] === i % 4 ? 1 : 0))
        expect(accuracyToPeople({ ...set, values: clear, people })).toBe(accuracy({ ...set, values: clear }))
      }),
    )
  })
})
