/** Which runs are compared: stages, targets, rates, and what they must not differ in. */
import { describe, expect, it } from 'vitest'
import { comparisons } from '../../../src/domain/results/pairs'
import { attackName, finishedRuns, partsOf } from '../../../src/domain/results/runValues'
import { stageOf } from '../../../src/domain/runs/stage'
import type { RunInfo } from '../../../src/domain/runs/info'
import { quickRuns } from './fixture'
import { NETWORKS, paperRuns, pretrained } from '../paper/paperFixture'
import { expectEvery } from '../../support/every'

const runs = paperRuns()
const all = comparisons(runs)
const [network = ''] = NETWORKS
const of = (stage: string, protocol: string) =>
  all.filter((each) => each.network === network && each.stage === stage && each.protocol === protocol)

describe('stages', () => {
  it('are told by the configuration', () => {
    const config = pretrained(network)
    expect(stageOf(config)).toBe('pretrained')
    expect(stageOf({ ...config, folds: 10 })).toBe('from-scratch')
    expect(stageOf({ ...config, folds: 10, startFrom: 'abc' })).toBe('fine-tuned')
    expect(stageOf({ ...config, network: 'imported:theirs' })).toBe('imported')
    expectEvery(quickRuns(), (run) => stageOf(run.config) === 'from-scratch')
  })
})

describe('comparisons', () => {
  it('are one a target, paired by fold, at the rate that was chosen', () => {
    const fine = of('fine-tuned', 'described')
    expect(fine.map(({ variant }) => variant)).toEqual([
      'soft',
      'category-soft',
      'sampled-hard',
      'mixup',
      'distilled from 2 networks',
      'majority-hard',
      'mode-forced',
      'smoothed',
      'aggregated from dawid-skene',
    ])
    for (const { pairs, hard, soft, chosen } of fine) {
      expect(pairs.map(({ fold }) => fold)).toEqual([0, 1, 2])
      for (const run of [...hard, ...soft]) expect(run.config.learningRate).toBe(0.01)
      expect(chosen.hard).toContain('rate 0.01 in 3 of 3 folds')
    }
    expect(of('from-scratch', 'described').map(({ variant, pairs }) => [variant, pairs.length])).toEqual([['soft', 3]])
    expect(of('from-scratch', 'released').map(({ variant, pairs }) => [variant, pairs.length])).toEqual([['soft', 2]])
  })

  it('released: one holdout a target, the longer runs of mixup and sampled labels beside the others', () => {
    const fine = of('fine-tuned', 'released')
    expect(fine.map(({ variant, pairs }) => [variant, pairs.length])).toEqual([
      ['soft', 1],
      ['category-soft', 1],
      ['sampled-hard', 1],
      ['mixup', 1],
    ])
    expect(fine.at(-1)?.soft[0]?.config.epochs).toBe(10)
    expect(fine.at(-1)?.hard[0]?.config.epochs).toBe(6)
  })

  it('pretrained networks stand for themselves', () => {
    expect(of('pretrained', 'described').map(({ hard, pairs }) => [hard.length, pairs.length])).toEqual([[1, 0]])
  })

  it.each([
    ['where they start from', { startFrom: 'another' }],
    ['protocol', { protocol: 'released' as const }],
    ['epochs', { epochs: 7 }],
    ['cutout', { cutout: 8 }],
    ['which epoch is measured', { selection: 'best-loss' as const }],
    ['optimiser', { optimiser: 'adam' as const }],
  ])('never pair runs that differ in %s', (_, change) => {
    const own = runs.filter(
      ({ config }) =>
        config.network === network &&
        config.startFrom !== null &&
        config.protocol === 'described' &&
        ['hard', 'soft'].includes(config.target),
    )
    const changed = own.map((run): RunInfo =>
      run.config.target === 'soft' ? { ...run, config: { ...run.config, ...change } } : run,
    )
    expect(comparisons(own)[0]?.pairs).toHaveLength(3)
    expect(comparisons(changed).flatMap(({ pairs }) => pairs)).toEqual([])
  })

  it('rates of a single fold stay apart, and those both sides share are paired', () => {
    const single = runs.filter(
      ({ config }) =>
        config.network === network &&
        config.startFrom !== null &&
        config.protocol === 'described' &&
        config.fold === 0 &&
        ['hard', 'soft'].includes(config.target),
    )
    const found = comparisons(single)
    expect(found.map(({ pairs }) => pairs.length)).toEqual([1, 1])
    expect(found.map(({ dataset }) => /rate ([\d.]+)/.exec(dataset)?.[1]).sort()).toEqual(['0.01', '0.1'])
    const oneRate = single.filter(({ config }) => config.target === 'hard' || config.learningRate === 0.1)
    expect(comparisons(oneRate).map(({ pairs }) => pairs.map(({ hard }) => hard.config.learningRate))).toEqual([[0.1]])
  })
})

describe('what a run measured', () => {
  it('comes in parts, with Figure 2’s mixture computed from two of them', () => {
    const run = finishedRuns(runs).find(({ config }) => stageOf(config) === 'from-scratch')
    const parts = run ? partsOf(run) : []
    expect(parts.map(({ dataset }) => dataset)).toEqual([
      'cifar10-test held-out',
      'cifar10-train',
      'cifar10.1-v6',
      'cifar10.1-v4',
      'cinic10-imagenet',
      'cifar10 (0.167 held-out + 0.833 train)',
    ])
    const of = (dataset: string) => parts.find((part) => part.dataset === dataset)?.values.get('accuracy') ?? NaN
    expect(parts.at(-1)?.values.get('accuracy')).toBeCloseTo(
      0.167 * of('cifar10-test held-out') + 0.833 * of('cifar10-train'),
      12,
    )
  })

  it('limits of a set are in its name, and in the mixture’s; those it does not reach are none', () => {
    const [run] = finishedRuns(runs).filter(({ config }) => stageOf(config) === 'from-scratch')
    if (!run) throw new Error('no run')
    const evaluations = run.config.evaluations.map((set) => ({ ...set, images: 500 }))
    const names = partsOf({ ...run, config: { ...run.config, evaluations } }).map(({ dataset }) => dataset)
    expect(names).toContain('cifar10-train, first 500')
    expect(names).toContain('cifar10 (0.167 held-out + 0.833 train), first 500 of train')
    const beyond = run.config.evaluations.map((set) => ({ ...set, images: 10_000 }))
    const whole = partsOf({ ...run, config: { ...run.config, evaluations: beyond } }).map(({ dataset }) => dataset)
    expect(whole).toContain('cifar10.1-v4')
    // Its images that are CIFAR-10's own are left out before a limit is applied: fewer than the limit are all of the
    // rest.
    expect(whole).toContain('cinic10-imagenet')
  })

  it('attacks are named by what they do other than the text says, and stand with the images they are of', () => {
    const attacks = finishedRuns(runs).flatMap(({ result }) => result.attacks.map(attackName))
    expect([...new Set(attacks)].sort()).toEqual([
      'fgsm-4',
      'fgsm-8-augmented-imagenet',
      'pgd-4',
      'pgd-4-augmented-imagenet',
      'pgd-4-margin',
    ])
    const released = finishedRuns(runs).find(({ result }) => result.attacks.some(({ on }) => on === 'all'))
    const part = released && partsOf(released).find(({ dataset }) => dataset === 'cifar10-test all images')
    expect([...(part?.values.keys() ?? [])]).toContain('fgsm-8-augmented-imagenet-accuracy')
  })
})
