/** What a whole experiment needs of a run: other weights to start from, the best epoch, further sets, other targets. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openEager } from '../../../src/engine/devices/eager'
import type { Device, NamedValues } from '../../../src/engine/program'
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../src/engine/training/checkpoint'
import { executeRun, type RunEvent, type RunInputs, type RunOptions } from '../../../src/engine/training/run'
import { network } from '../../../src/engine/model'
import type { RunConfig, Target } from '../../../src/domain/runs/config'
import { done, only, tinyInputs, TINY, type Of } from './fixture'

let device: Device
beforeAll(async () => {
  device = await openEager('tfjs-cpu')
})
const PLAIN: RunConfig = { ...TINY, epochs: 2, attacks: [] }
const inputs = tinyInputs()

async function collect(config: RunConfig, data: RunInputs = inputs, options: RunOptions = {}): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of executeRun(config, data, device, options)) events.push(event)
  return events
}
const lastCheckpoint = (events: RunEvent[]): Checkpoint => {
  const last = only(events, 'checkpoint').at(-1)
  if (!last) throw new Error('no checkpoint')
  return last.checkpoint
}

describe('fine-tuning', () => {
  it('starts from the weights given, with a fresh optimiser', async () => {
    const before = await collect(PLAIN)
    const weights = lastCheckpoint(before).state
    const seen: NamedValues[] = []
    const spy: Device = { ...device, createState: (values) => (seen.push(values), device.createState(values)) }
    for await (const _ of executeRun({ ...PLAIN, startFrom: '0'.repeat(16) }, { ...inputs, weights }, spy));
    const start = seen[0] ?? {}
    const { parameters, statistics } = network(PLAIN.network, inputs.images)
    for (const { name } of [...parameters, ...statistics]) expect(start[name]?.data).toEqual(weights[name]?.data)
    for (const { name } of parameters) expect(start[`${name}/momentum`]?.data.every((value) => value === 0)).toBe(true)
    // One epoch at a rate of almost 0 predicts as the network it started from.
    const still = await collect({ ...PLAIN, epochs: 1, learningRate: 1e-12, augment: false }, { ...inputs, weights })
    const moved = done(before).predictions
    done(still).predictions.forEach((value, i) => expect(Math.abs(value - (moved[i] ?? 0))).toBeLessThan(0.2))
  })
})

describe('the best epoch', () => {
  it.each(['best-accuracy', 'best-loss'] as const)(
    '%s is what is measured, and survives any interruption',
    async (selection) => {
      // A rate that falls apart after the first epochs, so that the best is not the last.
      const config: RunConfig = {
        ...PLAIN,
        epochs: 6,
        learningRate: 0.6,
        momentum: 0.95,
        selection,
        schedule: { kind: 'constant' },
      }
      const whole = await collect(config)
      const evaluations = only(whole, 'evaluation')
      const score = ({ measures }: Of<'evaluation'>) =>
        selection === 'best-accuracy' ? (measures['accuracy'] ?? 0) : -(measures['crossEntropyToTargets'] ?? Infinity)
      const best = evaluations.reduce((a, b) => (score(b) > score(a) ? b : a))
      expect(best.epoch).toBeLessThan(6)
      expect(done(whole).result).toMatchObject({ epoch: best.epoch, measures: best.measures })
      for (const stopAfter of [5, 9, 14, 19]) {
        let asked = 0
        const first = await collect(config, inputs, { shouldStop: () => (++asked === stopAfter ? 'pause' : null) })
        const kept = only(first, 'best').at(-1)?.checkpoint
        const again = kept && decodeCheckpoint(encodeCheckpoint(kept), 'best')
        const second = await collect(config, inputs, { resume: lastCheckpoint(first), ...(again && { best: again }) })
        expect(done(second)).toEqual(done(whole))
      }
    },
    120_000,
  )

  it('is tracked where the last one is measured, too', async () => {
    const events = await collect(PLAIN)
    expect(only(events, 'best').length).toBeGreaterThan(0)
    expect(done(events).result.epoch).toBe(2)
  })
})

describe('further sets', () => {
  const other = tinyInputs(20, 5)
  const set = (people: boolean) => ({
    images: () => other.images,
    indices: Int32Array.of(3, 1, 19),
    distributions: people ? other.distributions : null,
  })
  const evaluations = [
    { imageSet: 'with-people', labelSet: 'people', images: null },
    { imageSet: 'without', labelSet: null, images: null },
  ]

  it('are measured once, in order, with and without people, and not again after an interruption', async () => {
    const config = { ...PLAIN, evaluations }
    const data = { ...inputs, sets: [set(true), set(false)] }
    const whole = await collect(config, data)
    const { sets = [] } = done(whole).result
    expect(sets.map(({ imageSet, images }) => [imageSet, images])).toEqual([
      ['with-people', 3],
      ['without', 3],
    ])
    expect(sets[0]?.measures).toHaveProperty('crossEntropyToPeople')
    expect(sets[1]?.measures).not.toHaveProperty('crossEntropyToPeople')
    expect(sets[1]?.measures['accuracy']).toBe(sets[0]?.measures['accuracy'])
    const [one, two] = only(whole, 'measured')
    expect([one?.index, two?.index]).toEqual([0, 1])
    expect(one?.predictions).toEqual(two?.predictions)
    expect([...(one?.indices ?? [])]).toEqual([3, 1, 19])
    const after = only(whole, 'checkpoint').find(({ checkpoint }) => checkpoint.sets.length === 1)?.checkpoint
    const second = await collect(config, data, after && { resume: after })
    expect(only(second, 'measured').map(({ index }) => index)).toEqual([1])
    expect(done(second)).toEqual(done(whole))
  })

  it('are all that a run without a held-out part and without people is measured on', async () => {
    const config: RunConfig = { ...PLAIN, target: 'hard', labelSet: null, folds: 1, fold: 0, evaluations }
    const events = await collect(config, { ...inputs, distributions: null, sets: [set(true), set(false)] })
    const { result, predictions } = done(events)
    expect([predictions.length, result.heldOut, Object.keys(result.measures).length]).toEqual([0, 0, 0])
    expect(result.sets?.map(({ images }) => images)).toEqual([3, 3])
    expect(only(events, 'evaluation')).toEqual([])
    expect(only(events, 'checkpoint')).toHaveLength(3) // after training, and after each set
    // With nothing at all to measure its last state is kept all the same: others start from it.
    const bare = await collect({ ...config, evaluations: [] }, { ...inputs, distributions: null })
    expect(only(bare, 'checkpoint').at(-1)).toMatchObject({ reason: 'phase', checkpoint: { step: 8 } })
    expect(lastCheckpoint(bare).state).toEqual(only(events, 'checkpoint')[0]?.checkpoint.state)
  })
})

describe('every target', () => {
  const given = tinyInputs(48, 9).distributions
  it.each<[Target, Partial<RunConfig>]>([
    ['hard', {}],
    ['category-soft', {}],
    ['sampled-hard', {}],
    ['mixup', { mixupAlpha: 0.4 }],
    ['distilled', { teachers: ['0'.repeat(16)] }],
    ['majority-hard', {}],
    ['mode-forced', {}],
    ['smoothed', {}],
    ['aggregated', { aggregatedFrom: 'x' }],
    ['soft', { optimiser: 'adam', learningRate: 0.003 }],
  ])('%s %j trains, and goes on bit for bit', async (target, more) => {
    const config = { ...PLAIN, target, ...more }
    const data = { ...inputs, given }
    const whole = await collect(config, data)
    let asked = 0
    const first = await collect(config, data, { shouldStop: () => (++asked === 4 ? 'pause' : null) })
    const second = await collect(config, data, { resume: lastCheckpoint(first) })
    expect(done(second)).toEqual(done(whole))
  })
})
