import { describe, expect, it } from 'vitest'
import { cost, costInWords, trainingImages } from '../../../src/domain/runs/cost'
import { planPreset } from '../../../src/domain/runs/presets'
import { runConfig } from '../../../src/contract'
import { StudioError } from '../../../src/domain/errors'
import { CIFAR10_TEST } from '../results/fixture'

describe('presets', () => {
  it.each(['smoke', 'quick'] as const)(
    '%s: every configuration passes the contract and comes in pairs of hard and soft',
    (preset) => {
      const configs = planPreset(preset, CIFAR10_TEST, 'cpu')
      for (const config of configs) expect(runConfig.parse(config)).toEqual(config)
      expect(configs.length % 2).toBe(0)
      for (let i = 0; i < configs.length; i += 2) {
        const [hard, soft] = [configs[i], configs[i + 1]]
        expect(hard).toEqual({ ...soft, target: 'hard' })
        expect(soft?.target).toBe('soft')
      }
      const folds = configs.filter(({ target }) => target === 'soft').map(({ fold }) => fold)
      expect(new Set(folds).size).toBe(folds.length)
      // Two pairs at least: one gives no interval.
      expect(folds.length).toBeGreaterThan(1)
      expect(
        configs.every(({ attacks }) => ['fgsm', 'pgd'].every((name) => attacks.some(({ attack }) => attack === name))),
      ).toBe(true)
    },
  )

  it('smoke fits in 3 minutes and quick in 30 at the lower end of what was measured on two cores', () => {
    expect(cost(planPreset('smoke', CIFAR10_TEST, 'cpu'), 10_000).seconds).toBeLessThan(150)
    expect(cost(planPreset('quick', CIFAR10_TEST, 'cpu'), 10_000).seconds).toBeLessThan(28 * 60)
  })

  it('quick trains on the whole training part of the paper: 9,000 of 10,000', () => {
    for (const config of planPreset('quick', CIFAR10_TEST, 'auto'))
      expect(config).toMatchObject({ folds: 10, foldSeed: 0, trainImages: null, testImages: null, device: 'auto' })
  })

  it('fits a small set: never a batch that leaves no step', () => {
    for (const images of [100, 130, 2000])
      for (const config of planPreset('smoke', { ...CIFAR10_TEST, images }, 'cpu'))
        expect(Math.floor(Math.min(config.trainImages ?? Infinity, images * 0.9) / config.batch)).toBeGreaterThan(5)
  })

  it.each([
    ['smoke', { ...CIFAR10_TEST, images: 99 }, /at least 100 images; cifar10-test has 99/],
    ['smoke', { ...CIFAR10_TEST, images: NaN }, /at least 100 images/],
    ['smoke', { ...CIFAR10_TEST, classes: 1 }, /fewer than two classes/],
  ] as const)('refuses %s on %o', (preset, data, message) => {
    expect(() => planPreset(preset, data, 'cpu')).toThrow(StudioError)
    expect(() => planPreset(preset, data, 'cpu')).toThrow(message)
  })
})

describe('cost', () => {
  const [config] = planPreset('quick', CIFAR10_TEST, 'cpu')
  if (!config) throw new Error('no configuration')

  it('counts epochs over the training part, and grows with everything that is asked for', () => {
    const bare = { ...config, attacks: [], evaluateEvery: config.epochs }
    expect(trainingImages(bare, 10_000)).toBeCloseTo(9000 * config.epochs + (1000 * 2) / 3)
    expect(trainingImages(config, 10_000)).toBeGreaterThan(trainingImages(bare, 10_000))
    expect(trainingImages({ ...bare, trainImages: 500 }, 10_000)).toBeLessThan(trainingImages(bare, 10_000))
  })

  it('believes a measured rate, and says nothing about a network nobody measured', () => {
    const slow = cost([config], 10_000, { resnet_basic_8: 100 }).seconds ?? 0
    const fast = cost([config], 10_000, { resnet_basic_8: 1000 }).seconds ?? 0
    expect(slow).toBeGreaterThan(5 * fast)
    const unknown = cost([{ ...config, network: 'resnet_basic_110' }], 10_000)
    expect(unknown.seconds).toBeNull()
    expect(costInWords(unknown)).toMatch(/^1 run, [\d,]+ images to train on$/)
    expect(costInWords(cost([config, config], 10_000))).toMatch(/^2 runs, about \d+ minutes on two processor cores$/)
  })
})
