/** Methods that weigh annotators, on few judgments: not worse than a majority vote, or else with a warning. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { toNumbers } from '../../../src/formats/encodings/elements'
import { readNpy } from '../../../src/formats/encodings/npy'
import { SeededRandom } from '../../../src/domain/random'
import type { Aggregation } from '../../../src/domain/study'
import { aggregateVotes, type Votes } from '../../../src/domain/labels/aggregation'
import { labelsAt } from '../../formats/exporting'
import { shared } from '../../support/shared'
import { votesOf, type Vote } from './fixtures/votes'

const WEIGHING = ['dawid-skene', 'mace', 'wawa'] as const

const accuracy = (method: Aggregation, votes: Votes, truth: number[]): number =>
  accuracyOf(aggregateVotes(method, votes).probabilities, votes, truth)

/** Share of images whose true class has the highest probability; classes that tie share the image. */
function accuracyOf(probabilities: Float64Array, votes: Votes, truth: number[]): number {
  const right = truth.map((t, i) => {
    const row = Array.from(probabilities.subarray(i * votes.classes, (i + 1) * votes.classes))
    const first = row.filter((p) => p >= Math.max(...row) - 1e-9).length
    return (row[t] ?? 0) >= Math.max(...row) - 1e-9 ? 1 / first : 0
  })
  return right.reduce((sum, each) => sum + each, 0) / truth.length
}

describe('one judgment an image: 200 images, 5 annotators, 10 classes', () => {
  const file = path.join(import.meta.dirname, 'fixtures', 'oneJudgment.json')
  const { annotators, chosen, truth } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number[]>
  const votes = votesOf(
    chosen!.map((c, image) => ({ annotator: annotators![image]!, image, chosen: c })),
    5,
    200,
    10,
  )

  it.each(['counts', 'majority', ...WEIGHING] as const)('%s is right where the judgments are', (method) => {
    expect(accuracy(method, votes, truth!)).toBe(0.895)
  })

  it('Dawid-Skene and Wawa are the answers as they were given', () => {
    const given = aggregateVotes('counts', votes).probabilities
    expect(aggregateVotes('dawid-skene', votes).probabilities).toEqual(given)
    expect(aggregateVotes('wawa', votes).probabilities).toEqual(given)
  })

  it.each(WEIGHING)('%s says that annotators cannot be told apart, with the figures', (method) => {
    const { report, warnings } = aggregateVotes(method, votes)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /cannot tell annotators apart: none of 200 judged images has judgments by two or more annotators/,
    )
    expect(warnings[0]).toMatch(/Enough would be/)
    expect(report[0]).toBe(warnings[0])
    const text = report.join(' ')
    expect(text).toContain('(median 0; 10 of 10 pairs have none)')
    expect(text).toContain('5 connected groups, the largest of 1 annotator and 40 images')
    expect(text).toContain('not known of any annotator')
    expect(text).toContain('200 images with one judgment only: a single answer, not agreement.')
  })
})

describe('one judgment an image, as it is read from a file', () => {
  const folder = shared('cases', 'D7-single-annotated')
  it.skipIf(folder === null).each(WEIGHING)('%s is not worse than majority', async (method) => {
    const { judgments, annotators, images } = await labelsAt(path.join(folder!, 't.csv'))
    const truth = Array.from(toNumbers(await readNpy(path.join(folder!, 'truth.npy'), 'truth')))
    const votes = { judgments: judgments!, excluded: annotators!.excluded, images, classes: 10 }
    expect(accuracy('majority', votes, truth)).toBe(0.895)
    expect(accuracy(method, votes, truth)).toBe(0.895)
  })
})

it.each(WEIGHING)('%s takes a lone annotator at their word', (method) => {
  const votes = votesOf(
    [0, 1, 2, 2, 2].map((chosen, image) => ({ annotator: 0, image, chosen })),
    1,
    5,
    3,
  )
  expect(accuracy(method, votes, [0, 1, 2, 2, 2])).toBe(1)
  expect(aggregateVotes(method, votes).warnings[0]).toMatch(/cannot tell annotators apart/)
})

interface Design {
  classes: number
  annotators: number
  /** Judgments an image, on average. */
  perImage: number
  crowd: keyof typeof CROWDS
}

/** Probability of seeing the true class, else a class at random. */
const CROWDS = {
  careful: (random: SeededRandom) => random.between(0.8, 0.98),
  mixed: (random: SeededRandom) => random.between(0.4, 0.95),
  'a third guesses': (random: SeededRandom) => (random.uniform() < 1 / 3 ? 0 : random.between(0.8, 0.95)),
}

function simulate({ classes, annotators, perImage, crowd }: Design, seed: number): { votes: Votes; truth: number[] } {
  const random = new SeededRandom(seed)
  const images = 150
  const skill = Array.from({ length: annotators }, () => CROWDS[crowd](random))
  const truth = Array.from({ length: images }, () => random.below(classes))
  const votes = truth.flatMap((t, image) => {
    const n = Math.floor(perImage) + (random.uniform() < perImage % 1 ? 1 : 0)
    const who = random.shuffle(Int32Array.from({ length: annotators }, (_, a) => a)).subarray(0, n)
    return Array.from(who, (annotator): Vote => {
      const sees = random.uniform() < skill[annotator]!
      return { annotator, image, chosen: sees ? t : random.below(classes) }
    })
  })
  return { votes: votesOf(votes, annotators, images, classes), truth }
}

const designs: Design[] = [2, 10].flatMap((classes) =>
  [5, 50].flatMap((annotators) =>
    [1, 1.3, 2, 3, 5].flatMap((perImage) =>
      (Object.keys(CROWDS) as (keyof typeof CROWDS)[]).map((crowd) => ({ classes, annotators, perImage, crowd })),
    ),
  ),
)

describe(`${designs.length} simulated designs with 1 to 5 judgments an image`, () => {
  const results = new Map<Aggregation, { design: string; gain: number; warned: boolean }[]>()
  const resultsOf = (method: (typeof WEIGHING)[number]) => {
    const known = results.get(method)
    if (known) return known
    // MACE takes as long as ten others: it climbs from ten starts.
    const seeds = method === 'mace' ? [1, 2] : [1, 2, 3, 4]
    const found = designs.map((design) => {
      const runs = seeds.map((seed) => {
        const { votes, truth } = simulate(design, seed)
        const { probabilities, warnings } = aggregateVotes(method, votes)
        const gain = accuracyOf(probabilities, votes, truth) - accuracy('majority', votes, truth)
        return { gain, warned: warnings.length > 0 }
      })
      return {
        design: JSON.stringify(design),
        gain: runs.reduce((sum, { gain }) => sum + gain, 0) / seeds.length,
        warned: runs.some(({ warned }) => warned),
      }
    })
    results.set(method, found)
    return found
  }
  // Of 300 or 600 images a design; two methods that are equally good differ by some 0.01 by chance.
  const CHANCE = 0.02

  it.each(WEIGHING)('%s is better than majority on average, and nowhere much worse', (method) => {
    const found = resultsOf(method)
    expect(found.reduce((sum, { gain }) => sum + gain, 0) / found.length).toBeGreaterThan(0.005)
    const worse = found.filter(({ gain, warned }) => gain < (warned ? -2 * CHANCE : -CHANCE))
    expect(worse).toEqual([])
  })

  it.each(WEIGHING)('%s never calls one judgment an image enough', (method) => {
    const once = resultsOf(method).filter(({ design }) => /"perImage":1(\.3)?,/.test(design))
    expect(once).toHaveLength(designs.length * (2 / 5))
    expect(once.filter(({ warned }) => !warned)).toEqual([])
  })
})
