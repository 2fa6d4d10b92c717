/** Aggregation as callers see it: votes in, distributions and a report out, for every method. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../../src/domain/random'
import { AGGREGATIONS } from '../../../src/domain/study'
import { aggregateVotes } from '../../../src/domain/labels/aggregation'
import { fromAnswers, votesOf, type Vote } from './fixtures/votes'

const rows = (table: Float64Array, classes: number): number[][] =>
  Array.from({ length: table.length / classes }, (_, i) => Array.from(table.subarray(i * classes, (i + 1) * classes)))

/** Any votes at all, among few people, images and classes. */
const anyVotes = fc
  .record({
    annotators: fc.integer({ min: 1, max: 5 }),
    images: fc.integer({ min: 1, max: 6 }),
    classes: fc.integer({ min: 1, max: 4 }),
  })
  .chain((size) =>
    fc.record({
      size: fc.constant(size),
      votes: fc.array(
        fc.record({
          annotator: fc.nat(size.annotators - 1),
          image: fc.nat(size.images - 1),
          chosen: fc.nat(size.classes - 1),
        }),
        { maxLength: 40 },
      ),
    }),
  )

/** A quarter of a hundred people of whom most see clearly: [annotator][image]. */
function crowd(seed: number, truth: number[], classes: number, skills: number[]): number[][] {
  const random = new SeededRandom(seed)
  return skills.map((skill) =>
    truth.map((t) => (random.uniform() < 0.3 ? -1 : random.uniform() < skill ? t : random.below(classes))),
  )
}

describe.each(AGGREGATIONS)('%s', (method) => {
  it('gives a distribution for every image, whatever the votes', () => {
    fc.assert(
      fc.property(anyVotes, ({ size, votes }) => {
        const { probabilities, report } = aggregateVotes(
          method,
          votesOf(votes, size.annotators, size.images, size.classes),
        )
        expect(probabilities).toHaveLength(size.images * size.classes)
        for (const row of rows(probabilities, size.classes)) {
          expect(row.every((p) => p >= 0 && p <= 1)).toBe(true)
          expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        }
        expect(report.join(' ')).not.toMatch(/NaN|Infinity|undefined/)
      }),
      { numRuns: 150 },
    )
  })

  it('does not depend on the order of judgments, nor on the names of annotators, images and classes', () => {
    const truth = Array.from({ length: 30 }, (_, i) => i % 3)
    const answers = crowd(7, truth, 3, [0.95, 0.9, 0.9, 0.6, 0.6, 0])
    const votes = fromAnswers(answers)
    const before = rows(aggregateVotes(method, votesOf(votes, 6, 30, 3)).probabilities, 3)
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.shuffledSubarray(Array.from(truth.keys()), { minLength: 30 }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        (person, image, label) => {
          const renamed = votes.map((v): Vote => ({
            annotator: person[v.annotator]!,
            image: image[v.image]!,
            chosen: label[v.chosen]!,
          }))
          renamed.reverse()
          const after = rows(aggregateVotes(method, votesOf(renamed, 6, 30, 3)).probabilities, 3)
          before.forEach((row, i) =>
            row.forEach((p, c) => expect(after[image[i]!]![label[c]!]).toBeCloseTo(p, method === 'mace' ? 3 : 9)),
          )
        },
      ),
      { numRuns: 10 },
    )
  })

  it('puts the most probability where annotators who make no mistakes agree', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 8, maxLength: 40 }), (truth) => {
        const votes = fromAnswers([truth, truth, truth])
        const { probabilities } = aggregateVotes(method, votesOf(votes, 3, truth.length, 4))
        rows(probabilities, 4).forEach((row, i) => expect(row.indexOf(Math.max(...row))).toBe(truth[i]))
      }),
      { numRuns: 30 },
    )
  })

  it('hears neither attention checks nor excluded annotators', () => {
    const truth = Array.from({ length: 20 }, (_, i) => i % 4)
    const good = fromAnswers([truth, truth, truth.map((t, i) => (i % 5 ? t : (t + 1) % 4))])
    const alone = votesOf(good, 4, 20, 4)
    const noisy = votesOf(
      [
        ...truth.map((t, image) => ({ annotator: 3, image, chosen: (t + 2) % 4 })),
        ...good,
        { annotator: 0, image: -1, chosen: 3, check: true },
      ],
      4,
      20,
      4,
    )
    noisy.excluded[3] = 1
    expect(aggregateVotes(method, noisy).probabilities).toEqual(aggregateVotes(method, alone).probabilities)
  })

  it('leaves an image without judgments uniform and says how many there are', () => {
    const votes = [0, 1, 2].flatMap((annotator) => [0, 1].map((image) => ({ annotator, image, chosen: image })))
    const { probabilities, report, warnings } = aggregateVotes(method, votesOf(votes, 4, 3, 2))
    expect(Array.from(probabilities.subarray(4))).toEqual([0.5, 0.5])
    const words =
      '1 of 3 images without a judgment: no distribution is known there, and the uniform one only fills the row.'
    expect(report.at(-1)).toBe(words)
    expect(warnings.at(-1)).toBe(words)
    expect(aggregateVotes(method, votesOf(votes, 4, 2, 2)).report.join(' ')).not.toContain('uniform')
  })

  it('answers the same every time', () => {
    const votes = votesOf(fromAnswers(crowd(3, [0, 1, 2, 0, 1, 2, 2], 3, [0.9, 0.5, 0])), 3, 7, 3)
    expect(aggregateVotes(method, votes, { seed: 5 })).toEqual(aggregateVotes(method, votes, { seed: 5 }))
  })

  it('refuses judgments of what there is not, naming the row', () => {
    const good = { annotator: 0, image: 0, chosen: 0 }
    const wrong: [Vote, string][] = [
      [{ ...good, annotator: 1 }, 'There is no annotator 1 of 1.'],
      [{ ...good, image: 2 }, 'There is no image 2 of 2.'],
      [{ ...good, image: -1 }, 'There is no image -1 of 2.'],
      [{ ...good, chosen: 3 }, 'There is no class 3 of 3.'],
    ]
    for (const [vote, message] of wrong) {
      const run = () => aggregateVotes(method, votesOf([good, vote], 1, 2, 3))
      expect(run).toThrow(expect.objectContaining({ kind: 'bad-input', message, where: { place: 'judgment 2' } }))
    }
  })

  it('copes with no images at all', () => {
    expect(aggregateVotes(method, votesOf([], 0, 0, 10)).probabilities).toHaveLength(0)
  })
})

