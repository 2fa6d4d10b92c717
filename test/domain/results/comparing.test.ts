/**
 * Any runs against any others: pairs, hand-worked differences and intervals, and what is said of runs without a pair.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareRuns } from '../../../src/domain/results/comparing'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { RunInfo } from '../../../src/domain/runs/info'
import { runKey } from '../../../src/domain/runs/runKey'

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'hard',
  imageSet: 'test',
  labelSet: 'people',
  protocol: 'described',
  folds: 5,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 10,
  batch: 128,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
}

function run(id: number, accuracy: number, change: Partial<RunConfig> = {}, state: RunInfo['state'] = 'done'): RunInfo {
  const its = { ...config, ...change }
  const time = '2026-01-05T09:00:00.000Z'
  const result = state === 'done' ? { measures: { accuracy, meanHumanEntropy: 0.2 }, heldOut: 200, attacks: [] } : null
  return {
    id,
    key: runKey(its),
    experiment: null,
    config: its,
    state,
    progress: null,
    error: null,
    device: 'CPU',
    engine: 'e',
    result,
    createdAt: time,
    startedAt: time,
    finishedAt: time,
  }
}
const folds = (from: number, values: number[], change: Partial<RunConfig> = {}) =>
  values.map((value, fold) => run(from + fold, value, { fold, ...change }))

describe('compareRuns', () => {
  it('pairs by fold and seed, and gives the interval worked out by hand', () => {
    const found = compareRuns(folds(1, [0.7, 0.72, 0.71]), folds(11, [0.71, 0.74, 0.74], { target: 'soft' }))
    expect(found.pairs.map(({ first, second }) => [first, second])).toEqual([
      [1, 11],
      [2, 12],
      [3, 13],
    ])
    expect(found.measures).toHaveLength(1)
    const [accuracy] = found.measures
    // Differences 0.01, 0.02, 0.03: mean 0.02, variance 1e-4; s^2 (1/3 + 1/4) with 5 folds; t(0.975, 2) = 4.302653.
    expect(accuracy?.difference).toBeCloseTo(0.02, 12)
    const reach = 4.302652729749 * Math.sqrt(1e-4 * (1 / 3 + 1 / 4))
    expect(accuracy?.interval?.[0]).toBeCloseTo(0.02 - reach, 9)
    expect(accuracy?.interval?.[1]).toBeCloseTo(0.02 + reach, 9)
    // t = 0.02 / sqrt(1e-4 * 7/12) = 2.618615 with 2 degrees of freedom: p = 1 - t / sqrt(t^2 + 2).
    const t = 0.02 / Math.sqrt((1e-4 * 7) / 12)
    expect(accuracy?.p).toBeCloseTo(1 - t / Math.sqrt(t * t + 2), 9)
    expect(found.testShare).toBe(1 / 4)
    expect(found.differs).toEqual([{ field: 'target', first: ['"hard"'], second: ['"soft"'] }])
    expect(found.leftOut).toEqual([])
  })

  it('says of every run that stands in no pair why', () => {
    const first = [
      run(1, 0.7),
      run(2, 0.7, { fold: 3 }),
      run(3, 0.7, { seed: 9 }),
      run(4, 0.7, { foldSeed: 1 }),
      run(5, 0, { fold: 2 }, 'running'),
      run(6, 0.7),
    ]
    const second = [
      run(11, 0.8, { target: 'soft' }),
      run(4, 0.7, { foldSeed: 1 }),
      run(12, 0.8, { target: 'soft', testImages: 50 }),
    ]
    const { pairs, leftOut } = compareRuns(first, second)
    expect(pairs.map(({ first: a, second: b }) => [a, b])).toEqual([[6, 11]])
    const reasons = Object.fromEntries(leftOut.map((each) => [`${each.side} ${each.run}`, each.reason]))
    expect(Object.keys(reasons)).toEqual([
      'first 1',
      'first 2',
      'first 3',
      'first 4',
      'first 5',
      'second 4',
      'second 12',
    ])
    expect(reasons['first 1']).toMatch(/Run 6 .* newer/)
    expect(reasons['first 2']).toMatch(/no run of fold 4/)
    expect(reasons['first 3']).toMatch(/not with seed 9/)
    expect([reasons['first 4'], reasons['second 4']]).toEqual(Array(2).fill('It is on both sides.'))
    expect(reasons['first 5']).toMatch(/It is running/)
    expect(reasons['second 12']).toMatch(/Other images were held out.*first 50/)
  })

  it('pairs by fold alone where seeds are what differs, and only where that is unambiguous', () => {
    const other = folds(11, [0.7, 0.8], { seed: 1 })
    expect(compareRuns(folds(1, [0.6, 0.6]), other)).toMatchObject({
      pairedBy: 'fold',
      pairs: [{ fold: 0 }, { fold: 1 }],
    })
    const two = [...folds(1, [0.6, 0.6]), ...folds(3, [0.6, 0.6], { seed: 2 })]
    expect(compareRuns(two, other)).toMatchObject({ pairedBy: 'fold and seed', pairs: [], measures: [] })
  })

  it('one pair has a difference and no interval', () => {
    const [only] = compareRuns([run(1, 0.5)], [run(2, 0.75)]).measures
    expect(only).toMatchObject({ difference: 0.25, interval: null, p: null })
  })

  it('turned round, differences change their sign and intervals turn with them', () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 5 }), (values) => {
        const [a, b] = [
          folds(
            1,
            values.map(([x]) => x),
          ),
          folds(
            11,
            values.map(([, y]) => y),
            { target: 'soft' },
          ),
        ]
        const [there] = compareRuns(a, b).measures
        const [back] = compareRuns(b, a).measures
        expect(back?.difference).toBeCloseTo(-(there?.difference ?? NaN), 12)
        expect(back?.interval?.[0]).toBeCloseTo(-(there?.interval?.[1] ?? NaN), 12)
        expect((there?.second ?? 0) - (there?.first ?? 0)).toBeCloseTo(there?.difference ?? NaN, 12)
      }),
    )
  })
})
