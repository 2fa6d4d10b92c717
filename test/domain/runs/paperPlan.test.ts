/**
 * The whole paper as a list of runs: everything the issue of an experiment needs, in an order that can be worked off.
 */
import { describe, expect, it } from 'vitest'
import { planPreset } from '../../../src/domain/runs/presets'
import { cutSchedule, familyOf, scaledSchedule } from '../../../src/domain/runs/recipes'
import { LAPTOP, PAPER } from '../../../src/domain/runs/paperPlan'
import { runConfig } from '../../../src/contract'
import { FAMILY_NAMES, type RunConfig } from '../../../src/domain/runs/config'
import { completeConfig, runKey } from '../../../src/domain/runs/runKey'
import { CIFAR10_TEST } from '../results/fixture'
import { expectEvery } from '../../support/every'

const DATA = {
  ...CIFAR10_TEST,
  pretraining: { imageSet: 'cifar10-train', images: 50_000 },
  further: [
    { imageSet: 'cifar10-train', labelSet: null },
    { imageSet: 'cifar10.1-v6', labelSet: null },
  ],
  aggregated: ['cifar10h-dawid-skene'],
}
const laptop = planPreset('laptop', DATA, 'cpu')
const stage = ({ startFrom, folds }: RunConfig) =>
  startFrom ? 'fine-tuned' : folds === 1 ? 'pretrained' : 'from-scratch'

describe.each(['laptop', 'paper'] as const)('%s', (preset) => {
  const runs = planPreset(preset, DATA, 'cpu')
  const keys = runs.map(runKey)

  it('holds configurations the contract takes as they are, none twice', () => {
    for (const config of runs) expect(runConfig.parse(config)).toEqual(config)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('names what a run needs before the run', () => {
    const seen = new Set<string>()
    runs.forEach((config, i) => {
      for (const key of [config.startFrom, ...config.teachers]) if (key !== null) expect(seen).toContain(key)
      seen.add(keys[i] ?? '')
    })
  })

  it('has a member of every family in every stage, under both protocols where the paper has both', () => {
    const of = (wanted: string, protocol: string) =>
      runs.filter((config) => stage(config) === wanted && config.protocol === protocol)
    for (const family of FAMILY_NAMES) {
      const network = runs.find((config) => familyOf(config.network) === family)?.network
      for (const [wanted, protocol] of [
        ['from-scratch', 'described'],
        ['from-scratch', 'released'],
        ['pretrained', 'described'],
        ['fine-tuned', 'described'],
        ['fine-tuned', 'released'],
      ] as const)
        expect(
          of(wanted, protocol).some((config) => config.network === network),
          `${family} ${wanted} ${protocol}`,
        ).toBe(true)
    }
  })

  it('fine-tunes to every target, attacks hard and soft only, and pairs them by fold', () => {
    const tuned = runs.filter((config) => stage(config) === 'fine-tuned' && config.protocol === 'described')
    const targets = new Set(tuned.map(({ target }) => target))
    expect([...targets].toSorted()).toEqual([
      'aggregated',
      'category-soft',
      'distilled',
      'hard',
      'majority-hard',
      'mixup',
      'mode-forced',
      'sampled-hard',
      'smoothed',
      'soft',
    ])
    const folds = (target: string) =>
      tuned
        .filter((config) => config.target === target)
        .map(({ network, fold, learningRate }) => `${network} ${fold} ${learningRate}`)
    for (const target of targets) expect(new Set(folds(target))).toEqual(new Set(folds('hard')))
    for (const { target, attacks } of tuned) expect(attacks.length > 0).toBe(target === 'hard' || target === 'soft')
    const attacks = tuned.find(({ target }) => target === 'soft')?.attacks ?? []
    expect(attacks.map(({ attack, loss }) => `${attack} ${loss}`)).toEqual([
      'fgsm cross-entropy',
      'fgsm cross-entropy',
      'pgd cross-entropy',
      'pgd margin',
    ])
  })

  it('selects no epoch by what it is measured on where the protocol is the described one', () => {
    for (const { protocol, selection } of runs) expect(selection === 'last').toBe(protocol === 'described')
  })
})

describe('a plan', () => {
  it('is confined to families, keeping what they need', () => {
    const own = planPreset('laptop', DATA, 'cpu', { families: ['resnet_basic'] })
    expect(new Set(own.map(({ network }) => network))).toEqual(new Set(['resnet_basic_8']))
    const students = own.filter(({ target }) => target === 'distilled')
    expectEvery(students, ({ teachers }) => teachers.length === 1)
    const all = laptop.filter(({ target, network }) => target === 'distilled' && network === 'resnet_basic_8')
    expectEvery(all, ({ teachers }) => teachers.length === 8)
    expect(() => planPreset('laptop', DATA, 'cpu', { families: ['alexnet'] })).toThrow(
      /no family alexnet; there are vgg,/,
    )
    expect(() => planPreset('quick', DATA, 'cpu', { families: ['vgg'] })).toThrow(/no member of vgg/)
  })

  it('without images to pretrain on is section 5', () => {
    const runs = planPreset('laptop', CIFAR10_TEST, 'cpu')
    expect(new Set(runs.map(stage))).toEqual(new Set(['from-scratch']))
    expectEvery(runs, ({ evaluations }) => evaluations.length === 0)
  })

  it('has the same keys on every device, others for any other change', () => {
    const again = planPreset('laptop', DATA, 'webgpu')
    expect(again.map(runKey)).toEqual(laptop.map(runKey))
    const [config] = laptop
    if (!config) throw new Error('no run')
    expect(runKey({ ...config, seed: 1 })).not.toBe(runKey(config))
    // A configuration of an earlier version means what it always did.
    const { optimiser: _o, selection: _s, evaluations: _e, teachers: _t, ...earlier } = { ...config, evaluations: [] }
    expect(runKey(earlier as RunConfig)).toBe(runKey({ ...config, evaluations: [] }))
    expect(completeConfig(earlier as RunConfig)).toEqual({ ...config, evaluations: [] })
  })
})

describe('recipes', () => {
  it('scale a schedule whole, or cut it off where 150 epochs were imposed on it', () => {
    expect(scaledSchedule('resnet_basic_110', 160)).toEqual({ kind: 'step', milestones: [80, 120], gamma: 0.1 })
    expect(cutSchedule('resnet_basic_110', 150)).toEqual({ kind: 'step', milestones: [80, 120], gamma: 0.1 })
    expect(scaledSchedule('densenet_BC_100_12', 150)).toEqual({ kind: 'step', milestones: [75, 113], gamma: 0.1 })
    // DenseNet, PyramidNet and ResNeXt never lowered their rate.
    for (const network of ['densenet_BC_100_12', 'pyramidnet_basic_110_270', 'resnext_29_8x64d'])
      expect(cutSchedule(network, 150)).toEqual({ kind: 'step', milestones: [], gamma: 0.1 })
    expect(cutSchedule('wrn_28_10', 150)).toEqual({ kind: 'step', milestones: [60, 120], gamma: 0.2 })
    expect(cutSchedule('shake_shake_26_2x64d_SSI_cutout16', 150)).toEqual({ kind: 'cosine', epochs: 300 })
    expect(cutSchedule('resnet_basic_8', 20)).toEqual({ kind: 'step', milestones: [11, 16], gamma: 0.1 })
  })

  it('have every network of both scales', () => {
    for (const scale of [LAPTOP, PAPER]) expect(scale.networks.map(familyOf)).toEqual(FAMILY_NAMES)
  })
})
