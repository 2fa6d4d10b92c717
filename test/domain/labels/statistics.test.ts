import { entropyNats } from '../../../src/domain/labels/distribution'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countsToProbabilities, labelStatistics } from '../../../src/domain/labels/statistics'
import { digestImages, digestLabels } from '../../../src/formats/sets/digest'

describe('statistics', () => {
  it('measures entropy in nats, with 0 ln 0 = 0', () => {
    expect(entropyNats([1, 0, 0])).toBe(0)
    expect(Object.is(entropyNats([0, 1]), 0)).toBe(true)
    expect(entropyNats([0.5, 0.5])).toBeCloseTo(Math.LN2, 15)
    expect(entropyNats(new Float64Array(10).fill(0.1))).toBeCloseTo(Math.log(10), 14)
  })

  it('keeps entropy between 0 and ln of the number of classes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 2, maxLength: 12 }), (row) => {
        const entropy = entropyNats(countsToProbabilities(Uint32Array.from(row), row.length))
        expect(entropy).toBeGreaterThanOrEqual(0)
        expect(entropy).toBeLessThanOrEqual(Math.log(row.length) + 1e-12)
      }),
    )
  })

  it('describes a small table by hand', () => {
    // Unanimous; a tie with the label; the label beaten; nobody answered.
    const counts = Uint32Array.from([4, 0, 0, 2, 2, 0, 1, 3, 0, 0, 0, 0])
    const labels = { images: 4, classes: 3, counts, probabilities: countsToProbabilities(counts, 3) }
    const stats = labelStatistics(labels, Uint8Array.from([0, 1, 0, 2]), { annotators: 5, excluded: 1 })
    expect(stats).toMatchObject({
      images: 4,
      judgments: 12,
      annotators: 5,
      excluded: 1,
      judgmentsPerImage: { min: 0, max: 4, mean: 3 },
      unanimousImages: 1,
      labelBelowMaximum: 1,
      categorySoftLabels: [
        [0.625, 0.375, 0],
        [0.5, 0.5, 0],
        [0, 0, 0],
      ],
    })
    const expected = (Math.LN2 + entropyNats([0.25, 0.75])) / 3
    expect(stats.meanEntropyNats).toBeCloseTo(expected, 14)
  })

  it('says null where the source has no such thing', () => {
    const labels = { images: 1, classes: 2, counts: null, probabilities: Float64Array.from([0.5, 0.5]) }
    expect(labelStatistics(labels, null, null)).toMatchObject({
      judgments: null,
      annotators: null,
      excluded: null,
      judgmentsPerImage: null,
      labelBelowMaximum: 0,
      categorySoftLabels: [],
    })
    expect(labelStatistics(labels, Uint8Array.from([255]), null).labelBelowMaximum).toBe(0)
  })
})

describe('digests', () => {
  it('change with every byte and not with the container', () => {
    const pixels = Uint8Array.from([1, 2, 3])
    const labels = Uint8Array.from([4])
    const digest = digestImages({ pixels, labels })
    // SHA-256 of 01 02 03 04.
    expect(digest).toBe('9f64a747e1b97f131fabb6b447296c9b6f0201e79fb3c5356e6c77e89b6a806a')
    expect(digestImages({ pixels: Uint8Array.from([1, 2, 4]), labels })).not.toBe(digest)
    const larger = Uint32Array.from([9, 9, 1, 2])
    const probabilities = Float64Array.from([0.5, 0.5])
    const one = digestLabels({ counts: larger.subarray(2), probabilities })
    expect(one).toBe(digestLabels({ counts: Uint32Array.from([1, 2]), probabilities }))
    expect(one).not.toBe(digestLabels({ counts: null, probabilities }))
  })
})
