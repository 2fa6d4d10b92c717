import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finishedRuns, type FinishedRun } from '../../../src/domain/results/runValues'
import { choiceInWords, selectRuns, trainedTowards } from '../../../src/domain/results/selection'
import { TARGETS, type Protocol, type RunConfig } from '../../../src/domain/runs/config'
import { finished } from './fixture'
import { withMeasure } from './measure'
import { pretrained } from '../paper/paperFixture'
import { expectEvery } from '../../support/every'

const base: RunConfig = {
  ...pretrained('resnet_basic_8'),
  imageSet: 'cifar10-test',
  labelSet: 'people',
  target: 'soft',
  folds: 10,
  startFrom: 'abc',
  evaluations: [],
}

/** One run a loss, in the order of (rate, fold). */
function runs(losses: Record<string, number[]>, change: Partial<RunConfig> = {}): FinishedRun[] {
  const made = Object.entries(losses).flatMap(([rate, folds], i) =>
    folds.map((loss, fold) =>
      withMeasure(
        finished({ ...base, ...change, learningRate: Number(rate), fold }, 1 + 100 * i + fold),
        trainedTowards({ ...base, ...change }),
        loss,
      ),
    ),
  )
  return finishedRuns(made)
}

const rates = (found: FinishedRun[], protocol: Protocol) =>
  Object.fromEntries(selectRuns(found, protocol).map(({ fold, learningRate }) => [fold, learningRate]))

describe('described: chosen on the other folds', () => {
  it('by hand: each fold takes what was best on the two others', () => {
    // Other folds' means: fold 0: 0.1 -> 0.5, 0.01 -> 0.6; fold 1: 0.65, 0.45; fold 2: 0.55, 0.45.
    const found = runs({ 0.1: [0.7, 0.4, 0.6], 0.01: [0.3, 0.6, 0.6] })
    expect(rates(found, 'described')).toEqual({ 0: 0.1, 1: 0.01, 2: 0.01 })
    const [first] = selectRuns(found, 'described')
    expect(first).toMatchObject({ among: 2, by: { measure: 'crossEntropyToPeople', on: 'other folds' } })
    expect(first?.by?.loss).toBeCloseTo(0.5)
    expect(choiceInWords(selectRuns(found, 'described'))).toBe(
      'rate 0.01 in 2, 0.1 in 1 of 3 folds, chosen on the other folds by cross-entropy to people',
    )
  })

  it('property: what a fold measured on itself never decides for it', () => {
    const loss = fc.double({ min: 0.1, max: 3, noNaN: true })
    const three = fc.array(loss, { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(three, three, loss, (a, b, other) => {
        const before = rates(runs({ 0.1: a, 0.01: b }), 'described')
        const after = rates(runs({ 0.1: [other, ...a.slice(1)], 0.01: b }), 'described')
        expect(after[0]).toBe(before[0])
      }),
      { numRuns: 40 },
    )
  })

  it('judges on folds that all candidates ran: an easy fold of one alone does not count', () => {
    const found = runs({ 0.1: [0.5, 0.5, 0.9], 0.01: [0.5, 0.6] })
    expect(rates(found, 'described')[0]).toBe(0.1)
  })

  it('one candidate is no choice; several in a single fold cannot be chosen among', () => {
    expectEvery(selectRuns(runs({ 0.1: [0.5, 0.6] }), 'described'), ({ by }) => by === null)
    expect(selectRuns(runs({ 0.1: [0.5], 0.01: [0.4] }), 'described')).toEqual([])
    expect(choiceInWords(selectRuns(runs({ 0.1: [0.5] }), 'described'))).toBeNull()
  })

  it('of equal losses the higher rate, in whatever order the runs come', () => {
    const found = runs({ 0.01: [0.5, 0.5], 0.1: [0.5, 0.5] })
    expect(rates(found, 'described')).toEqual({ 0: 0.1, 1: 0.1 })
    expect(rates([...found].reverse(), 'described')).toEqual({ 0: 0.1, 1: 0.1 })
  })
})

describe('released: chosen on the same held-out images', () => {
  it('takes the best of rates, seeds and splits, one a fold', () => {
    const found = [
      ...runs({ 0.1: [0.7, 0.4], 0.01: [0.3, 0.6] }, { protocol: 'released' }),
      ...runs({ 0.1: [0.2] }, { protocol: 'released', seed: 2, foldSeed: 2 }),
    ]
    const chosen = selectRuns(found, 'released')
    expect(chosen.map(({ fold, seed, learningRate }) => [fold, seed, learningRate])).toEqual([
      [0, 2, 0.1],
      [1, 0, 0.1],
    ])
    expect(chosen[0]).toMatchObject({ among: 3, by: { loss: 0.2, on: 'same fold' } })
  })
})

it('every target has a loss, and labels stand in where there are no people', () => {
  const towards = (target: RunConfig['target']) => trainedTowards({ target, labelSet: 'people' })
  expect(TARGETS.filter((target) => towards(target) === 'crossEntropyToLabels')).toEqual([
    'hard',
    'mixup',
    'majority-hard',
    'smoothed',
  ])
  expect(trainedTowards({ target: 'soft', labelSet: null })).toBe('crossEntropyToLabels')
})
