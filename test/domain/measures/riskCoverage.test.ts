/** The area under the risk-coverage curve by hand, and by trying every order of images of equal confidence. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areaUnderRiskCoverage, riskCoverage } from '../../../src/domain/measures/riskCoverage'
import { permutations, predictions } from './support'

const area = (confidences: number[], risks: number[]) =>
  areaUnderRiskCoverage(Float64Array.from(confidences), Float64Array.from(risks))

/** The mean of the plain area over all orders that sort confidences. */
function overAllOrders(confidences: number[], risks: number[]): number {
  const at = (values: number[], i: number) => values[i] ?? 0
  const sorted = permutations(confidences.length).filter((order) =>
    order.every((image, k) => k === 0 || at(confidences, order[k - 1] ?? 0) >= at(confidences, image)),
  )
  const areas = sorted.map((order) => {
    let [wrong, sum] = [0, 0]
    order.forEach((image, k) => (sum += (wrong += at(risks, image)) / (k + 1)))
    return sum / order.length
  })
  return areas.reduce((a, b) => a + b) / areas.length
}

describe('the area under the risk-coverage curve', () => {
  it('is the mean risk over every coverage', () => {
    expect(area([0.9, 0.8, 0.7], [0, 1, 0])).toBeCloseTo((0 + 1 / 2 + 1 / 3) / 3, 12)
    expect(area([0.7, 0.8, 0.9], [0, 1, 0])).toBeCloseTo((0 + 1 / 2 + 1 / 3) / 3, 12)
    expect(area([0.9, 0.8, 0.7], [1, 0, 0])).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3, 12)
    expect(area([1], [1])).toBe(1)
  })

  it('is the error rate where confidence says nothing', () => {
    expect(area([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0])).toBeCloseTo(0.25, 12)
  })

  it('is the mean over all orders of images of equal confidence', () => {
    const image = fc.tuple(fc.constantFrom(0.5, 0.6, 1), fc.constantFrom(0, 1, 0.25))
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), (set) => {
        const [confidences, risks] = [set.map(([value]) => value), set.map(([, risk]) => risk)]
        expect(area(confidences, risks)).toBeCloseTo(overAllOrders(confidences, risks), 12)
      }),
    )
  })
})

describe('of predictions', () => {
  it('errors are against the label, and against the share of people who say otherwise', () => {
    // By confidence: image 1 (wrong; 0.75 of people say otherwise), then 0 (right; 0.5).
    const found = riskCoverage(
      predictions(
        [
          [0.7, 0.3],
          [0.1, 0.9],
        ],
        [0, 0],
        [
          [0.5, 0.5],
          [0.75, 0.25],
        ],
      ),
    )
    expect(found.area).toBeCloseTo((1 + 1 / 2) / 2, 12)
    expect(found.areaToPeople).toBeCloseTo((0.75 + (0.75 + 0.5) / 2) / 2, 12)
    // The best order of one error among two leaves (0 + 1/2) / 2.
    expect(found.excess).toBeCloseTo(0.75 - 0.25, 12)
  })

  it('nothing is in excess of the best order, of no errors, or of errors alone', () => {
    expect(
      riskCoverage(
        predictions(
          [
            [0.9, 0.1],
            [0.4, 0.6],
          ],
          [0, 0],
        ),
      ).excess,
    ).toBe(0)
    expect(
      riskCoverage(
        predictions(
          [
            [0.9, 0.1],
            [1, 0],
          ],
          [0, 0],
        ),
      ),
    ).toMatchObject({ area: 0, excess: 0 })
    expect(
      riskCoverage(
        predictions(
          [
            [0.9, 0.1],
            [1, 0],
          ],
          [1, 1],
        ),
      ),
    ).toMatchObject({ area: 1, excess: 0 })
  })
})
