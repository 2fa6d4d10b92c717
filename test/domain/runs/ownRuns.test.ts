/** Runs of one's own: every combination once, each accepted by the contract, and what is amiss said in words. */
import { describe, expect, it } from 'vitest'
import { planPreset } from '../../../src/domain/runs/presets'
import { scaledSchedule } from '../../../src/domain/runs/recipes'
import { runConfig } from '../../../src/contract'
import { TARGETS } from '../../../src/domain/runs/config'
import { runKey } from '../../../src/domain/runs/runKey'
import {
  numbersFrom,
  ownConfigs,
  ownDefaults,
  ownProblems,
  refusalInWords,
  type OwnRuns,
} from '../../../src/domain/runs/ownRuns'

const form: OwnRuns = {
  ...ownDefaults(),
  networks: ['resnet_basic_8'],
  imageSet: 'demo',
  labelSet: 'people',
  useFolds: 3,
  seeds: 2,
  epochs: 4,
  batch: 64,
}
const key = (n: number) => String(n).padStart(16, '0')
const start = (id: number, network: string, imageSet: string, fold: number) => ({
  id,
  key: key(id),
  config: {
    ...ownConfigs(form)[0],
    network,
    imageSet,
    folds: 10,
    foldSeed: 0,
    fold,
  } as OwnRuns['startFrom'][number]['config'],
})

describe('ownConfigs', () => {
  it('is networks x targets x folds x seeds, each once and valid', () => {
    const configs = ownConfigs({ ...form, networks: ['resnet_basic_8', 'wrn_10_2'], firstSeed: 5 })
    expect(configs).toHaveLength(24)
    expect(new Set(configs.map(({ network, target, fold, seed }) => `${network} ${target} ${fold} ${seed}`)).size).toBe(
      24,
    )
    expect(new Set(configs.map(({ seed }) => seed))).toEqual(new Set([5, 6]))
    for (const config of configs) expect(runConfig.safeParse(config).error).toBeUndefined()
  })
  it('ends soon after the most that is wanted, however many there would be', () => {
    const many = { ...form, folds: 1e9, useFolds: 1e9, seeds: 1e9 }
    expect(ownConfigs(many, 10)).toEqual(ownConfigs({ ...many, useFolds: 6, seeds: 1 }))
    expect(ownConfigs({ ...many, networks: [] })).toEqual([])
    expect(ownConfigs(form, 12)).toHaveLength(12)
  })
  it('pairs hard and soft: they differ in nothing but the target', () => {
    const [hard, soft] = ownConfigs({ ...form, useFolds: 1, seeds: 1 })
    expect({ ...hard, target: 'soft' }).toEqual(soft)
  })
  it('gives each of the ten targets what it needs and no other any of it', () => {
    const all = {
      ...form,
      targets: [...TARGETS],
      useFolds: 1,
      seeds: 1,
      mixupAlphas: [0.2, 1],
      aggregatedFrom: ['mace', 'wawa'],
      teachers: [key(1), key(2)],
    }
    const configs = ownConfigs(all)
    expect(configs).toHaveLength(12)
    for (const config of configs) {
      expect(runConfig.safeParse(config).error).toBeUndefined()
      expect([config.mixupAlpha !== null, config.aggregatedFrom !== null, config.teachers.length > 0]).toEqual([
        config.target === 'mixup',
        config.target === 'aggregated',
        config.target === 'distilled',
      ])
    }
    expect(ownProblems(all)).toEqual([])
    expect(ownProblems({ ...all, mixupAlphas: [], aggregatedFrom: [], teachers: [] })).toHaveLength(3)
  })
  it('starts from runs of the same network, and of the same images only from those of the same fold', () => {
    const startFrom = [
      start(1, 'resnet_basic_8', 'cifar10-train', 0),
      start(2, 'wrn_10_2', 'cifar10-train', 0),
      start(3, 'resnet_basic_8', 'demo', 1),
    ]
    const configs = ownConfigs({ ...form, seeds: 1, targets: ['soft'], startFrom })
    expect(configs.map(({ fold, startFrom: from }) => [fold, from])).toEqual([
      [0, key(1)],
      [1, key(1)],
      [1, key(3)],
      [2, key(1)],
    ])
    expect(ownProblems({ ...form, networks: ['vgg_15_BN_16'], startFrom })).toEqual([
      'No chosen run to start from is of vgg_15_BN_16.',
    ])
    expect(ownProblems({ ...form, useFolds: 1, startFrom: startFrom.slice(2) })[0]).toMatch(/have seen/)
  })
  it('has no milestone at the start however few the epochs, and those a person chose where there are any', () => {
    for (let epochs = 1; epochs <= 10; epochs++) {
      const [config] = ownConfigs({ ...form, epochs })
      if (config?.schedule.kind !== 'step') throw new Error('no steps')
      expect(Math.min(...config.schedule.milestones, 1)).toBeGreaterThan(0)
    }
    expect(ownConfigs({ ...form, milestones: [3], gamma: 0.5 })[0]?.schedule).toEqual({
      kind: 'step',
      milestones: [3],
      gamma: 0.5,
    })
    expect(ownConfigs({ ...form, schedule: 'cosine' })[0]?.schedule).toEqual({ kind: 'cosine' })
    expect(ownProblems({ ...form, milestones: [4] })).toHaveLength(1)
  })
  it('scales milestones as presets do, at any number of epochs: equal runs have equal keys', () => {
    const residual = { ...form, networks: ['resnet_basic_110'], gamma: 0.1 }
    for (let epochs = 1; epochs <= 400; epochs++)
      expect(ownConfigs({ ...residual, epochs })[0]?.schedule).toEqual(scaledSchedule('resnet_basic_110', epochs))
    const data = {
      imageSet: 'demo',
      labelSet: 'people',
      images: 1000,
      classes: 10,
      pretraining: null,
      further: [],
      aggregated: [],
    }
    for (const preset of ['smoke', 'quick'] as const) {
      const planned = planPreset(preset, data, 'auto')
      const [first = expect.fail('nothing was planned')] = planned
      const { epochs, batch, attacks, trainImages, testImages } = first
      const useFolds = new Set(planned.map(({ fold }) => fold)).size
      const chosen = { epochs, batch, attacks, trainImages, testImages, useFolds, seeds: 1, evaluateEvery: 1 }
      const own = ownConfigs({ ...form, ...chosen, device: 'cpu' })
      expect(own.map(runKey)).toEqual(planned.map(runKey))
    }
  })
  it('takes no momentum with Adam, and attacks all images where none is held out', () => {
    expect(ownConfigs({ ...form, optimiser: 'adam' })[0]).toMatchObject({ momentum: 0, nesterov: false })
    const [whole] = ownConfigs({ ...form, folds: 1 })
    expect(whole).toMatchObject({ folds: 1, fold: 0, attacks: [{ on: 'all' }, { on: 'all' }] })
  })
})

