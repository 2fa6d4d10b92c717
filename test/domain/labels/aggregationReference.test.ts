/**
 * Each method against figures computed elsewhere: fixtures/reference.py is a second implementation of ours, written
 * from the papers; fixtures/thirdParties.json was computed by other people's programs
 * (docs/decisions/011-aggregation.md).
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectBallots } from '../../../src/domain/labels/aggregation/ballots'
import { fitDawidSkene } from '../../../src/domain/labels/aggregation/dawidSkene'
import { fitMace } from '../../../src/domain/labels/aggregation/mace'
import { winners } from '../../../src/domain/labels/aggregation/majority'
import { fitWawa } from '../../../src/domain/labels/aggregation/wawa'
import { fromAnswers, votesOf } from './fixtures/votes'

const read = (name: string) => JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8'))
const reference = read('aggregation.json')
const others = read('thirdParties.json')

const { images, classes, annotators, answers } = reference
const ballots = collectBallots(votesOf(fromAnswers(answers), annotators, images, classes))

/** The largest difference between a packed table and nested or plain lists of the same numbers. */
function difference(ours: ArrayLike<number>, theirs: (number | number[])[]): number {
  const flat = theirs.flat()
  expect(ours).toHaveLength(flat.length)
  return flat.reduce((worst, value, k) => Math.max(worst, Math.abs(value - ours[k]!)), 0)
}

describe('Dawid-Skene', () => {
  it('takes the same steps as the second implementation', () => {
    const iterations = reference.dawidSkeneIterations
    const fit = fitDawidSkene(ballots, { correct: reference.correct, maxIterations: iterations, tolerance: -1 })
    expect(fit.objective).toHaveLength(iterations)
    expect(difference(fit.probabilities, reference.dawidSkene.probabilities)).toBeLessThan(1e-9)
    expect(difference(fit.prior, reference.dawidSkene.prior)).toBeLessThan(1e-9)
    expect(fit.objective.at(-1)).toBeCloseTo(reference.dawidSkene.objective, 6)
    const accuracy = Array.from({ length: annotators }, (_, a) =>
      fit.prior.reduce((sum, p, t) => sum + p * fit.confusion[(a * classes + t) * classes + t]!, 0),
    )
    expect(difference(accuracy, reference.dawidSkene.accuracy)).toBeLessThan(1e-9)
  })

  it('gives what the paper found for the anaesthetists (as published)', () => {
    const { answers, probabilities, prior, errorRates, logLikelihood } = others.anaesthetists
    const votes = answers.flatMap((row: number[][], image: number) =>
      row.flatMap((given, annotator) => given.map((chosen) => ({ annotator, image, chosen }))),
    )
    const fit = fitDawidSkene(collectBallots(votesOf(votes, 5, 45, 4)), {
      correct: 0,
      maxIterations: 500,
      tolerance: -1,
    })
    expect(difference(fit.probabilities, probabilities)).toBeLessThan(1e-9)
    expect(difference(fit.prior, prior)).toBeLessThan(1e-9)
    expect(fit.objective.at(-1)).toBeCloseTo(logLikelihood, 8)
    errorRates.forEach((matrix: number[][], a: number) =>
      matrix.forEach((row, t) =>
        row.forEach((rate, l) => expect(fit.confusion[(a * 4 + l) * 4 + t]).toBeCloseTo(rate, 9)),
      ),
    )
    // As printed: the classes' shares, and the first observer's rates for the first two classes.
    expect(Array.from(fit.prior, (p) => p.toFixed(2))).toEqual(['0.40', '0.42', '0.11', '0.07'])
    const firstObserver = [0, 1].map((t) => [0, 1, 2, 3].map((l) => fit.confusion[l * 4 + t]!.toFixed(2)))
    expect(firstObserver).toEqual([
      ['0.89', '0.11', '0.00', '0.00'],
      ['0.07', '0.88', '0.05', '0.00'],
    ])
  })

  it('stays a number as published, whatever the votes', () => {
    const vote = fc.record({ annotator: fc.nat(3), image: fc.nat(4), chosen: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 30 }), (votes) => {
        const fit = fitDawidSkene(collectBallots(votesOf(votes, 4, 5, 4)), { correct: 0, maxIterations: 30 })
        expect([...fit.probabilities, ...fit.confusion, ...fit.objective].every(Number.isFinite)).toBe(true)
      }),
    )
  })

  it('never falls, whatever the votes', () => {
    const vote = fc.record({ annotator: fc.nat(3), image: fc.nat(7), chosen: fc.nat(2) })
    const correct = fc.constantFrom(0, 0.5, 2)
    fc.assert(
      fc.property(fc.array(vote, { maxLength: 20 }), correct, (votes, correct) => {
        const fit = fitDawidSkene(collectBallots(votesOf(votes, 4, 8, 3)), {
          correct,
          maxIterations: 50,
          tolerance: -1,
        })
        fit.objective.forEach((value, k) =>
          expect(value).toBeGreaterThanOrEqual((fit.objective[k - 1] ?? -Infinity) - 1e-9),
        )
      }),
    )
  })

  it('never falls, converges, and says so', () => {
    for (const correct of [0, 0.01, 2, 5]) {
      const { objective, converged } = fitDawidSkene(ballots, { correct })
      expect(converged).toBe(true)
      objective.forEach((value, k) => expect(value).toBeGreaterThanOrEqual((objective[k - 1] ?? -Infinity) - 1e-8))
    }
    expect(fitDawidSkene(ballots, { maxIterations: 2 })).toMatchObject({ converged: false })
  })
})

