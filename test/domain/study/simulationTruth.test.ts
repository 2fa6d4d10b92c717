/** The stated confusion matrix, and how far judgments lie from their truth by chance alone. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_LABEL } from '../../../src/domain/labels/judgments'
import { SeededRandom } from '../../../src/domain/random'
import { confusionTruth, measuredVariation, samplingVariation } from '../../../src/domain/study/simulation'

const rowsOf = (table: Float64Array, classes: number) =>
  Array.from({ length: table.length / classes }, (_, image) => [...table.slice(image * classes, (image + 1) * classes)])

describe('the confusion matrix', () => {
  test('ten classes: as it is stated in words', () => {
    const [first = [], last = [], unknown = []] = rowsOf(confusionTruth(Uint8Array.of(0, 9, NO_LABEL), 10), 10)
    expect(first.map((p) => Number(p.toFixed(6)))).toEqual([0.9, 0.06, ...Array<number>(8).fill(0.005)])
    // The class after the last is the first.
    expect([last[9], last[0]]).toEqual([0.9, 0.06])
    expect(unknown).toEqual(Array<number>(10).fill(0.1))
  })

  test('rows sum to 1 and the label comes first, for any number of classes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 255 }), fc.nat(254), (classes, at) => {
        const label = at % classes
        const truth = confusionTruth(Uint8Array.of(label), classes)
        expect(truth.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        expect(truth[label]).toBeGreaterThan(0.89)
      }),
    )
  })
})

describe('total variation', () => {
  test('by hand: two images, one of them without judgments', () => {
    const truth = [0.5, 0.5, 1, 0, 0.25, 0.75]
    // |0.75 - 0.5| on the first, nothing known of the second, |1 - 0.25| on the third.
    expect(measuredVariation(truth, [3, 1, 0, 0, 2, 0], 2)).toBeCloseTo((0.25 + 0.75) / 2, 12)
    expect(measuredVariation(truth, [0, 0, 0, 0, 0, 0], 2)).toBe(0)
    expect(samplingVariation(truth, [0, 0, 0, 0, 0, 0], 2)).toBe(0)
  })

  /** E|X/n - p| summed over every outcome of a binomial: an oracle that knows no closed form. */
  function expectedDeviation(n: number, p: number): number {
    let probability = (1 - p) ** n
    let sum = probability * p
    for (let k = 1; k <= n; k++) {
      probability *= (((n - k + 1) / k) * p) / (1 - p)
      sum += probability * Math.abs(k / n - p)
    }
    return sum
  }

  test('what sampling gives agrees with summing over all outcomes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (n, p) => {
        const expected = (expectedDeviation(n, p) + expectedDeviation(n, 1 - p)) / 2
        expect(samplingVariation([p, 1 - p], [n, 0], 2)).toBeCloseTo(expected, 9)
      }),
    )
    expect(samplingVariation([1, 0], [51, 0], 2)).toBe(0)
  })

  test('and with judgments that were drawn', () => {
    const truth = [0.7, 0.2, 0.1, 0, 0.4, 0.3, 0.2, 0.1]
    const random = new SeededRandom(3)
    let sum = 0
    const rounds = 4000
    for (let round = 0; round < rounds; round++) {
      const counts = new Uint32Array(8)
      for (let j = 0; j < 51; j++)
        for (const image of [0, 1]) {
          const cell = image * 4 + random.category(truth.slice(image * 4, image * 4 + 4))
          counts[cell] = (counts[cell] ?? 0) + 1
        }
      sum += measuredVariation(truth, counts, 4)
    }
    expect(Math.abs(sum / rounds - samplingVariation(truth, [51, 0, 0, 0, 0, 51, 0, 0], 4))).toBeLessThan(0.0015)
  })
})