it('numbersFrom reads lists of numbers and refuses what is none', () => {
  const isEpoch = (value: number) => Number.isInteger(value) && value > 0
  expect(numbersFrom('120, 80 80', isEpoch)).toEqual([80, 120])
  expect(numbersFrom('', isEpoch)).toEqual([])
  for (const wrong of ['a', '1.5', '0', '-3']) expect(numbersFrom(wrong, isEpoch)).toBeNull()
})

it('what does not fit is said in the words of the form', () => {
  const said = (change: Partial<OwnRuns>) => {
    const issue = ownConfigs({ ...form, ...change })
      .map((config) => runConfig.safeParse(config).error?.issues[0])
      .find(Boolean)
    return issue && refusalInWords(issue)
  }
  expect(said({})).toBeUndefined()
  expect(said({ epochs: 0, schedule: 'constant' })).toBe('Epochs: at least 1.')
  expect(said({ batch: 9000 })).toBe('Batch: at most 8192.')
  expect(said({ batch: 2.5 })).toBe('Batch: a whole number is needed.')
  expect(said({ momentum: 1 })).toBe('Momentum: less than 1.')
  expect(said({ learningRate: 0 })).toBe('Learning rate: more than 0.')
  expect(said({ gamma: 0 })).toBe('Factor at each: more than 0.')
  expect(said({ attacks: [{ ...form.attacks[0], epsilon: 300 } as OwnRuns['attacks'][number]] })).toMatch(
    /^Attack 1, ε: at most/,
  )
  expect(ownProblems({ ...form, folds: 10, useFolds: 20 })).toEqual(['Of 10 folds, 20 cannot run.'])
  expect(ownProblems({ ...form, trainImages: 50 })).toEqual(['A batch of 64 is more than the 50 images to train on.'])
})
