/** Every measure has its words, and what they state is what is computed. */
import { describe, expect, it } from 'vitest'
import { CALIBRATION_BINS } from '../../../src/domain/measures/calibration'
import { measures } from '../../../src/domain/measures/measures'
import { CLIP } from '../../../src/domain/measures/predictions'
import { KNOWN_MEASURES, measureWords } from '../../../src/domain/measures/words'

describe('the words of measures', () => {
  it('are there for every measure, and for nothing else', () => {
    // Right and wrong, with second choices and entropies that vary: nothing is absent.
    const values = Float64Array.from({ length: 20 }, (_, i) => [0.9, 0.1, 0.4, 0.6][i % 4] ?? 0)
    const twice = Float64Array.of(...values, ...values)
    const found = measures(twice, new Uint8Array(20), twice, 2)
    // Only a run knows what it was trained towards; images that nobody judged are counted beside.
    expect([...Object.keys(found), 'crossEntropyToTargets', 'judgedImages'].sort()).toEqual(
      Object.keys(KNOWN_MEASURES).sort(),
    )
  })

  it('state bins, edges, norm and clip', () => {
    for (const measure of ['expectedCalibrationError', 'expectedCalibrationErrorToPeople']) {
      expect(measureWords(measure).means).toContain(
        `in ${CALIBRATION_BINS} bins of equal width on [0, 1], closed above`,
      )
      expect(measureWords(measure).means).toMatch(/confidence exactly 1 in the last.*L1 norm/)
    }
    expect(measureWords('crossEntropyToPeople').means).toContain(`clipped below at ${CLIP}`)
  })

  it('are names of their own, one sentence each', () => {
    const all = Object.values(KNOWN_MEASURES)
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    for (const { means, share, unit } of all) {
      expect(means).toMatch(/^[A-Z].*\.$/)
      expect(share).toBe(unit === 'share')
    }
  })

  it('of attacks are those of the measure; of an unknown name the name itself', () => {
    expect(measureWords('fgsm-4-accuracyToPeople')).toMatchObject({
      name: 'Accuracy against people’s first choice under FGSM, ε\u00a0=\u00a04/255',
      share: true,
      attack: { attack: 'FGSM', epsilon: 4 },
    })
    expect(measureWords('constructor')).toMatchObject({ name: 'Constructor', better: 0, means: '' })
  })
})
