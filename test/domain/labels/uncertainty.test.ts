/** Uncertainty of label distributions, against SciPy's figures (fixtures/special.json) and by hand. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dirichletIntervals, expectedGain } from '../../../src/domain/labels/uncertainty'
import { betaQuantile, digamma, incompleteBeta, logGamma } from '../../../src/domain/labels/uncertainty/special'

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

  it.each(scipy.betaQuantile as [number, number, number, number][])('betaQuantile(%d, %d, %d)', (p, a, b, value) => {
    const ours = betaQuantile(p, a, b)
    expect(Math.abs(ours - value)).toBeLessThan(1e-11)
    // Far below 1e-11 too: every digit of SciPy's counts, not how near both are to 0.
    expect(Math.abs(ours / value - 1)).toBeLessThan(1e-9)
  })

  it('has the quantiles of the arcsine law, in both tails', () => {
    // Beta(1/2, 1/2) has I_x = (2/pi) asin(sqrt(x)).
    for (const p of [1e-12, 1e-6, 0.025, 0.3, 0.5, 0.975, 1 - 1e-6])
      expect(betaQuantile(p, 0.5, 0.5) / Math.sin((Math.PI * p) / 2) ** 2).toBeCloseTo(1, 10)
  })

  it('has the quantile 0 where the number itself is too small for one', () => {
    // About 0.025^1000, and 1e-6^100.
    expect(betaQuantile(0.025, 0.001, 0.999)).toBe(0)
    expect(betaQuantile(1e-6, 0.01, 51.99)).toBe(0)
    expect(betaQuantile(0.975, 0.001, 0.999)).toBeGreaterThan(0)
  })

  it('has quantiles that the distribution function takes back, for every shape a posterior has', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true }),
        // Half the weight of the prior at most on one class, and its 1/50 at least, so that no quantile is 0.
        fc.double({ min: 1 / 50, max: 1 / 2, noNaN: true }),
        fc.nat(500),
        fc.nat(500),
        (p, prior, n, others) => {
          const [a, b] = [prior + n, 1 - prior + others]
          const x = betaQuantile(p, a, b)
          // Beside 1 the distribution is so steep that a step from one number to the next is seen: p is between them.
          expect(incompleteBeta(x * (1 - 4 * Number.EPSILON), a, b)).toBeLessThan(p + 1e-10)
          expect(incompleteBeta(x * (1 + 4 * Number.EPSILON), a, b)).toBeGreaterThan(p - 1e-10)
        },
      ),
      { numRuns: 500 },
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

  it('is that of the arcsine law where nothing is known of two classes, and 95% unless told otherwise', () => {
    const [[low, high]] = dirichletIntervals([0, 0]) as [[number, number], unknown]
    expect(low).toBeCloseTo(Math.sin(Math.PI * 0.0125) ** 2, 14)
    expect(high).toBeCloseTo(Math.sin(Math.PI * 0.4875) ** 2, 14)
    expect(dirichletIntervals(Uint32Array.of(3, 4))).toEqual(dirichletIntervals([3, 4], 0.95))
  })

  it('stays beside what was seen where 51 of 51 agree: the prior weighs as much as one judgment, not ten', () => {
    const [chosen, other] = dirichletIntervals([51, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    // As decision 011 has them. The uniform prior gave 0.754 to 0.929 and 0.0004 to 0.060.
    expect(chosen?.map((bound) => bound.toFixed(4))).toEqual(['0.9342', '0.9997'])
    expect(other?.[0]).toBeLessThan(1e-17)
    expect(other?.[1].toFixed(4)).toBe('0.0188')
  })

  it('hardly depends on how many classes nobody chose', () => {
    const of = (classes: number) => dirichletIntervals([40, 11, ...Array<number>(classes - 2).fill(0)])
    const [few, many] = [of(3), of(100)]
    for (const c of [0, 1])
      for (const end of [0, 1]) expect(Math.abs(few[c]![end]! - many[c]![end]!)).toBeLessThan(0.01)
    expect(dirichletIntervals(new Uint32Array(1000))[0]).toEqual([0, expect.closeTo(0, 6)])
  })

  it('is 1 for certain where there is one class', () => {
    expect(dirichletIntervals([0])).toEqual([[1, 1]])
    expect(dirichletIntervals([7])).toEqual([[1, 1]])
  })

  // Of some 200 classes and more, one nobody chose is so surely near 0 that the mean lies above its interval.
  it('holds the posterior mean of every class of a few, and narrows with more of the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { minLength: 2, maxLength: 8 }), (counts) => {
        const total = counts.reduce((sum, n) => sum + n, 0)
        const more = dirichletIntervals(counts.map((n) => n * 10))
        dirichletIntervals(counts).forEach(([low, high], c) => {
          expect(low).toBeGreaterThanOrEqual(0)
          expect(high).toBeLessThanOrEqual(1)
          const mean = (counts[c]! + 1 / counts.length) / (total + 1)
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
    // Two classes, nothing known: either judgment moves (1/2, 1/2) to (3/4, 1/4).
    const moved = (3 / 4) * Math.log(3 / 2) + (1 / 4) * Math.log(1 / 2)
    // One judgment of the first: mean (3/4, 1/4); then (5/6, 1/6) with probability 3/4, (1/2, 1/2) with 1/4.
    const again = (5 / 6) * Math.log(10 / 9) + (1 / 6) * Math.log(2 / 3)
    const against = (1 / 2) * Math.log(2 / 3) + (1 / 2) * Math.log(2)
    const gains = expectedGain(Uint32Array.of(0, 0, 1, 0), 2, 2)
    expect(gains[0]).toBeCloseTo(moved, 14)
    expect(gains[1]).toBeCloseTo((3 / 4) * again + (1 / 4) * against, 14)
  })

  it('is the mean divergence over what may be judged next, written out', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 1, maxLength: 10 }), (counts) => {
        const mean = (row: number[]) => row.map((n) => (n + 1 / row.length) / (row.reduce((sum, m) => sum + m, 0) + 1))
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
          fc.pre(counts.some((n) => n > 0))
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
