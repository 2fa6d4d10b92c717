/** Keys of runs never change: projects, plans and checkpoints of the first builds hold them. */
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { ATTACK_DEFAULTS } from '../../../src/domain/attacks/config'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { canonicalRun, completeConfig, frozen, runKey } from '../../../src/domain/runs/runKey'

/**
 * Configurations of all presets and their kinds, one of an earlier version and one of a later, with their first keys.
 */
const pinned = JSON.parse(readFileSync(new URL('fixtures/runKeys.json', import.meta.url), 'utf8')) as {
  key: string
  config: RunConfig
}[]

describe('the key of a run', () => {
  it('is what it was in the first builds', () => {
    expect(pinned).toHaveLength(45)
    expect(new Set(pinned.map(({ key }) => key)).size).toBe(45)
    for (const { key, config } of pinned) expect(runKey(config)).toBe(key)
  })

  it('is the same whatever the device, the order of fields, or defaults that are left out', () => {
    for (const { key, config } of pinned) {
      expect(runKey({ ...config, device: 'cuda' })).toBe(key)
      const backwards = Object.fromEntries(Object.entries(config).reverse()) as unknown as RunConfig
      expect(runKey(backwards)).toBe(key)
      const defaults: [string, unknown][] = Object.entries(RUN_DEFAULTS)
      const isDefault = (name: string, value: unknown) =>
        defaults.some(([its, other]) => its === name && JSON.stringify(other) === JSON.stringify(value))
      const short = Object.fromEntries(Object.entries(config).filter(([name, value]) => !isDefault(name, value)))
      expect(runKey(short as unknown as RunConfig)).toBe(key)
    }
  })

  test('every field but the device tells runs apart, in schedules, sets and attacks as well', () => {
    const [{ config: first } = { config: null }] = pinned
    if (!first) throw new Error('no configuration')
    const attack = {
      ...ATTACK_DEFAULTS,
      attack: 'pgd',
      epsilon: 4,
      stepSize: 1,
      steps: 10,
      randomStart: true,
      images: 5,
    } as const
    const config = completeConfig({
      ...first,
      schedule: { kind: 'step', milestones: [1], gamma: 0.1 },
      evaluations: [{ imageSet: 'a', labelSet: null, images: null }],
      attacks: [attack],
    })
    const changed = (value: object, name: string) => ({ ...value, [name]: 'another' })
    const variants = [
      ...Object.keys(config).map(
        (name) =>
          [
            name,
            name === 'attacks' || name === 'evaluations'
              ? { ...config, [name]: [] }
              : name === 'schedule'
                ? { ...config, schedule: { kind: 'constant' } }
                : changed(config, name),
          ] as const,
      ),
      ...Object.keys(config.schedule).map(
        (name) => [`schedule.${name}`, { ...config, schedule: changed(config.schedule, name) }] as const,
      ),
      ...Object.keys(attack).map(
        (name) => [`attacks.${name}`, { ...config, attacks: [changed(attack, name)] }] as const,
      ),
      ...['imageSet', 'labelSet', 'images'].map(
        (name) =>
          [
            `evaluations.${name}`,
            { ...config, evaluations: config.evaluations.map((set) => changed(set, name)) },
          ] as const,
      ),
    ]
    const keys = new Map(variants.map(([name, variant]) => [name, runKey(variant as unknown as RunConfig)]))
    expect(keys.size).toBe(Object.keys(config).length + 3 + 13 + 3)
    expect([...keys].filter(([, key]) => key === runKey(config)).map(([name]) => name)).toEqual(['device'])
    expect(new Set(keys.values()).size).toBe(keys.size)
  })

  it('is not changed by a field that is renamed, nor by one that is added and not used', () => {
    const fields = { pace: { as: 'learningRate' }, warmup: { unless: { epochs: 0 } }, place: { never: 'device' } }
    const before = { learningRate: 0.1, device: null }
    expect(frozen({ pace: 0.1, place: 'cpu' }, fields)).toEqual(before)
    expect(frozen({ pace: 0.1, warmup: { epochs: 0 }, place: 'cuda' }, fields)).toEqual(before)
    expect(frozen({ pace: 0.1, warmup: { epochs: 5 }, place: 'cuda' }, fields)).toEqual({
      ...before,
      warmup: { epochs: 5 },
    })
    expect(frozen({ pace: 0.1, ofALaterVersion: 1 }, fields)).toEqual({ learningRate: 0.1, ofALaterVersion: 1 })
  })

  it('digests text that anybody can repeat: JSON of all fields by name, the device null', () => {
    const text = canonicalRun({ ...(pinned[0]?.config as RunConfig), device: 'cpu' })
    const names = Object.keys(JSON.parse(text) as object)
    expect(names).toEqual([...names].sort())
    expect(text).toContain('"device":null')
  })
})
