/** Conformal sets by hand, their guarantee on exchangeable images, and where they are not defined. */
import { describe, expect, it } from 'vitest'
import { conformal } from '../../../src/domain/measures/conformal'
import { measures } from '../../../src/domain/measures/measures'
import { Random } from '../../../src/domain/addressedRandom'
import { of, predictions } from './support'

/** q of class 0, the label. */
const rows = (ofLabel: number[]) => ofLabel.map((q) => [q, 1 - q])

describe('conformal sets', () => {
  it('hold the classes at least as probable as the quantile of the other half', () => {
    // Ten images a half: the threshold is the ceil(0.9 * 11) = 10th largest probability of a label, the least.
    const [even, odd] = [0.3, 0.6]
    const ofLabel = Array.from({ length: 20 }, (_, i) => (i === 4 ? even : i === 7 ? odd : 0.9))
    const found = conformal(
      predictions(
        rows(ofLabel),
        ofLabel.map(() => 0),
        rows(ofLabel).map(() => [0.8, 0.2]),
      ),
    )
    // Even images need 0.6: nine hold the label alone; image 4 holds only the other class (0.7).
    // Odd images need 0.3: nine hold the label alone (0.1 falls short), image 7 holds both (0.6 and 0.4).
    expect(found?.coverage).toBeCloseTo(19 / 20, 12)
    expect(found?.setSize).toBeCloseTo(21 / 20, 12)
    expect(found?.peopleCovered).toBeCloseTo((18 * 0.8 + 0.2 + 1) / 20, 12)
  })

  it('may be empty, and hold everything where scores are uniform', () => {
    // Confident halves make thresholds of 0.9; an image of 0.5 and 0.5 has no class to give. The tenth of 20 in
    // each half is left to fail: ceil(0.9 * 21) = 19.
    const ofLabel = Array.from({ length: 40 }, (_, i) => (i === 0 ? 0.5 : 0.9))
    const found = conformal(
      predictions(
        rows(ofLabel),
        ofLabel.map(() => 0),
      ),
    )
    expect(found?.setSize).toBeCloseTo(39 / 40, 12)
    expect(found?.coverage).toBeCloseTo(39 / 40, 12)
    const uniform = Array.from({ length: 20 }, () => [0.25, 0.25, 0.25, 0.25])
    expect(
      conformal(
        predictions(
          uniform,
          uniform.map(() => 3),
        ),
      ),
    ).toEqual({ coverage: 1, peopleCovered: 1, setSize: 4 })
  })

  it('take halves of odd numbers, and are absent below 20 images', () => {
    const ofLabel = (n: number) => Array.from({ length: n }, () => 1)
    expect(
      conformal(
        predictions(
          rows(ofLabel(21)),
          ofLabel(21).map(() => 0),
        ),
      )?.coverage,
    ).toBe(1)
    expect(
      conformal(
        predictions(
          rows(ofLabel(19)),
          ofLabel(19).map(() => 0),
        ),
      ),
    ).toBeNull()
    const few = of(rows(ofLabel(19)))
    expect(Object.keys(measures(few, new Uint8Array(19), few, 2)).filter((name) => /^conformal/.test(name))).toEqual([])
  })

  it('hold the label of 0.9 to 0.9 + 1/(m + 1) of exchangeable images', () => {
    const random = new Random(11)
    let coverage = 0
    const times = 400
    for (let time = 0; time < times; time++) {
      const network = Array.from({ length: 40 }, () => {
        const weights = Array.from({ length: 3 }, () => -Math.log(1 - random.uniform()))
        return weights.map((weight) => weight / weights.reduce((a, b) => a + b))
      })
      const labels = network.map(
        (row) =>
          [random.uniform()].map((u) => (u < (row[0] ?? 0) ? 0 : u < (row[0] ?? 0) + (row[1] ?? 0) ? 1 : 2))[0] ?? 0,
      )
      coverage += (conformal(predictions(network, labels))?.coverage ?? 0) / times
    }
    // m = 20: exactly ceil(0.9 * 21) / 21 = 0.9048 without ties; the mean of 400 strays by 0.003.
    expect(coverage).toBeGreaterThan(0.9048 - 0.012)
    expect(coverage).toBeLessThan(0.9048 + 0.012)
  })
})
