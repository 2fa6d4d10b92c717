/** Measures by hand-computed values, on edge cases, and on CIFAR-10H itself. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectedCalibrationError } from '../../../src/domain/measures/calibration'
import { pearson, ranks, spearman } from '../../../src/domain/measures/correlation'
import { measures } from '../../../src/domain/measures/measures'
import { secondBestAccuracy, secondChances } from '../../../src/domain/measures/secondBest'
import { byCategory, cifar10h, nothing } from './cifar10h'
import { expectEvery } from '../../support/every'

const of = (rows: number[][]) => Float64Array.from(rows.flat())
const log = Math.log

describe('measures, by hand', () => {
  const network = of([
    [0.7, 0.2, 0.1],
    [0.1, 0.3, 0.6],
    [0, 1, 0],
  ])
  const people = of([
    [0.5, 0.5, 0],
    [0, 0.25, 0.75],
    [1, 0, 0],
  ])
  const found = measures(network, Uint8Array.of(0, 1, 0), people, 3)
  const clipped = -log(1e-12)

  it('accuracy and cross-entropies', () => {
    expect(found['accuracy']).toBeCloseTo(1 / 3, 12)
    expect(found['crossEntropyToLabels']).toBeCloseTo((-log(0.7) - log(0.3) + clipped) / 3, 12)
    const each = [-0.5 * log(0.7) - 0.5 * log(0.2), -0.25 * log(0.3) - 0.75 * log(0.6), clipped]
    expect(found['crossEntropyToPeople']).toBeCloseTo((each[0]! + each[1]! + each[2]!) / 3, 12)
  })

  it('entropies and divergences', () => {
    const human = (log(2) + (-0.25 * log(0.25) - 0.75 * log(0.75))) / 3
    expect(found['meanHumanEntropy']).toBeCloseTo(human, 12)
    expect(found['klToPeople']).toBeCloseTo(found['crossEntropyToPeople']! - human, 12)
    expect(found['brierToPeople']).toBeCloseTo((0.04 + 0.09 + 0.01 + 0.01 + 0.0025 + 0.0225 + 2) / 3, 12)
    expect(found['brierToLabels']).toBeCloseTo((0.09 + 0.04 + 0.01 + 0.01 + 0.49 + 0.36 + 2) / 3, 12)
    const opposite = measures(of([[1, 0]]), Uint8Array.of(0), of([[0, 1]]), 2)
    expect(opposite['jensenShannonToPeople']).toBeCloseTo(log(2), 12)
  })

  it('second-best accuracy: ties between people count by chance, images without a second choice not at all', () => {
    // Image 0: people tie for first, so either is second with chance 1/2; the network's second is class 1.
    // Image 1: people's second is class 1, the network's too. Image 2: no second choice.
    expect(found['secondBestImages']).toBe(2)
    expect(found['secondBestAccuracy']).toBeCloseTo((0.5 + 1) / 2, 12)
    // Released: ascending argsort gives people [2,0,1] -> 0, [0,1,2] -> 1, [1,2,0] -> 2; network 1, 1, 2.
    expect(found['secondBestAccuracyReleased']).toBeCloseTo(2 / 3, 12)
    const released = (q: number[], p: number[]) =>
      measures(of([q]), Uint8Array.of(0), of([p]), 4)['secondBestAccuracyReleased']
    // A unanimous image's "second" is the last class, or the one before where the last is the label.
    expect(released([0.6, 0.1, 0.1, 0.2], [1, 0, 0, 0])).toBe(1)
    expect(released([0.6, 0.2, 0.1, 0.1], [1, 0, 0, 0])).toBe(0)
    expect(released([0.1, 0.1, 0.2, 0.6], [0, 0, 0, 1])).toBe(1)
    expect(secondChances([0.6, 0.2, 0.2, 0])).toEqual([0, 0.5, 0.5, 0])
    expect(secondChances([0.4, 0.4, 0.2, 0])).toEqual([0.5, 0.5, 0, 0])
    expect(secondChances([0.25, 0.25, 0.25, 0.25])).toEqual([0.25, 0.25, 0.25, 0.25])
  })

  it('calibration: a confidence of exactly 1 is in the last bin, a bin edge in the lower one', () => {
    const at = (rows: number[][], labels: number[]) =>
      expectedCalibrationError({ values: of(rows), labels: Uint8Array.from(labels), people: of(rows), classes: 2 })
    expect(
      at(
        [
          [1, 0],
          [0, 1],
        ],
        [0, 0],
      ),
    ).toBeCloseTo(0.5, 12)
    // 0.6 and 0.65 lie in bins 9 and 10: their errors of opposite sign do not cancel.
    expect(
      at(
        [
          [0.6, 0.4],
          [0.65, 0.35],
        ],
        [1, 0],
      ),
    ).toBeCloseTo((0.6 + 0.35) / 2, 12)
    expect(
      at(
        [
          [0.62, 0.38],
          [0.65, 0.35],
        ],
        [1, 0],
      ),
    ).toBeCloseTo(Math.abs(0.62 + 0.65 - 1) / 2, 12)
  })

  it('correlations', () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12)
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12)
    expect(pearson([1, 2, 3], [0.1, 0.1, 0.1])).toBeNull()
    expect([...ranks([10, 30, 20, 20])]).toEqual([1, 4, 2.5, 2.5])
    expect(spearman([1, 10, 100], [3, 4, 5])).toBeCloseTo(1, 12)
  })
})

describe('measures, edge cases', () => {
  it('never give anything that is not finite; what is undefined is absent', () => {
    const unanimous = measures(
      of([
        [0, 1],
        [1, 0],
      ]),
      Uint8Array.of(0, 1),
      of([
        [1, 0],
        [0, 1],
      ]),
      2,
    )
    expectEvery(Object.values(unanimous), Number.isFinite)
    expect(unanimous).not.toHaveProperty('secondBestAccuracy')
    expect(unanimous).not.toHaveProperty('entropyPearson')
    expect(unanimous['crossEntropyToPeople']).toBeCloseTo(-log(1e-12), 10)
  })

  const distribution = fc
    .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 4, maxLength: 4 })
    .filter((row) => row.some((value) => value > 1e-6))
    .map((row) => row.map((value) => value / row.reduce((a, b) => a + b)))

  it('keep their bounds for any distributions', () => {
    const image = fc.record({ q: distribution, p: distribution, label: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 12 }), (images) => {
        const labels = Uint8Array.from(images, ({ label }) => label)
        const found = measures(of(images.map(({ q }) => q)), labels, of(images.map(({ p }) => p)), 4)
        expectEvery(Object.values(found), Number.isFinite)
        expect(found['crossEntropyToPeople']).toBeGreaterThanOrEqual(found['meanHumanEntropy']! - 1e-9)
        for (const name of ['accuracy', 'secondBestAccuracyReleased', 'expectedCalibrationError']) {
          expect(found[name]).toBeGreaterThanOrEqual(0)
          expect(found[name]).toBeLessThanOrEqual(1 + 1e-12)
        }
        expect(found['jensenShannonToPeople']).toBeLessThanOrEqual(log(2) + 1e-9)
        expect(found['brierToPeople']).toBeLessThanOrEqual(2 + 1e-9)
      }),
    )
  })

  it.each<[string, number[][], number[], number[][], RegExp]>([
    [
      'rows',
      [[1, 0]],
      [0, 1],
      [
        [1, 0],
        [0, 1],
      ],
      /predictions hold 1 rows of 2 classes, the labels 2/,
    ],
    ['nothing', [], [], [], /no predictions/],
    ['NaN', [[NaN, 1]], [0], [[1, 0]], /Row 0 of the predictions holds NaN/],
    ['logits', [[3, -2]], [0], [[1, 0]], /Row 0 of the predictions holds 3/],
    [
      'sums',
      [
        [0.5, 0.5],
        [0.2, 0.2],
      ],
      [0, 0],
      [
        [1, 0],
        [1, 0],
      ],
      /Row 1 of the predictions sums to 0.4/,
    ],
    ['people', [[0.5, 0.5]], [0], [[0.9, 0]], /Row 0 of the distributions sums to 0.9/],
    ['label', [[0.5, 0.5]], [255], [[1, 0]], /Row 0 has label 255/],
  ])('refuse wrong %s', (_, network, labels, people, message) => {
    expect(() => measures(of(network), Uint8Array.from(labels), of(people), 2)).toThrow(message)
  })
})

const published = cifar10h()

describe.skipIf(!published)('measures of CIFAR-10H', () => {
  const { people, labels } = published ?? nothing

  it('against itself gives the known floor, ties and second choices', () => {
    const found = measures(people, labels, people, 10)
    expect(found['crossEntropyToPeople']).toBeCloseTo(0.15446, 5)
    expect(found['meanHumanEntropy']).toBeCloseTo(0.15446, 5)
    expect(found['secondBestImages']).toBe(5607)
    expect(found['secondBestAccuracyReleased']).toBe(1)
    expect(found['klToPeople']).toBeCloseTo(0, 12)
    expect(found['entropySpearman']).toBeCloseTo(1, 12)
    // All ties at first go to the lower class: 77 labels below the maximum, and those of 3 ties that lose.
    expect(10_000 * (1 - found['accuracy']!)).toBeGreaterThanOrEqual(77 - 1e-6)
    expect(10_000 * (1 - found['accuracy']!)).toBeLessThanOrEqual(80 + 1e-6)
    // 877 images tie for second; each counts 1/m^2 for m classes against itself.
    const { accuracy } = secondBestAccuracy({ values: people, labels, people, classes: 10 })
    expect(accuracy).toBeGreaterThan(1 - 877 / 5607)
    expect(accuracy).toBeLessThan(1 - 877 / 2 / 5607)
  })

  it('predicted by the pooled vector of each category', () => {
    const values = byCategory(people, labels)
    // authors_scores.json, floors: ce_hum_given_pooled_classlabel
    expect(measures(values, labels, people, 10)['crossEntropyToPeople']).toBeCloseTo(0.2565475765921665, 13)
  })
})
