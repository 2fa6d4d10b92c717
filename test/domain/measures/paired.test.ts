/** The corrected resampled t-test by textbook values and its own definition. */
import { describe, expect, it } from 'vitest'
import { correctedResampledT } from '../../../src/domain/measures/paired'
import { studentCdf, studentQuantile } from '../../../src/domain/measures/studentT'

describe("Student's t", () => {
  it.each([
    [1, 12.7062047364],
    [2, 4.30265272975],
    [4, 2.7764451052],
    [9, 2.2621571628],
    [29, 2.04522964213],
    [1000, 1.96233908082],
  ])('has the tabled 97.5% point with %i degrees of freedom', (degrees, expected) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(expected, 8)
    expect(studentQuantile(0.025, degrees)).toBeCloseTo(-expected, 8)
  })

  it('has the closed forms of 1 and 2 degrees of freedom', () => {
    for (const t of [-30, -1.5, -0.01, 0, 0.3, 2, 50]) {
      expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12)
      expect(studentCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12)
    }
  })
})

describe('the corrected resampled t-test', () => {
  it('widens the variance by the share of held-out images', () => {
    const differences = [1, 2, 3, 4, 5]
    const { mean, standardError, interval, p, pairs } = correctedResampledT(differences, 1 / 4)
    expect(pairs).toBe(5)
    expect(mean).toBe(3)
    expect(standardError).toBeCloseTo(Math.sqrt(2.5 * (1 / 5 + 1 / 4)), 12)
    expect(interval![1] - 3).toBeCloseTo(2.7764451052 * Math.sqrt(2.5 * 0.45), 8)
    expect(p).toBeCloseTo(2 * (1 - studentCdf(3 / Math.sqrt(2.5 * 0.45), 4)), 12)
    const plain = correctedResampledT(differences, 0).interval!
    expect(plain[1] - plain[0]).toBeLessThan(interval![1] - interval![0])
  })

  it('has no interval for one pair, and no p-value without spread', () => {
    expect(correctedResampledT([0.2], 1 / 9)).toEqual({
      pairs: 1,
      mean: 0.2,
      standardError: null,
      interval: null,
      p: null,
    })
    expect(correctedResampledT([2, 2, 2], 1 / 9)).toMatchObject({ interval: [2, 2], p: null })
  })

  it.each([
    [[], 0.1, /no pairs/],
    [[1, NaN], 0.1, /not a number/],
    [[1, 2], -1, /cannot be -1/],
  ])('refuses %j', (differences, share, message) => {
    expect(() => correctedResampledT(differences, share)).toThrow(message)
  })
})