describe('counts and majority', () => {
  // Two to one; a tie of three; a tie of two; one vote.
  const votes = [
    ...[0, 0, 1].map((chosen, annotator) => ({ annotator, image: 0, chosen })),
    ...[2, 0, 1].map((chosen, annotator) => ({ annotator, image: 1, chosen })),
    ...[2, 1].map((chosen, annotator) => ({ annotator, image: 2, chosen })),
    { annotator: 2, image: 3, chosen: 1 },
  ]

  it('counts are shares of the votes, and keep the counts', () => {
    const { probabilities, counts } = aggregateVotes('counts', votesOf(votes, 3, 4, 3))
    expect(Array.from(counts!)).toEqual([2, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 0])
    expect(rows(probabilities, 3)).toEqual([
      [2 / 3, 1 / 3, 0],
      [1 / 3, 1 / 3, 1 / 3],
      [0, 0.5, 0.5],
      [0, 1, 0],
    ])
  })

  it('majority gives all to the winner, shares ties equally and says how many', () => {
    const { probabilities, counts, report } = aggregateVotes('majority', votesOf(votes, 3, 4, 3))
    expect(counts).toBeNull()
    expect(rows(probabilities, 3)).toEqual([
      [1, 0, 0],
      [1 / 3, 1 / 3, 1 / 3],
      [0, 0.5, 0.5],
      [0, 1, 0],
    ])
    expect(report).toContain('Images on which classes tie and share it equally: 2.')
  })
})

describe('a crowd of which most guess', () => {
  const truth = Array.from({ length: 150 }, (_, i) => i % 3)
  const skills = [0.97, 0.95, 0.95, 0.9, ...new Array<number>(12).fill(0)]
  const right = (method: (typeof AGGREGATIONS)[number], seed: number): number => {
    const votes = votesOf(fromAnswers(crowd(seed, truth, 3, skills)), skills.length, truth.length, 3)
    const found = rows(aggregateVotes(method, votes).probabilities, 3)
    return found.filter((row, i) => row.indexOf(Math.max(...row)) === truth[i]).length
  }

  it.each([1, 2, 3, 4, 5])('is seen through by the methods that weigh people (seed %i)', (seed) => {
    const majority = right('majority', seed)
    expect(majority).toBeLessThan(140)
    expect(right('wawa', seed)).toBeGreaterThan(majority)
    expect(right('dawid-skene', seed)).toBeGreaterThanOrEqual(140)
    expect(right('mace', seed)).toBeGreaterThanOrEqual(140)
  })
})

describe('the report', () => {
  const votes = votesOf(fromAnswers(crowd(2, [0, 1, 2, 0, 1, 2, 1, 0], 3, [0.95, 0.9, 0.8, 0])), 5, 8, 3)
  const report = (method: (typeof AGGREGATIONS)[number]) => aggregateVotes(method, votes).report.join(' ')

  it('says what a method assumes, how it ended and how annotators came out', () => {
    for (const method of ['dawid-skene', 'mace'] as const) {
      expect(report(method)).toContain('not what share of people chose it')
      expect(report(method)).toMatch(/Iterations until it converged: \d+\./)
    }
    expect(report('dawid-skene')).toMatch(
      /Estimated accuracy, 4 annotators: median 0\.\d{3}, from 0\.\d{3} to [01]\.\d{3}\./,
    )
    expect(report('mace')).toMatch(/best of 10 random starts \(seed 0\); \d+ of them came as far/)
    expect(report('wawa')).toMatch(/Share of agreement with the majority, 4 annotators: median/)
  })
})

describe('progress', () => {
  it.each(['dawid-skene', 'mace'] as const)('of %s only rises and stays below the total', (method) => {
    const calls: [number, number][] = []
    const votes = votesOf(fromAnswers(crowd(1, [0, 1, 0, 1, 1, 0], 2, [0.9, 0.8, 0.7])), 3, 6, 2)
    aggregateVotes(method, votes, { onProgress: (done, total) => calls.push([done, total]) })
    expect(calls.length).toBeGreaterThan(1)
    calls.forEach(([done, total], k) => {
      expect(done).toBeLessThanOrEqual(total)
      expect(done).toBeGreaterThanOrEqual(calls[k - 1]?.[0] ?? 0)
    })
  })

  it.each(['dawid-skene', 'mace'] as const)('of %s may end the work', (method) => {
    const votes = votesOf(fromAnswers(crowd(1, [0, 1, 0, 1, 1, 0], 2, [0.9, 0.8, 0.7])), 3, 6, 2)
    let calls = 0
    const stop = () => {
      if (++calls === 2) throw new Error('enough')
    }
    expect(() => aggregateVotes(method, votes, { onProgress: stop })).toThrow('enough')
    expect(calls).toBe(2)
  })
})
