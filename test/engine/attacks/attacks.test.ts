/** Attacks on the oracle: what must hold of every perturbation, and that they do raise the loss. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attackImages, openAttacker } from '../../../src/engine/attacks'
import { fgsm } from '../../../src/engine/attacks/fgsm'
import { pgd } from '../../../src/engine/attacks/pgd'
import type { SignStepper } from '../../../src/engine/attacks/signStep'
import { Random } from '../../../src/domain/addressedRandom'
import { tf } from '../../../src/engine/tensorflow'
import type { AttackConfig, AttackResult } from '../../../src/domain/attacks/config'
import { attackWith, batch, drained, heldOut, inputs, mean, net, PGD, SIZE, train, type Trained } from './fixture'

let trained: Trained
let stepper: SignStepper

beforeAll(async () => {
  trained = await train()
  stepper = await trained.attacker.stepper(PGD)
})
afterAll(() => trained.attacker.dispose())

const attack = async (config: Partial<AttackConfig>): Promise<AttackResult> =>
  (await attackWith(trained, config)).result

const stepOf = (epsilon: number, stepSize = epsilon) => stepper.step(batch, { epsilon, stepSize, decay: 0 })
const loss = async (images: Float32Array) => {
  await stepper.begin(images, images)
  return (await stepOf(0)).loss
}

describe('perturbations', () => {
  const strength = fc.record({
    epsilon: fc.integer({ min: 0, max: 64 }).map((e) => e / 255),
    stepSize: fc.integer({ min: 0, max: 32 }).map((e) => e / 255),
    steps: fc.integer({ min: 1, max: 3 }),
    randomStart: fc.boolean(),
    decay: fc.constant(0),
  })

  it('stay in the ball around the original and in [0, 1], whatever the strength', async () => {
    const extreme = batch.images.map((value, i) => (i % 5 === 0 ? 0 : i % 7 === 0 ? 1 : value))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(fgsm, pgd), strength, async (method, chosen) => {
        const attacking = method(stepper, { ...batch, images: extreme }, chosen, new Random(1))
        const { yielded, returned: found } = await drained(attacking)
        expect(yielded).toHaveLength(method === fgsm ? 1 : chosen.steps)
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
    const strength = { epsilon: 1 / 255, stepSize: 0, steps: 1, randomStart: false, decay: 0 }
    const { returned: moved } = await drained(fgsm(stepper, batch, strength, new Random(1)))
    let tested = 0
    for (let i = 0; i < moved.length; i += 37) {
      const at = async (h: number) => {
        const changed = batch.images.slice()
        changed[i]! += h
        return (await loss(changed))[Math.floor(i / SIZE)]!
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
    await stepOf(4 / 255)
    const together = await stepper.images()
    const [first, hard] = [batch.images.slice(0, SIZE), batch.hard.slice(0, 3)]
    await stepper.begin(first, first)
    const size = { epsilon: 4 / 255, stepSize: 4 / 255, decay: 0 }
    expect((await stepper.step({ hard, target: null }, size)).loss).toHaveLength(1)
    expect(await stepper.images()).toEqual(together.slice(0, SIZE))
  })

  it('raise the mean loss, more with a larger epsilon', async () => {
    const losses = [mean(await loss(batch.images))]
    for (const epsilon of [1, 2, 4, 8]) {
      await stepper.begin(batch.images, batch.images)
      await stepOf(epsilon / 255)
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
    expect(trust.accuracyByStep).toHaveLength(7)
    expect(trust.accuracyByStep?.[0]).toBe(trust.cleanAccuracy)
    expect(trust.accuracyByStep?.at(-1)).toBe(result.accuracy)
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

  it('measures against labels where there are no people', async () => {
    const subject = { images: inputs.images, distributions: null, heldOut, attacker: trained.attacker, seed: 5 }
    const { result } = (await drained(attackImages({ ...PGD, steps: 1 }, subject))).returned
    expect(result.crossEntropyToPeople).toBeCloseTo(result.crossEntropyToLabels, 12)
    expect(result.crossEntropyToPeople).not.toBe((await attack({ steps: 1 })).crossEntropyToPeople)
  })

  it('refuses to attack nothing, and weights of another network', async () => {
    const none = attackImages(PGD, { ...inputs, heldOut: new Int32Array(), attacker: trained.attacker, seed: 5 })
    await expect(none.next()).rejects.toThrow(/no images to attack/)
    await expect(openAttacker(trained.device, net, {}, 8)).rejects.toThrow(/no entry .* as resnet_basic_8_w2 needs it/)
  })
})
