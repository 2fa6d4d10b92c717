/** Attacks on the oracle: what must hold of every perturbation, and that they do raise the loss. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attackImages, openSignStepper, type AttackSubject, type SignStepper } from '../../../src/engine/attacks'
import { fgsm } from '../../../src/engine/attacks/fgsm'
import { pgd } from '../../../src/engine/attacks/pgd'
import { openEager } from '../../../src/engine/devices/eager'
import { openPredictor, type Predictor } from '../../../src/engine/evaluation/predict'
import { network } from '../../../src/engine/networks'
import type { DeviceState } from '../../../src/engine/program'
import { Random } from '../../../src/engine/random'
import { tf } from '../../../src/engine/tensorflow'
import { batchOf } from '../../../src/engine/training/augmentation'
import { executeRun } from '../../../src/engine/training/run'
import { oneHot } from '../../../src/engine/training/targets'
import { ATTACK_DEFAULTS, type AttackConfig, type AttackResult } from '../../../src/shared/domain'
import { tinyInputs, TINY } from '../training/fixture'

const inputs = tinyInputs()
const net = network(TINY.network, inputs.images)
const indices = Int32Array.from({ length: 20 }, (_, i) => i)
const BATCH = 8
let stepper: SignStepper
let predictor: Predictor
let state: DeviceState
let subject: AttackSubject

beforeAll(async () => {
  const device = await openEager('tfjs-cpu')
  // Attack a network that has learnt something, or there is nothing to lose.
  let weights = net.initialise(1)
  const config = { ...TINY, epochs: 6, attacks: [], augment: false }
  for await (const event of executeRun(config, inputs, device)) {
    if (event.type === 'checkpoint') weights = event.checkpoint.state
  }
  state = await device.createState(weights)
  predictor = await openPredictor(device, net, state, BATCH)
  stepper = await openSignStepper(device, net, weights, BATCH)
  subject = { images: inputs.images, distributions: inputs.distributions, indices, stepper, predictor, seed: 5 }
})
afterAll(() => {
  stepper.dispose()
  predictor.dispose()
  state.dispose()
})

async function attack(config: Partial<AttackConfig>): Promise<AttackResult> {
  const whole = {
    ...ATTACK_DEFAULTS,
    attack: 'pgd' as const,
    epsilon: 8,
    stepSize: 2,
    steps: 6,
    randomStart: false,
    images: null,
    ...config,
  }
  const running = attackImages(whole, subject)
  for (;;) {
    const next = await running.next()
    if (next.done) return next.value
    expect(next.value.done).toBeLessThanOrEqual(next.value.total)
  }
}

const batch = { images: batchOf(inputs.images, indices.subarray(0, BATCH), null), hard: oneHot(inputs.images.labels, indices.subarray(0, BATCH), 3) } // prettier-ignore
const loss = async (images: Float32Array) => {
  await stepper.begin(images, images)
  return (await stepper.step(batch.hard, 0, 0)).loss
}

describe('perturbations', () => {
  const strength = fc.record({
    epsilon: fc.integer({ min: 0, max: 64 }).map((e) => e / 255),
    stepSize: fc.integer({ min: 0, max: 32 }).map((e) => e / 255),
    steps: fc.integer({ min: 1, max: 3 }),
    randomStart: fc.boolean(),
  })

  it('stay in the ball around the original and in [0, 1], whatever the strength', async () => {
    const extreme = batch.images.map((value, i) => (i % 5 === 0 ? 0 : i % 7 === 0 ? 1 : value))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(fgsm, pgd), strength, async (method, chosen) => {
        const losses = []
        for await (const { loss: each } of method(stepper, { ...batch, images: extreme }, chosen, new Random(1)))
          losses.push(each)
        expect(losses).toHaveLength(method === fgsm ? 1 : chosen.steps)
        const found = await stepper.images()
        expect(found).toHaveLength(extreme.length)
        found.forEach((value, i) => {
          if (!(value >= 0 && value <= 1)) expect.fail(`${value} at ${i}`)
          if (Math.abs(value - extreme[i]!) > chosen.epsilon + 1e-7) expect.fail(`moved ${value - extreme[i]!} at ${i}`)
        })
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('follow the sign of the gradient that finite differences give', async () => {
    for await (const _ of fgsm(
      stepper,
      batch,
      { epsilon: 1 / 255, stepSize: 0, steps: 1, randomStart: false },
      new Random(1),
    ));
    const moved = await stepper.images()
    let tested = 0
    for (let i = 0; i < moved.length; i += 37) {
      const at = async (h: number) => {
        const changed = batch.images.slice()
        changed[i]! += h
        return (await loss(changed))[Math.floor(i / 192)]!
      }
      const slopeOver = async (h: number) => ((await at(h)) - (await at(-h))) / (2 * h)
      const [wide, slope] = [await slopeOver(4e-3), await slopeOver(2e-3)]
      // Too flat for float32 to say, or a ReLU's kink nearby.
      if (Math.abs(slope) < 2e-3 || Math.abs(wide / slope - 1) > 0.1) continue
      tested++
      expect(Math.sign(moved[i]! - batch.images[i]!), `pixel ${i}`).toBe(Math.sign(slope))
    }
    expect(tested).toBeGreaterThan(5)
  })

  it('do not depend on the rest of the batch', async () => {
    await stepper.begin(batch.images, batch.images)
    await stepper.step(batch.hard, 4 / 255, 4 / 255)
    const together = await stepper.images()
    const [first, hard] = [batch.images.slice(0, 192), batch.hard.slice(0, 3)]
    await stepper.begin(first, first)
    expect((await stepper.step(hard, 4 / 255, 4 / 255)).loss).toHaveLength(1)
    expect(await stepper.images()).toEqual(together.slice(0, 192))
  })

  it('raise the mean loss, more with a larger epsilon', async () => {
    const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length
    const losses = [mean(await loss(batch.images))]
    for (const epsilon of [1, 2, 4, 8]) {
      await stepper.begin(batch.images, batch.images)
      await stepper.step(batch.hard, epsilon / 255, epsilon / 255)
      losses.push(mean(await loss(await stepper.images())))
    }
    expect(losses).toEqual(losses.toSorted((a, b) => a - b))
    expect(losses.at(-1)).toBeGreaterThan(losses[0]! * 1.05)
  })
})

describe('an attack', () => {
  it('says how far it can be trusted', async () => {
    const before = tf.memory().numTensors
    const result = await attack({})
    expect(tf.memory().numTensors).toBe(before)
    const { trust } = result
    expect(trust.cleanAccuracy).toBeGreaterThan(0.6)
    expect(trust.accuracyAtZero).toBe(trust.cleanAccuracy)
    expect(trust.maximumPerturbation).toBeLessThanOrEqual(8 + 1e-4)
    expect(trust.maximumPerturbation).toBeGreaterThan(7.9)
    expect(trust.zeroGradientShare).toBeGreaterThanOrEqual(0)
    expect(trust.zeroGradientShare).toBeLessThan(0.5)
    expect(trust.lossByStep).toHaveLength(7)
    expect(trust.lossByStep.at(-1)).toBeGreaterThan(trust.lossByStep[0]!)
    // The last loss comes from predicting again, and is the reported one.
    expect(trust.lossByStep.at(-1)).toBeCloseTo(result.crossEntropyToLabels, 5)
    expect(trust.randomNoiseAccuracy).toBeGreaterThanOrEqual(result.accuracy)
  })

  it('does no harm at epsilon 0 and more at a larger one', async () => {
    const none = await attack({ epsilon: 0, randomStart: true })
    expect(none.accuracy).toBe(none.trust.cleanAccuracy)
    expect(none.trust.maximumPerturbation).toBe(0)
    const [small, large] = [await attack({ epsilon: 2 }), await attack({ epsilon: 32, stepSize: 8 })]
    expect(large.crossEntropyToLabels).toBeGreaterThan(small.crossEntropyToLabels)
    expect(large.accuracy).toBeLessThan(large.trust.cleanAccuracy)
  })

  it('repeats itself by seed, and attacks as many images as asked', async () => {
    const config = { randomStart: true, images: 11 }
    const [one, two] = [await attack(config), await attack(config)]
    expect(two).toEqual(one)
    expect((one.trust.cleanAccuracy * 11) % 1).toBeCloseTo(0, 9)
  })

  it('FGSM is one step of PGD of full size', async () => {
    const { attack: _, ...one } = await attack({ attack: 'fgsm', epsilon: 4 })
    const { attack: __, ...other } = await attack({ attack: 'pgd', epsilon: 4, stepSize: 4, steps: 1 })
    expect({ ...one, stepSize: 0, steps: 0 }).toEqual({ ...other, stepSize: 0, steps: 0 })
  })

  it('refuses to attack nothing', async () => {
    const none = attackImages({ ...ATTACK_DEFAULTS, attack: 'fgsm', epsilon: 1, stepSize: 1, steps: 1, randomStart: false, images: null }, { ...subject, indices: new Int32Array() }) // prettier-ignore
    await expect(none.next()).rejects.toThrow(/no images to attack/)
  })
})
