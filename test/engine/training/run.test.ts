/** The whole run on the oracle: it learns, repeats itself, and goes on exactly from wherever it was stopped. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Device } from '../../../src/engine/program'
import { openEager } from '../../../src/engine/devices/eager'
import { tf } from '../../../src/engine/tensorflow'
import { decodeCheckpoint, encodeCheckpoint, type Checkpoint } from '../../../src/engine/training/checkpoint'
import { executeRun, type RunEvent, type RunOptions } from '../../../src/engine/training/run'
import type { MetricPoint } from '../../../src/domain/runs/info'
import type { RunConfig } from '../../../src/domain/runs/config'
import { done, only, tinyInputs, TINY, type Of } from './fixture'

let device: Device
beforeAll(async () => {
  device = await openEager('tfjs-cpu')
})
const inputs = tinyInputs()
const people = inputs.distributions ?? new Float32Array()

async function collect(config: RunConfig = TINY, options: RunOptions = {}): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of executeRun(config, inputs, device, options)) events.push(event)
  return events
}

const points = (events: RunEvent[]): MetricPoint[] =>
  only(events, 'points').flatMap((event) =>
    event.points.map((point) => {
      const { imagesPerSecond: _, ...rest } = point
      return rest
    }),
  )

describe('a run', () => {
  it('learns, evaluates each epoch, attacks and ends with its predictions, without a tensor left behind', async () => {
    const before = tf.memory().numTensors
    const events = await collect({ ...TINY, epochs: 8 })
    expect(tf.memory().numTensors).toBe(before)
    const { result, predictions, heldOut } = done(events)
    const losses = points(events).flatMap(({ loss }) => (loss === undefined ? [] : [loss]))
    expect(losses).toHaveLength(8 * 3)
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.1)
    expect(result.measures['accuracy']).toBeGreaterThan(0.6)
    expect(result.heldOut).toBe(12)
    expect(heldOut).toHaveLength(12)
    expect(predictions).toHaveLength(36)
    expect(only(events, 'evaluation').map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(result.attacks).toHaveLength(2)
    for (const { accuracy, trust, epsilon } of result.attacks) {
      expect(trust.accuracyAtZero).toBe(trust.cleanAccuracy)
      expect(accuracy).toBeLessThanOrEqual(trust.cleanAccuracy)
      expect(trust.maximumPerturbation).toBeLessThanOrEqual(epsilon + 1e-3)
      expect(trust.maximumPerturbation).toBeGreaterThan(epsilon / 2)
    }
  })

  it('gives the same numbers twice, and others for another seed', async () => {
    const [one, two, other] = [await collect(), await collect(), await collect({ ...TINY, seed: 4 })]
    expect(done(two)).toEqual(done(one))
    expect(points(two)).toEqual(points(one))
    expect(done(other).predictions).not.toEqual(done(one).predictions)
  })

  it('goes on bit for bit from any step, evaluation or attack it was stopped at', async () => {
    const whole = await collect()
    const reference = done(whole)
    let stops = 0
    for (let stopAfter = 1; ; stopAfter++) {
      let asked = 0
      const first = await collect(TINY, { shouldStop: () => (++asked === stopAfter ? 'pause' : null) })
      const last = first.at(-1)
      if (last?.type === 'done') break
      if (last?.type !== 'checkpoint') throw new Error(`stopped with ${last?.type}`)
      expect(last.reason).toBe('pause')
      const resume = decodeCheckpoint(encodeCheckpoint(last.checkpoint), 'run.ckpt')
      expect(resume).toEqual(last.checkpoint)
      const second = await collect(TINY, { resume })
      expect(done(second)).toEqual(reference)
      expect([...points(first), ...points(second)]).toEqual(points(whole))
      const evaluated = [...only(first, 'evaluation'), ...only(second, 'evaluation')]
      expect(evaluated).toEqual(only(whole, 'evaluation'))
      stops++
    }
    // 9 steps, 3 evaluations and 2 attacks of several steps each: every boundary was visited.
    expect(stops).toBeGreaterThan(20)
  }, 300_000)

  it('mixes paths and cuts squares out by seed and step, and goes on bit for bit', async () => {
    const config = { ...TINY, network: 'shake_shake_8_2x2d_SSI_cutout4', epochs: 2, attacks: [] }
    const [whole, other] = [await collect(config), await collect({ ...config, network: 'shake_shake_8_2x2d' })]
    expect(points(other)).not.toEqual(points(whole))
    let asked = 0
    const first = await collect(config, { shouldStop: () => (++asked === 2 ? 'pause' : null) })
    const { checkpoint } = first.at(-1) as Of<'checkpoint'>
    expect(checkpoint.step).toBe(2)
    const second = await collect(config, { resume: checkpoint })
    expect(done(second)).toEqual(done(whole))
    expect([...points(first), ...points(second)]).toEqual(points(whole))
  })

  it('draws weights of mixtures anew for every step, place, pass and image', async () => {
    const seen: Float32Array[] = []
    const spy: Device = {
      ...device,
      async compile(program, state) {
        const compiled = await device.compile(program, state)
        if (!program.name.endsWith('/train')) return compiled
        return { ...compiled, run: (values) => (seen.push(values['mixing'] as Float32Array), compiled.run(values)) }
      },
    }
    const config = { ...TINY, network: 'shake_shake_8_2x2d', epochs: 2, attacks: [] }
    for await (const _ of executeRun(config, inputs, spy));
    expect(seen.map(({ length }) => length)).toEqual(Array.from({ length: 6 }, () => 3 * 2 * TINY.batch))
    const weights = seen.flatMap((each) => [...each])
    expect(new Set(weights).size).toBe(weights.length)
    expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true)
    expect(weights.reduce((a, b) => a + b) / weights.length).toBeCloseTo(0.5, 1)
  })

  it('keeps half a point of the curve in a checkpoint', async () => {
    const config = { ...TINY, batch: 1, epochs: 1, trainImages: 30, network: 'resnet_basic_8_w1', attacks: [] }
    const whole = await collect(config)
    let asked = 0
    const first = await collect(config, { shouldStop: () => (++asked === 5 ? 'pause' : null) })
    const { checkpoint } = first.at(-1) as Of<'checkpoint'>
    expect(checkpoint.accumulated).toMatchObject({ steps: 2, images: 2 }) // points come every 3 steps
    const second = await collect(config, { resume: checkpoint })
    expect([...points(first), ...points(second)]).toEqual(points(whole))
  })

  it('shows every image once an epoch, in an order and with a crop of that epoch', async () => {
    const seen: Record<string, Float32Array>[] = []
    const spy: Device = {
      ...device,
      async compile(program, state) {
        const compiled = await device.compile(program, state)
        if (!program.name.endsWith('/train')) return compiled
        return { ...compiled, run: (values) => (seen.push(values), compiled.run(values)) }
      },
    }
    const config = { ...TINY, epochs: 2, batch: 12, attacks: [] }
    const drain = async (augment: boolean, data = inputs) => {
      seen.length = 0
      for await (const _ of executeRun({ ...config, augment }, data, spy));
      return seen.map((values) =>
        Array.from({ length: 12 }, (_, n) => values['images']!.subarray(n * 192, (n + 1) * 192).join()),
      )
    }
    const plain = await drain(false)
    expect(plain).toHaveLength(6)
    const epochs = [plain.slice(0, 3).flat(), plain.slice(3).flat()]
    expect(new Set(epochs[0])).toEqual(new Set(epochs[1]))
    expect(new Set(epochs[0]).size).toBe(36)
    expect(epochs[0]).not.toEqual(epochs[1])
    // Every image the same, so that only cropping and mirroring tell batches apart.
    const one = inputs.images.pixels.subarray(0, 192)
    const pixels = inputs.images.pixels.map((_, i) => one[i % 192]!)
    const augmented = await drain(true, { ...inputs, images: { ...inputs.images, pixels } })
    expect(new Set(augmented.map((batch) => batch.join(';'))).size).toBe(6)
  })

  it('writes checkpoints by the clock and at the end of each phase', async () => {
    const events = await collect(TINY, { checkpointEverySeconds: 0 })
    const reasons = only(events, 'checkpoint').map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason === 'phase')).toHaveLength(3)
    expect(reasons.filter((reason) => reason === 'periodic').length).toBeGreaterThan(9)
  })

  it('sends about ten messages a second, not one a step', async () => {
    const began = performance.now()
    const events = await collect({ ...TINY, epochs: 20, attacks: [], evaluateEvery: 20 })
    const seconds = (performance.now() - began) / 1000
    expect(only(events, 'progress').length).toBeLessThan(10 * seconds + 4)
    expect(points(events).filter(({ loss }) => loss !== undefined)).toHaveLength(60)
  })

  it('says so when training diverges', async () => {
    const wild = {
      ...TINY,
      learningRate: 100,
      momentum: 0.99,
      schedule: { kind: 'constant' as const },
      weightDecay: 10,
    }
    await expect(collect({ ...wild, epochs: 60 })).rejects.toThrow(/diverged/)
  }, 60_000)

  it.each<[Partial<RunConfig>, RegExp]>([
    [{ network: 'resnet_basic_9' }, /no network "resnet_basic_9"/],
    [{ fold: 4 }, /no fold 4/],
    [{ batch: 37 }, /batch of 37 is more than the 36/],
  ])('refuses %j', async (change, message) => {
    await expect(collect({ ...TINY, ...change })).rejects.toThrow(message)
  })

  it('refuses a checkpoint of another run and data that does not fit', async () => {
    const events = await collect(TINY, { shouldStop: () => 'stop' })
    const last = events.at(-1) as Of<'checkpoint'>
    expect(last.reason).toBe('stop')
    const resume: Checkpoint = last.checkpoint
    await expect(collect({ ...TINY, learningRate: 0.06 }, { resume })).rejects.toThrow(/another configuration/)
    const short = { ...inputs, distributions: people.slice(3) }
    await expect(executeRun(TINY, short, device).next()).rejects.toThrow(/distributions hold 141 values/)
    const skewed = { ...inputs, distributions: people.map((p) => p * 2) }
    await expect(executeRun(TINY, skewed, device).next()).rejects.toThrow(/sums to/)
    const unlabelled = { ...inputs, images: { ...inputs.images, labels: inputs.images.labels.map(() => 255) } }
    await expect(executeRun(TINY, unlabelled, device).next()).rejects.toThrow(/has no label/)
  })
})
