/**
 * Aggregation beside crowd-kit, on dense and on sparse simulated judgments. The methods are the same but for what the
 * data avoid: crowd-kit's Wawa gives a tie to one class; its Dawid-Skene takes no figure below 1e-10, and takes all
 * answers for equally likely where an annotator met no image of a class (ours: that they name it correctly). The last
 * two pull it away from the answers where each image has one: slowly, and at once, as shown. Its MACE starts from
 * figures of its own, which are handed over.
 */
import { beforeAll, expect, it } from 'vitest'
import { SeededRandom } from '../../src/domain/random'
import { collectBallots } from '../../src/domain/labels/aggregation/ballots'
import { countVotes } from '../../src/domain/labels/aggregation/counts'
import { fitDawidSkene } from '../../src/domain/labels/aggregation/dawidSkene'
import { fitMaceFrom } from '../../src/domain/labels/aggregation/mace'
import { winners } from '../../src/domain/labels/aggregation/majority'
import { fitWawa } from '../../src/domain/labels/aggregation/wawa'
import { votesOf, type Vote } from '../domain/labels/fixtures/votes'
import { askPeer, describeWithPeers, largestDifference } from './peers'

interface Data {
  name: string
  annotators: number
  images: number
  classes: number
  /** Judgments an image, at least and at most. */
  perImage: [number, number]
}

/** With one judgment an image, crowd-kit's Dawid-Skene is 4e-5 away from the answers after 30. */
const ITERATIONS = 10

const DATA: Data[] = [
  { name: 'dense: 80 images, each judged by all of 8', annotators: 8, images: 80, classes: 4, perImage: [8, 8] },
  { name: 'sparse: 3 to 5 of 20 judge an image', annotators: 20, images: 160, classes: 5, perImage: [3, 5] },
  { name: 'sparser: 1 to 3 of 12 judge an image', annotators: 12, images: 250, classes: 3, perImage: [1, 3] },
  { name: 'one judgment an image', annotators: 5, images: 200, classes: 4, perImage: [1, 1] },
]

/** People of differing skill; images whose most frequent class is not one are left out. */
function simulate({ annotators, images, classes, perImage: [least, most] }: Data, seed: number): Vote[] {
  const random = new SeededRandom(seed)
  const skill = Array.from({ length: annotators }, () => random.between(0.4, 0.95))
  return Array.from({ length: images }, (_, image) => {
    const truth = random.below(classes)
    const everybody = random.shuffle(Int32Array.from({ length: annotators }, (_, a) => a))
    const who = everybody.subarray(0, least + random.below(most - least + 1))
    return Array.from(who, (annotator): Vote => {
      const sees = random.uniform() < (skill[annotator] ?? 0)
      return { annotator, image, chosen: sees ? truth : random.below(classes) }
    })
  })
    .filter((votes) => !isTied(votes, classes))
    .flat()
}

function isTied(votes: Vote[], classes: number): boolean {
  const counts = Array.from({ length: classes }, (_, c) => votes.filter(({ chosen }) => chosen === c).length)
  return counts.filter((n) => n === Math.max(...counts)).length > 1
}

interface Answer {
  images: number[]
  shares: number[][]
  majority: number[]
  wawa: { probabilities: number[][]; weights: number[] }
  dawidSkene: number[][]
  mace: { probabilities: number[][]; know: number[]; guess: number[]; habit: number[][] }
}

interface Asked {
  votes: Vote[]
  annotators: number
  classes: number
}

const askCrowdKit = (data: Asked[]): Answer[] => {
  const input = data.map(({ votes, annotators, classes }) => ({
    votes: votes.map(({ annotator, image, chosen }) => [annotator, image, chosen]),
    annotators,
    classes,
    iterations: ITERATIONS,
  }))
  return askPeer('data', 'aggregation.py', input)
}

/** Of images x classes, the rows of the images that crowd-kit knows. */
const rowsAt = (table: ArrayLike<number>, images: number[], classes: number): number[] =>
  images.flatMap((image) => Array.from({ length: classes }, (_, c) => table[image * classes + c] ?? NaN))

/** 1 at the class, 0 elsewhere. */
const oneHot = (chosen: number[], classes: number): number[] =>
  chosen.flatMap((label) => Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0)))

/** Each is alone with their images, and the second never says class 2. */
const UNMET: Asked = {
  votes: [
    [0, 1, 2, 0, 1, 2],
    [0, 1, 0, 1],
  ].flatMap((says, annotator) => says.map((chosen, at) => ({ annotator, image: 6 * annotator + at, chosen }))),
  annotators: 2,
  classes: 3,
}

describeWithPeers('data', 'crowd-kit', () => {
  const cases = DATA.map((data, at) => {
    const votes = simulate(data, at + 1)
    return { ...data, at, votes, ballots: collectBallots(votesOf(votes, data.annotators, data.images, data.classes)) }
  })
  let answers: Answer[] = []
  beforeAll(() => {
    answers = askCrowdKit([...cases, UNMET])
  })

  it.each(cases)('shares and majority, $name', ({ at, ballots, classes }) => {
    const { images, shares, majority } = answers[at]!
    expect(images.length).toBeGreaterThan(70)
    const ours = rowsAt(countVotes(ballots).probabilities, images, classes)
    expect(largestDifference(ours, shares.flat())).toBeLessThan(1e-15)
    expect(rowsAt(winners(ballots), images, classes)).toEqual(oneHot(majority, classes))
  })

  it.each(cases)('Wawa, $name', ({ at, ballots, classes }) => {
    const { images, wawa } = answers[at]!
    const { weights, probabilities } = fitWawa(ballots)
    expect(largestDifference(weights, wawa.weights)).toBeLessThan(1e-12)
    expect(largestDifference(rowsAt(probabilities, images, classes), wawa.probabilities.flat())).toBeLessThan(1e-12)
  })

  it.each(cases)('Dawid-Skene as published, step by step, $name', ({ at, ballots, classes }) => {
    const { images, dawidSkene } = answers[at]!
    const fit = fitDawidSkene(ballots, { correct: 0, maxIterations: ITERATIONS, tolerance: -Infinity })
    expect(fit.objective).toHaveLength(ITERATIONS)
    expect(largestDifference(rowsAt(fit.probabilities, images, classes), dawidSkene.flat())).toBeLessThan(1e-7)
  })

  it.each(cases)('MACE from the same start, step by step, $name', ({ at, ballots, classes }) => {
    const { images, mace } = answers[at]!
    const know = Float64Array.from(mace.know, Math.log)
    const habit = Float64Array.from(mace.habit.flatMap((row, a) => row.map((p) => Math.log(p * mace.guess[a]!))))
    const fit = fitMaceFrom(ballots, { know, habit }, ITERATIONS, -Infinity)
    expect(fit.bound).toHaveLength(ITERATIONS)
    expect(largestDifference(rowsAt(fit.probabilities, images, classes), mace.probabilities.flat())).toBeLessThan(1e-9)
  })

  it('Dawid-Skene differs where an annotator met no image of a class', () => {
    const { images, dawidSkene } = answers.at(-1)!
    const ours = fitDawidSkene(collectBallots(votesOf(UNMET.votes, 2, 10, 3)), { correct: 0 })
    const answered = oneHot(
      UNMET.votes.map(({ chosen }) => chosen),
      3,
    )
    expect(rowsAt(ours.probabilities, images, 3)).toEqual(answered)
    expect(largestDifference(dawidSkene.flat(), answered)).toBeGreaterThan(0.05)
  })
})
