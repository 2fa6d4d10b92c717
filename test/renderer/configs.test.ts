/** Runs of one's own: every combination once, each accepted by the contract. */
import { describe, expect, it } from 'vitest'
import { runConfig } from '../../src/shared/contract'
import { milestones, ownConfigs, type OwnRuns } from '../../src/renderer/lib/configs'

const form: OwnRuns = { network: 'resnet_basic_8', targets: ['hard', 'soft'], imageSet: 'demo', labelSet: 'people', folds: 10, useFolds: 3, seeds: 2, epochs: 4, batch: 64, learningRate: 0.1, trainImages: null, testImages: null, augment: true, attack: true, device: 'auto' } // prettier-ignore

describe('ownConfigs', () => {
  it('is targets x folds x seeds, each once and valid', () => {
    const configs = ownConfigs(form)
    expect(configs).toHaveLength(12)
    expect(new Set(configs.map(({ target, fold, seed }) => `${target} ${fold} ${seed}`)).size).toBe(12)
    for (const config of configs) expect(runConfig.safeParse(config).error).toBeUndefined()
  })
  it('pairs hard and soft: they differ in nothing but the target', () => {
    const [hard, soft] = ownConfigs({ ...form, useFolds: 1, seeds: 1 })
    expect({ ...hard, target: 'soft' }).toEqual(soft)
  })
  it('has no milestone at the start however few the epochs', () => {
    for (let epochs = 1; epochs <= 10; epochs++) expect(Math.min(...milestones(epochs), 1)).toBeGreaterThan(0)
    expect(milestones(160)).toEqual([80, 120])
  })
})
