/** Uncertainty of label distributions, against SciPy's figures (fixtures/special.json) and by hand. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dirichletIntervals, expectedGain } from '../../src/study/uncertainty'
import { betaQuantile, digamma, incompleteBeta, logGamma } from '../../src/study/uncertainty/special'

const scipy = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/special.json'), 'utf8'))
const relative = (ours: number, theirs: number) => Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1)

describe('special functions', () => {
  it.each(scipy.logGamma as [number, number][])('logGamma(%d)', (x, value) => {
    expect(relative(logGamma(x), value)).toBeLessThan(1e-12)
  })

  it.each(scipy.digamma as [number, number][])('digamma(%d)', (x, value) => {
    expect(relative(digamma(x), value)).toBeLessThan(1e-11)
  })

  it.each(scipy.incompleteBeta as [number, number, number, number][])(
    'incompleteBeta(%d, %d, %d)',
    (x, a, b, value) => {
      expect(Math.abs(incompleteBeta(x, a, b) - value)).toBeLessThan(1e-11)
    },
  )

  it('has quantiles that the distribution function takes back', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true }),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (p, a, b) => {
          // prettier-ignore
          expect(incompleteBeta(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 10)
        },
      ),
    )
  })
})

describe('dirichletIntervals', () => {
  it.each(scipy.intervals as { counts: number[]; level: number; intervals: [number, number][] }[])(
    'of $counts at $level',
    ({ counts, level, intervals }) => {
      const ours = dirichletIntervals(counts, level)
      expect(ours).toHaveLength(counts.length)
      ours.forEach(([low, high], c) => {
        expect(low).toBeCloseTo(intervals[c]![0], 10)
        expect(high).toBeCloseTo(intervals[c]![1], 10)
      })
    },
  )

  it('has the median of Beta(1, 1) where nothing is known, and 95% unless told otherwise', () => {
    const [[low, high]] = dirichletIntervals([0, 0]) as [[number, number], unknown]
    expect(low).toBeCloseTo(0.025, 14)
    expect(high).toBeCloseTo(0.975, 14)
    expect(dirichletIntervals(Uint32Array.of(3, 4))).toEqual(dirichletIntervals([3, 4], 0.95))
  })

  it('holds the posterior mean of every class that has counts, and narrows with more of the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 2, maxLength: 8 }), (counts) => {
        const total = counts.reduce((sum, n) => sum + n, 0)
        const more = dirichletIntervals(counts.map((n) => n * 10))
        dirichletIntervals(counts).forEach(([low, high], c) => {
          expect(low).toBeGreaterThanOrEqual(0)
          expect(high).toBeLessThanOrEqual(1)
          const mean = (counts[c]! + 1) / (total + counts.length)
          expect(low).toBeLessThan(mean)
          expect(high).toBeGreaterThan(mean)
          const [lower, higher] = more[c]!
          if (total > 0) expect(higher - lower).toBeLessThan(high - low)
        })
      }),
    )
  })

  it.each([[[1, NaN]], [[0.5, 1]], [[-1, 2]], [[Infinity, 0]]])('refuses %j', (counts) => {
    expect(() => dirichletIntervals(counts)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
  })

  it.each([0, 1, -0.5, NaN, 95])('refuses the level %d', (level) => {
    expect(() => dirichletIntervals([1, 2], level)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
  })
})

describe('expectedGain', () => {
  it('is what it is by hand', () => {
    // Two classes, nothing known: either judgment moves (1/2, 1/2) to (2/3, 1/3).
    const moved = (2 / 3) * Math.log(4 / 3) + (1 / 3) * Math.log(2 / 3)
    // One judgment of the first: mean (2/3, 1/3); then (3/4, 1/4) with probability 2/3, (1/2, 1/2) with 1/3.
    const again = (3 / 4) * Math.log(9 / 8) + (1 / 4) * Math.log(3 / 4)
    const against = (1 / 2) * Math.log(3 / 4) + (1 / 2) * Math.log(3 / 2)
    const gains = expectedGain(Uint32Array.of(0, 0, 1, 0), 2, 2)
    expect(gains[0]).toBeCloseTo(moved, 14)
    expect(gains[1]).toBeCloseTo((2 / 3) * again + (1 / 3) * against, 14)
  })

  it('is the mean divergence over what may be judged next, written out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 10 }), (counts) => {
        const mean = (row: number[]) => row.map((n) => (n + 1) / (row.reduce((sum, m) => sum + m, 0) + row.length))
        const now = mean(counts)
        let expected = 0
        counts.forEach((_, c) => {
          const then = mean(counts.map((n, d) => n + (c === d ? 1 : 0)))
          expected += now[c]! * then.reduce((sum, p, d) => sum + p * Math.log(p / now[d]!), 0)
        })
        expect(expectedGain(Uint32Array.from(counts), 1, counts.length)[0]).toBeCloseTo(expected, 12)
      }),
    )
  })

  it('is less the more judgments of the same proportions there are, and never below nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 2, maxLength: 10 }),
        fc.integer({ min: 2, max: 50 }),
        (counts, times) => {
          if (counts.every((n) => n === 0)) return
          const table = Uint32Array.from([...counts, ...counts.map((n) => n * times)])
          const [few, many] = expectedGain(table, 2, counts.length)
          expect(many).toBeLessThan(few!)
          expect(many).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('is nothing where there is one class, or no image', () => {
    expect(Array.from(expectedGain(Uint32Array.of(0, 7), 2, 1))).toEqual([0, 0])
    expect(expectedGain(new Uint32Array(0), 0, 10)).toHaveLength(0)
  })

  it('refuses counts that do not fill the table, and what is no count', () => {
    expect(() => expectedGain(new Uint32Array(3), 2, 2)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
    // Callers in plain JavaScript can pass anything that has numbers in it.
    const broken = [1, NaN] as unknown as Uint32Array
    expect(() => expectedGain(broken, 1, 2)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
  })
})
