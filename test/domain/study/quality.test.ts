/** Quality of annotators and the effect of a threshold, by hand and against a slow second counting. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { annotatorQuality, excludedAt, thresholdEffect } from '../../../src/domain/study/quality'
import { annotatorTable, judgmentTable, type Vote } from '../labels/fixtures/votes'
import { expectEvery } from '../../support/every'

const votes: Vote[] = [
  // Image 0: three say 0, one says 1. Image 1: two say 1. Image 2: one alone.
  { annotator: 0, image: 0, chosen: 0, ms: 500 },
  { annotator: 1, image: 0, chosen: 0, ms: 700 },
  { annotator: 2, image: 0, chosen: 1, ms: 0 },
  { annotator: 3, image: 0, chosen: 0, ms: 300 },
  { annotator: 0, image: 1, chosen: 1, ms: 900 },
  { annotator: 1, image: 1, chosen: 1, ms: 0 },
  { annotator: 2, image: 2, chosen: 1, ms: 0 },
  { annotator: 0, image: -1, chosen: 1, truth: 1, check: true, ms: 5000 },
  { annotator: 3, image: -1, chosen: 0, truth: 1, check: true, ms: 5000 },
]
const checked = {
  checks: Int32Array.of(1, 0, 0, 1, 0),
  checksCorrect: Int32Array.of(1, 0, 0, 0, 0),
  excluded: Uint8Array.of(0, 0, 0, 1, 0),
}

describe('annotatorQuality', () => {
  it('describes five people by hand', () => {
    const rows = annotatorQuality(judgmentTable(votes), annotatorTable(5, checked), 3, 2)
    expect(
      rows.map((row) => [row.annotator, row.code, row.judgments, row.checks, row.checkScore, row.excluded]),
    ).toEqual([
      [0, 'A0', 2, 1, 1, false],
      [1, 'A1', 2, 0, null, false],
      [2, 'A2', 2, 0, null, false],
      [3, 'A3', 1, 1, 0, true],
      [4, 'A4', 0, 0, null, false],
    ])
    // Image 0 has the kept votes 0, 0, 1. A0: one of two others there, the only other on image 1. A3 is not among
    // them: two of three. A2's image 2 was judged by nobody else; A4 judged nothing.
    expect(rows.map((row) => row.agreement)).toEqual([(0.5 + 1) / 2, (0.5 + 1) / 2, 0, 2 / 3, null])
    expect(rows.map((row) => row.medianReactionTimeMs)).toEqual([700, 700, null, 300, null])
    expectEvery(rows, (row) => row.positionBias === null)
  })

  it('takes out an own second vote on the same image', () => {
    const twice: Vote[] = [
      { annotator: 0, image: 0, chosen: 1 },
      { annotator: 0, image: 0, chosen: 0 },
      { annotator: 1, image: 0, chosen: 1 },
    ]
    const rows = annotatorQuality(judgmentTable(twice), annotatorTable(2), 1, 2)
    expect(rows.map((row) => row.agreement)).toEqual([0.5, 0.5])
  })

  it('counts what a slow counting counts', () => {
    const vote = fc.record({ annotator: fc.nat(4), image: fc.nat(5), chosen: fc.nat(2) })
    fc.assert(
      fc.property(
        fc.array(vote, { maxLength: 40 }),
        fc.array(fc.nat(1), { minLength: 5, maxLength: 5 }),
        (all, out) => {
          const rows = annotatorQuality(judgmentTable(all), annotatorTable(5, { excluded: Uint8Array.from(out) }), 6, 3)
          rows.forEach((row, a) => {
            const terms = all
              .filter((v) => v.annotator === a)
              .map((v) => {
                const others = all.filter((o) => o.annotator !== a && !out[o.annotator] && o.image === v.image)
                return others.length ? others.filter((o) => o.chosen === v.chosen).length / others.length : null
              })
              .filter((term) => term !== null)
            if (terms.length === 0) expect(row.agreement).toBeNull()
            else expect(row.agreement).toBeCloseTo(terms.reduce((sum, term) => sum + term, 0) / terms.length, 12)
          })
        },
      ),
    )
  })

  describe('position bias', () => {
    const layout = [2, 0, 3, 1]
    const slotOf = (c: number) => layout.indexOf(c)
    const bias = (trials: { truth: number; slot?: number; chosen: number }[], known: number[] | null = layout) =>
      annotatorQuality(
        judgmentTable(trials.map((trial, image) => ({ annotator: 0, image, ...trial }))),
        annotatorTable(1, { layout: [known] }),
        trials.length,
        4,
      )[0]?.positionBias

    it('is 0 for who answers as the publisher did, 1 where the slots never meet', () => {
      expect(bias([0, 1, 2, 3, 3].map((c) => ({ truth: c, chosen: c, slot: slotOf(c) })))).toBe(0)
      expect(bias([0, 0, 1].map((c) => ({ truth: c, chosen: 2, slot: slotOf(2) })))).toBe(1)
    })

    it('of one slot clicked throughout is the share of labels that lay elsewhere', () => {
      expect(bias([0, 1, 2, 3].map((c) => ({ truth: c, chosen: 2, slot: 0 })))).toBe(0.75)
    })

    it('takes the slot from the layout where it was not recorded', () => {
      expect(bias([0, 1, 2, 3].map((c) => ({ truth: c, chosen: 2 })))).toBe(0.75)
      expect(bias([0, 1].map((c) => ({ truth: c, chosen: 2, slot: 255 })))).toBe(1)
    })

    it('is null without a layout or without the publisher’s labels', () => {
      expect(bias([{ truth: 0, chosen: 0, slot: 1 }], null)).toBeNull()
      expect(bias([{ truth: 255, chosen: 0, slot: 1 }])).toBeNull()
    })
  })

  it('has a row for each annotator where nobody judged anything', () => {
    expect(annotatorQuality(judgmentTable([]), annotatorTable(2), 0, 10)).toHaveLength(2)
    expect(annotatorQuality(judgmentTable([]), annotatorTable(0), 3, 10)).toEqual([])
  })
})

describe('excludedAt', () => {
  const people = annotatorTable(4, { checks: Int32Array.of(4, 4, 0, 4), checksCorrect: Int32Array.of(3, 2, 0, 4) })

  it('goes by the rule: below the threshold, and only with checks', () => {
    expect(Array.from(excludedAt(people, [null, null, null, null], 0.75))).toEqual([0, 1, 0, 0])
    expect(Array.from(excludedAt(people, [], 1))).toEqual([1, 1, 0, 0])
    expect(Array.from(excludedAt(people, [], 0))).toEqual([0, 0, 0, 0])
  })

  it("puts a person's verdict before the rule", () => {
    expect(Array.from(excludedAt(people, ['exclude', 'include', 'exclude', null], 0.75))).toEqual([1, 0, 1, 0])
  })
})

describe('thresholdEffect', () => {
  const table = judgmentTable(votes)
  const people = annotatorTable(5, checked)
  const none = [null, null, null, null, null]

  it('is what it is by hand', () => {
    // At 0 everybody counts: image 0 is (3/4, 1/4), image 1 (0, 1), image 2 (0, 1), image 3 has none.
    const all = thresholdEffect(table, people, none, 0, 4, 2, null)
    const entropy = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25))
    expect(all).toEqual({
      threshold: 0,
      excluded: 0,
      judgments: 7,
      judgmentsPerImage: { min: 0, max: 4, mean: 7 / 4 },
      meanEntropyNats: expect.closeTo(entropy / 3, 14),
      totalVariation: 0,
    })
    // At 1/2 the fourth person goes: image 0 becomes (2/3, 1/3).
    const baseline = Float64Array.of(0.75, 0.25, 0, 1, 0, 1, 0.5, 0.5)
    const fewer = thresholdEffect(table, people, none, 0.5, 4, 2, baseline)
    expect(fewer).toMatchObject({ excluded: 1, judgments: 6, judgmentsPerImage: { min: 0, max: 3, mean: 1.5 } })
    expect(fewer.totalVariation).toBeCloseTo((0.75 - 2 / 3) / 4, 14)
  })

  it('speaks of the images that can be drawn, where those are not all', () => {
    const baseline = Float64Array.of(0.75, 0.25, 0, 1, 0, 1, 0.5, 0.5)
    const some = thresholdEffect(table, people, none, 0.5, 4, 2, baseline, Int32Array.of(0, 1, 2))
    expect(some).toMatchObject({ judgments: 6, judgmentsPerImage: { min: 1, max: 3, mean: 2 } })
    expect(some.totalVariation).toBeCloseTo((0.75 - 2 / 3) / 3, 14)
  })

  it('counts an image that loses all its judgments as uniform', () => {
    const verdicts = [null, null, 'exclude' as const, null, null]
    const baseline = Float64Array.of(0.75, 0.25, 0, 1, 0, 1)
    const effect = thresholdEffect(table, people, verdicts, 0, 3, 2, baseline)
    expect(effect.totalVariation).toBeCloseTo((0.25 + 0 + 0.5) / 3, 14)
    expect(effect.meanEntropyNats).toBe(0)
  })

  it('is all zeros where there is nothing', () => {
    expect(thresholdEffect(judgmentTable([]), annotatorTable(0), [], 0.75, 0, 10, null)).toEqual({
      threshold: 0.75,
      excluded: 0,
      judgments: 0,
      judgmentsPerImage: { min: 0, max: 0, mean: 0 },
      meanEntropyNats: 0,
      totalVariation: 0,
    })
  })

  it('keeps fewer the higher the threshold is', () => {
    const scores = { checks: new Int32Array(5).fill(10), checksCorrect: Int32Array.of(10, 8, 7, 3, 0) }
    const kept = [0, 0.25, 0.5, 0.75, 1].map(
      (threshold) => thresholdEffect(table, annotatorTable(5, scores), [], threshold, 3, 2, null).judgments,
    )
    expect(kept).toEqual([...kept].sort((a, b) => b - a))
    expect(new Set(kept).size).toBeGreaterThan(2)
  })
})
