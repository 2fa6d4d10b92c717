import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviations } from '../../../src/domain/report/deviations'
import { entropyHeldByTop, rowEntropies } from '../../../src/domain/measures/humanEntropy'
import { bands } from '../../../src/domain/report/curveChart'
import { linear } from '../../../src/domain/charts/chart'
import { planPreset } from '../../../src/domain/runs/presets'
import { BINS, reliability } from '../../../src/domain/measures/reliability'
import { shared } from '../../support/shared'
import { CIFAR10_TEST } from '../results/fixture'

describe('people’s entropy', () => {
  const file = shared('data', 'cifar10h', 'cifar10h-probs.npy')

  it.skipIf(!file)('on CIFAR-10H: mean 0.15446 nats, the top 30% hold 82.6%', () => {
    const bytes = readFileSync(file ?? '')
    const start = 10 + bytes.readUInt16LE(8)
    const values = new Float64Array(new Uint8Array(bytes.subarray(start)).buffer)
    const entropies = rowEntropies(values, 10)
    expect(entropies).toHaveLength(10_000)
    expect(entropies.reduce((a, b) => a + b, 0) / 10_000).toBeCloseTo(0.15446, 5)
    expect(entropyHeldByTop(entropies, 0.3)).toBeCloseTo(0.826, 3)
  })

  it('property: the share held grows with the share of images, is at least it, and ends at all', () => {
    const values = fc.array(fc.double({ min: 0, max: 2.3, noNaN: true }), { minLength: 10, maxLength: 50 })
    fc.assert(
      fc.property(values, (list) => {
        const entropies = Float64Array.from(list)
        fc.pre(entropies.some((entropy) => entropy > 0))
        const held = [0, 0.1, 0.3, 0.5, 1].map((share) => entropyHeldByTop(entropies, share) ?? NaN)
        expect(held[0]).toBe(0)
        expect(held[4]).toBeCloseTo(1, 9)
        for (let i = 1; i < held.length; i++) expect(held[i]).toBeGreaterThanOrEqual((held[i - 1] ?? NaN) - 1e-12)
        expect(held[2]).toBeGreaterThanOrEqual(Math.round(list.length * 0.3) / list.length - 1e-9)
      }),
    )
  })
})

describe('reliability', () => {
  const truth = { labels: Uint8Array.of(0, 1), distributions: Float64Array.of(0.8, 0.2, 0.5, 0.5), classes: 2 }

  it('puts confidence 1 into the last bin and averages what is right and what people say', () => {
    const bins = reliability([{ run: 1, values: Float32Array.of(1, 0, 1, 0), heldOut: Int32Array.of(0, 1) }], truth)
    expect(bins).toEqual([{ count: 2, confidence: 1, correct: 0.5, people: 0.65, judged: 2 }])
  })

  it('closes bins above, as the calibration error does', () => {
    const edge = 9 / BINS
    const bins = reliability(
      [{ run: 1, values: Float32Array.of(edge - 0.001, 0.401, edge + 0.001, 0.399), heldOut: Int32Array.of(0, 0) }],
      truth,
    )
    expect(bins.map(({ count }) => count)).toEqual([1, 1])
    expect(reliability([], truth)).toEqual([])
  })
})

describe('learning curves', () => {
  it('are means and ranges over runs, one entry an epoch', () => {
    const curve = (offset: number) => [
      { step: 5, epoch: 1, loss: 2 + offset },
      { step: 10, epoch: 1, loss: 1 + offset, heldOutAccuracy: 0.5 },
      { step: 20, epoch: 2, loss: 0.5 + offset },
    ]
    expect(bands([curve(0), curve(1)], 'loss')).toEqual([
      { epoch: 1, mean: 2, low: 1.5, high: 2.5 },
      { epoch: 2, mean: 1, low: 0.5, high: 1.5 },
    ])
    expect(bands([curve(0)], 'heldOutAccuracy')).toHaveLength(1)
    expect(bands([[]], 'loss')).toEqual([])
  })
})

describe('axis ticks', () => {
  it('property: lie inside the domain, at equal steps, at least two of them and not too many', () => {
    const value = fc.double({ min: -1e4, max: 1e4, noNaN: true })
    fc.assert(
      fc.property(
        value,
        fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
        fc.integer({ min: 3, max: 10 }),
        (low, span, count) => {
          const { ticks } = linear([low, low + span], [0, 300], count)
          expect(ticks.length).toBeGreaterThanOrEqual(2)
          expect(ticks.length).toBeLessThanOrEqual(2.5 * count)
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(low - 1e-6 * span)
            expect(tick).toBeLessThanOrEqual(low + span * (1 + 1e-6))
          }
        },
      ),
    )
  })
})

describe('deviations', () => {
  const configs = planPreset('smoke', CIFAR10_TEST, 'cpu')

  it('names everything the smoke preset cuts', () => {
    const text = deviations(configs, 10_000, true).join('\n')
    for (const part of [
      'Adam',
      'resnet_basic_8',
      'Epochs: 6',
      '2 of 10',
      'Training images: 2000 of the 9,000',
      'first 500',
      'Batch: 64',
    ])
      expect(text).toContain(part)
  })

  it('says no more than is so: the paper’s own set-up keeps only the general sentences', () => {
    const [config] = configs
    if (!config) throw new Error('no configuration')
    const own = Array.from({ length: 10 }, (_, fold) => ({
      ...config,
      fold,
      network: 'resnet_basic_110',
      epochs: 150,
      batch: 128,
      trainImages: null,
      testImages: null,
      attacks: [],
    }))
    expect(deviations(own, 10_000, true)).toHaveLength(2)
    expect(deviations([], 10_000, true)).toEqual([])
  })
})