describe('MACE', () => {
  // Two ways to the same optimum, from other starts.
  const fit = fitMace(ballots, { maxIterations: reference.maceIterations, tolerance: -1, restarts: 3 })

  it('comes where the second implementation came', () => {
    expect(difference(fit.probabilities, reference.mace.probabilities)).toBeLessThan(1e-8)
    expect(difference(fit.competence, reference.mace.competence)).toBeLessThan(1e-8)
    expect(fit.bound.at(-1)).toBeCloseTo(reference.mace.bound, 6)
  })

  it('comes where crowd-kit came', () => {
    expect(difference(fit.probabilities, others.mace.probabilities)).toBeLessThan(1e-8)
    expect(difference(fit.competence, others.mace.competence)).toBeLessThan(1e-8)
  })

  it('never falls, and its own rule stops near enough', () => {
    const own = fitMace(ballots)
    expect(own.converged).toBe(true)
    expect(own.restarts).toHaveLength(10)
    expect(Math.max(...own.restarts)).toBe(own.bound.at(-1))
    own.bound.forEach((value, k) => expect(value).toBeGreaterThanOrEqual((own.bound[k - 1] ?? -Infinity) - 1e-8))
    expect(difference(own.probabilities, reference.mace.probabilities)).toBeLessThan(1e-4)
  })

  it('trusts those who guess less than those who look', () => {
    // The fixture's order: 14 skilled, 8 middling, 3 shifted, 3 guessing, 2 of one class, 1 without a vote.
    const [looking, guessing] = [fit.competence.subarray(0, 14), fit.competence.subarray(25, 30)]
    expect(Math.max(...guessing)).toBeLessThan(0.05)
    expect(Math.min(...looking)).toBeGreaterThan(0.7)
    expect(fit.competence[30]).toBe(0.5)
  })

  it('draws its starts from the seed', () => {
    const few = { restarts: 2, maxIterations: 3 }
    expect(fitMace(ballots, { ...few, seed: 1 }).restarts).toEqual(fitMace(ballots, { ...few, seed: 1 }).restarts)
    expect(fitMace(ballots, { ...few, seed: 1 }).restarts).not.toEqual(fitMace(ballots, { ...few, seed: 2 }).restarts)
  })
})

describe('Wawa and majority', () => {
  it('are what the second implementation has', () => {
    const fit = fitWawa(ballots)
    expect(difference(fit.weights, reference.wawa.weights)).toBeLessThan(1e-12)
    expect(difference(fit.probabilities, reference.wawa.probabilities)).toBeLessThan(1e-12)
    const expected = reference.wawa.majority.map((row: number[]) => row.map((share) => (share > 0 ? 1 : 0)))
    expect(difference(winners(ballots), expected)).toBe(0)
  })
})
