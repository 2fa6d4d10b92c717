/** Split-half ceilings by closed forms on small counts, and people's entropy corrected for few judgments. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halve, splitHalfCeiling } from '../../../src/domain/measures/ceiling'
import { entropyFloor } from '../../../src/domain/measures/entropyFloor'
import { Random } from '../../../src/domain/addressedRandom'

const counts = (...rows: number[][]) => Uint32Array.from(rows.flat())
const log = Math.log

describe('halves', () => {
  it('add up to the judgments, the smaller first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { minLength: 2, maxLength: 6 }), fc.nat(), (row, seed) => {
        const all = Uint32Array.from(row)
        const [one, other] = halve(all, new Random(seed))
        const total = (half: Uint32Array) => half.reduce((a, b) => a + b, 0)
        expect(total(one)).toBe(Math.floor(total(all) / 2))
        expect(Array.from(one, (count, c) => count + (other[c] ?? 0))).toEqual(row)
      }),
    )
  })

  it('come as often as a hypergeometric draw says', () => {
    // Three of 4 and 2: 0, 1 or 2 of the second with chances 4/20, 12/20, 4/20.
    const random = new Random(3)
    const found = [0, 0, 0]
    for (let time = 0; time < 20_000; time++) {
      const of = halve(counts([4, 2]), random)[0][1] ?? 0
      found[of] = (found[of] ?? 0) + 1 / 20_000
    }
    expect(found[0]).toBeCloseTo(0.2, 1.7)
    expect(found[1]).toBeCloseTo(0.6, 1.7)
    expect(found[2]).toBeCloseTo(0.2, 1.7)
  })
})

describe('split-half ceilings', () => {
  it('of unanimous images are perfect, but for the smoothing', () => {
    const found = splitHalfCeiling(counts([4, 0], [0, 4]), 2, { splits: 3 })
    expect(found).toMatchObject({ images: 2, splits: 3, accuracyToPeople: 1, secondBestAccuracy: null })
    expect(found.crossEntropy).toBeCloseTo(0, 12)
    // (2 + 1/2) / (2 + 2/2)
    expect(found.crossEntropySmoothed).toBeCloseTo(-log(2.5 / 3), 12)
  })

  it('of two who differ are the worst there is', () => {
    const found = splitHalfCeiling(counts([1, 1]), 2, { splits: 5 })
    expect(found.accuracyToPeople).toBe(0)
    expect(found.crossEntropy).toBeCloseTo(-log(1e-12), 9)
    expect(found.crossEntropySmoothed).toBeCloseTo(-log(0.5 / 2), 12)
  })

  it('average over splits to what all splits give', () => {
    // Of 2 and 1, one judgment against two: (1,0 | 1,1) with chance 2/3, (0,1 | 2,0) with 1/3. First choices agree
    // by 1/2 and 0. Predicting with one: 1/2 -log(1e-12) and all of it; with two: log 2 and all of it.
    const clip = -log(1e-12)
    const many = Uint32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? 2 : 1))
    const found = splitHalfCeiling(many, 2, { splits: 20 })
    expect(found.accuracyToPeople).toBeCloseTo(1 / 3, 2)
    const oneToTwo = (2 / 3) * (clip / 2) + (1 / 3) * clip
    const twoToOne = (2 / 3) * log(2) + (1 / 3) * clip
    expect(found.crossEntropy / ((oneToTwo + twoToOne) / 2)).toBeCloseTo(1, 2)
    // Smoothed: (1.5, 0.5)/2 to halves, (0.5, 1.5)/2 to the first; (1.5, 1.5)/3 and (2.5, 0.5)/3 to the one.
    const smooth = ((2 / 3) * (-log(0.75) - log(0.25))) / 2 - log(0.25) / 3 + (2 / 3) * log(2) - log(0.5 / 3) / 3
    expect(found.crossEntropySmoothed).toBeCloseTo(smooth / 2, 2)
  })

  it('are the same for the same seed, and leave out images of fewer than two judgments', () => {
    const rows = counts([5, 3, 1], [0, 1, 0], [0, 0, 0], [2, 2, 2])
    const found = splitHalfCeiling(rows, 3, { seed: 4 })
    expect(found.images).toBe(2)
    expect(splitHalfCeiling(rows, 3, { seed: 4 })).toEqual(found)
    expect(splitHalfCeiling(rows, 3, { seed: 5 })).not.toEqual(found)
    expect(() => splitHalfCeiling(counts([1, 0], [0, 0]), 2)).toThrow(/No image has two judgments/)
  })
})

describe('the entropy floor', () => {
  it('adds (K - 1) / 2N to each image', () => {
    const found = entropyFloor(counts([5, 5, 0], [10, 0, 0], [0, 0, 0]), 3)
    expect(found?.images).toBe(2)
    expect(found?.plugIn).toBeCloseTo(log(2) / 2, 12)
    expect(found?.millerMadow).toBeCloseTo((log(2) + 1 / 20) / 2, 12)
    expect(entropyFloor(counts([0, 0]), 2)).toBeNull()
  })

  it('corrected is nearer to the entropy that was sampled', () => {
    const random = new Random(9)
    const truth = [0.6, 0.3, 0.1]
    const rows = new Uint32Array(3 * 4000)
    for (let image = 0; image < 4000; image++)
      for (let judgment = 0; judgment < 20; judgment++) {
        const u = random.uniform()
        const at = image * 3 + (u < 0.6 ? 0 : u < 0.9 ? 1 : 2)
        rows[at] = (rows[at] ?? 0) + 1
      }
    const entropy = truth.reduce((sum, p) => sum - p * log(p), 0)
    const found = entropyFloor(rows, 3)
    expect(entropy - (found?.plugIn ?? NaN)).toBeGreaterThan(0.03)
    expect(Math.abs(entropy - (found?.millerMadow ?? NaN))).toBeLessThan(0.01)
  })
})
