/** Every field of an attack's configuration means what it says: on the oracle, by hand, and compiled. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAttacker, type Attacked } from '../../../src/engine/attacks'
import { crossEntropies } from '../../../src/engine/attacks/losses'
import { marginPerImage, targetsOf } from '../../../src/engine/attacks/objective'
import type { StepSize } from '../../../src/engine/attacks/signStep'
import { openDevice } from '../../../src/engine/devices'
import { softmaxRows } from '../../../src/engine/evaluation/predict'
import { DEVIATION, MEAN } from '../../../src/engine/model'
import { tf } from '../../../src/engine/tensorflow'
import { crossEntropyPerImage } from '../../../src/engine/model/loss'
import { ATTACK_DEFAULTS, type AttackConfig } from '../../../src/domain/attacks/config'
import { attackWith, BATCH, batch, heldOut, inputs, mean, net, SIZE, train, type Trained } from './fixture'

let trained: Trained
beforeAll(async () => {
  trained = await train()
})
afterAll(() => trained.attacker.dispose())

/** One batch of images, unless it says otherwise. */
const attack = (change: Partial<AttackConfig>): Promise<Attacked> => attackWith(trained, { images: BATCH, ...change })
const IMAGES = [BATCH, 8, 8, 3] as [number, number, number, number]

describe('images', () => {
  it('are those of the fold, or all of the set, as many as asked for', async () => {
    const all = Int32Array.from(inputs.images.labels.keys())
    expect((await attack({ steps: 1, images: null })).indices).toEqual(heldOut)
    const { indices, predictions } = await attack({ steps: 1, on: 'all', images: null })
    expect(indices).toEqual(all)
    expect(predictions).toHaveLength(48 * 3)
    expect((await attack({ steps: 1, on: 'all', images: 9 })).indices).toEqual(all.slice(0, 9))
  })

  it('come back with the predictions that were judged', async () => {
    const { result, predictions, indices } = await attack({})
    const labels = Array.from(indices, (index) => inputs.images.labels[index]!)
    const losses = labels.map((label, n) => -Math.log(predictions[n * 3 + label]!))
    expect(mean(losses)).toBeCloseTo(result.crossEntropyToLabels, 6)
    const tops = labels.map((label, n) =>
      Number(predictions[n * 3 + label] === Math.max(...predictions.slice(n * 3, n * 3 + 3))),
    )
    expect(mean(tops)).toBe(result.accuracy)
  })

  it('are cropped and flipped first, the same way each time, and stay in the ball around what was cropped', async () => {
    const one = await attack({ augmented: true, blackBoxQueries: 5 })
    expect(await attack({ augmented: true, blackBoxQueries: 5 })).toEqual(one)
    const { trust, epsilon } = one.result
    expect(trust.maximumPerturbation).toBeLessThanOrEqual(epsilon + 1e-4)
    expect(trust.accuracyAtZero).toBe(trust.cleanAccuracy)
    // A network of eight pixels a side loses much of an image that is moved by up to four.
    const plain = (await attack({})).result.trust
    expect(trust.cleanAccuracy).toBeLessThan(plain.cleanAccuracy)
    expect(trust.lossByStep[0]).not.toBeCloseTo(plain.lossByStep[0]!, 2)
  })

  it('are normalised by ImageNet where asked, which is to shift and scale them by hand', async () => {
    const [theirs, deviation] = [
      [0.485, 0.456, 0.406],
      [0.229, 0.224, 0.225],
    ]
    const shifted = batch.images.map(
      (value, i) => ((value - theirs[i % 3]!) / deviation[i % 3]!) * DEVIATION[i % 3]! + MEAN[i % 3]!,
    )
    const [ours, other] = [await trained.attacker.ask('cifar10'), await trained.attacker.ask('imagenet')]
    const expected = await ours(shifted)
    ;(await other(batch.images)).forEach((logit, i) => expect(logit).toBeCloseTo(expected[i]!, 4))
    // The step's own loss sees them so too, and everything an attack reports.
    const lossOf = async (normalisation: AttackConfig['normalisation'], images: Float32Array) => {
      const stepper = await trained.attacker.stepper({ ...ATTACK_DEFAULTS, normalisation })
      await stepper.begin(images, images)
      return (await stepper.step(batch, { epsilon: 0, stepSize: 0, decay: 0 })).loss
    }
    const [loss, byHand] = [await lossOf('imagenet', batch.images), await lossOf('cifar10', shifted)]
    loss.forEach((value, n) => expect(value).toBeCloseTo(byHand[n]!, 4))
    const { trust } = (await attack({ normalisation: 'imagenet' })).result
    expect(trust.lossByStep[0]).toBeCloseTo(mean(loss), 4)
    expect(trust.accuracyAtZero).toBe(trust.cleanAccuracy)
    expect(trust.lossByStep.at(-1)).toBeGreaterThan(trust.lossByStep[0]!)
  })
})

describe('the loss', () => {
  it('margin: its gradient is 1 at the best other class and -1 at the label', async () => {
    const logits = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 4, maxLength: 4 })
    const rows = fc.array(fc.tuple(logits, fc.nat(3)), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        // Ties share the gradient: told apart here.
        const table = given.map(([row]) => row.map((z, c) => z / 50 + c * 1e-3))
        const expected = given.map(([, label], n) => {
          const row = table[n]!
          const other = Math.max(...row.filter((_, c) => c !== label))
          return { margin: other - row[label]!, gradient: row.map((z, c) => (c === label ? -1 : Number(z === other))) }
        })
        const hard = tf.oneHot(
          given.map(([, label]) => label),
          4,
        ) as tf.Tensor2D
        const z = tf.tensor2d(table)
        const gradient = tf.grad((x) => tf.sum(marginPerImage(x as tf.Tensor2D, hard)))(z)
        expect(Array.from(await gradient.data())).toEqual(expected.flatMap((each) => each.gradient))
        ;(await marginPerImage(z, hard).data()).forEach((value, n) => expect(value).toBeCloseTo(expected[n]!.margin, 4))
      }),
      { numRuns: 20 },
    )
  })

  it('whatever is raised, the losses by step are cross-entropies to the label', async () => {
    const [plain, margin] = [(await attack({})).result, (await attack({ loss: 'margin' })).result]
    const aimed = (await attack({ towards: 'next' })).result
    for (const { trust, crossEntropyToLabels } of [margin, aimed]) {
      expect(trust.lossByStep[0]).toBeCloseTo(plain.trust.lossByStep[0]!, 6)
      expect(trust.lossByStep.at(-1)).toBeCloseTo(crossEntropyToLabels, 5)
    }
    expect(margin.trust.lossByStep.at(-1)).toBeGreaterThan(margin.trust.lossByStep[0]!)
    expect(margin.trust.accuracyAtZero).toBe(plain.trust.cleanAccuracy)
    expect(margin.accuracy).toBeLessThanOrEqual(plain.trust.cleanAccuracy)
  })
})

describe('a network that is very sure', () => {
  // Logits so far apart that float32 probabilities of labels are 0: what a bound of 1e-12 would hide.
  const steep = async () => {
    const { shape, data } = trained.weights['fc/weight']!
    const weights = { ...trained.weights, 'fc/weight': { shape, data: data.map((weight) => weight * 200) } }
    return { ...trained, attacker: await openAttacker(trained.device, net, weights, BATCH) }
  }

  it('is attacked with one loss from the first step to the last, and none is clipped', async () => {
    const sure = await steep()
    const { result } = await attackWith(sure, { epsilon: 64, stepSize: 16, steps: 5, images: BATCH })
    const { lossByStep } = result.trust
    expect(lossByStep.at(-1)).toBeGreaterThan(-Math.log(1e-12))
    expect(result.crossEntropyToLabels).toBe(lossByStep.at(-1))
    // Each prefix of the attack ends where the step after it begins: by its own path, computed on another program.
    for (const steps of [1, 2, 3, 4]) {
      const shorter = await attackWith(sure, { epsilon: 64, stepSize: 16, steps, images: BATCH })
      const last = shorter.result.trust.lossByStep.at(-1)!
      expect(Math.abs(last / lossByStep[steps]! - 1), `after ${steps} steps`).toBeLessThan(1e-5)
    }
    sure.attacker.dispose()
  })

  it('is judged by what is raised: margins, or the loss to the class aimed at', async () => {
    const sure = await steep()
    const strength = { epsilon: 64, stepSize: 16, images: BATCH }
    for (const change of [{ loss: 'margin' }, { towards: 'next' }, { towards: 'next', loss: 'margin' }] as const) {
      const longer = (await attackWith(sure, { ...strength, ...change, steps: 3 })).result.trust
      const { trust } = (await attackWith(sure, { ...strength, ...change, steps: 2 })).result
      const [last, there] = [trust.objectiveByStep!.at(-1)!, longer.objectiveByStep![2]!]
      expect(Math.abs(last - there) / Math.max(1, Math.abs(there)), JSON.stringify(change)).toBeLessThan(1e-5)
      expect(last).toBeGreaterThan(trust.objectiveByStep![0]!)
      expect(trust.objectiveByStep).not.toEqual(trust.lossByStep)
    }
    const { trust } = (await attackWith(sure, { ...strength, steps: 2 })).result
    expect(trust.objectiveByStep).toEqual(trust.lossByStep)
    sure.attacker.dispose()
  })

  it('has cross-entropies that a sum of logarithms in double precision gives, however large', () => {
    const logits = fc.array(fc.float({ min: -1e4, max: 1e4, noNaN: true }), { minLength: 4, maxLength: 4 })
    const parts = fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }).filter((row) => row.some((part) => part > 0))
    fc.assert(
      fc.property(logits, parts, (row, counts) => {
        const total = counts.reduce((a, b) => a + b, 0)
        const target = Float64Array.from(counts, (count) => count / total)
        // The other way round: sum_c t_c log sum_k exp(z_k - z_c), each exponent bounded by its own largest.
        const against = (c: number) => {
          const apart = row.map((z) => z - row[c]!)
          const most = Math.max(...apart)
          return most + Math.log(apart.reduce((sum, d) => sum + Math.exp(d - most), 0))
        }
        const expected = target.reduce((sum, t, c) => (t > 0 ? sum + t * against(c) : sum), 0)
        const [found] = crossEntropies(Float32Array.from(row), target, 4)
        expect(Math.abs(found! - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected))
      }),
    )
  })
})

describe('a target', () => {
  it('is the least likely class or the next, never the label', () => {
    const row = fc.tuple(fc.array(fc.nat(100), { minLength: 4, maxLength: 4 }), fc.nat(3))
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const labels = Uint8Array.from(rows, ([, label]) => label)
        const clean = Float32Array.from(rows.flatMap(([values]) => values))
        expect(targetsOf(null, labels, clean, 4)).toBeNull()
        for (const towards of ['least-likely', 'next'] as const) {
          const targets = targetsOf(towards, labels, clean, 4)!
          rows.forEach(([values, label], n) => {
            const aimed = [...targets.subarray(n * 4, n * 4 + 4)]
            expect(aimed.toSorted()).toEqual([0, 0, 0, 1])
            const at = aimed.indexOf(1)
            if (towards === 'next') return expect(at).toBe((label + 1) % 4)
            expect(at).not.toBe(label)
            expect(values[at]).toBe(Math.min(...values.filter((_, c) => c !== label)))
          })
        }
      }),
    )
  })

  it.each(['least-likely', 'next'] as const)('%s becomes more probable', async (towards) => {
    const ask = await trained.attacker.ask('cifar10')
    const clean = softmaxRows(await ask(batch.images), 3)
    const labels = inputs.images.labels.slice(0, BATCH)
    const target = targetsOf(towards, labels, clean, 3)!
    const probability = (predictions: Float32Array) => mean(target.map((aimed, i) => aimed * predictions[i]!))
    let before = probability(clean)
    for (const loss of ['cross-entropy', 'margin'] as const) {
      const { predictions, result } = await attack({ towards, loss })
      expect(probability(predictions)).toBeGreaterThan(probability(clean) * 1.05)
      expect(result.trust.accuracyAtZero).toBe(result.trust.cleanAccuracy)
    }
    // The farther it may go, the nearer it comes.
    for (const epsilon of [2, 6, 18]) {
      const { predictions } = await attack({ towards, epsilon, stepSize: epsilon / 3 })
      expect(probability(predictions)).toBeGreaterThan(before)
      before = probability(predictions)
    }
  })
})

describe('momentum', () => {
  it('accumulates gradients of l1 norm 1: three steps by hand', async () => {
    const stepper = await trained.attacker.stepper({ ...ATTACK_DEFAULTS, momentum: 0.9 })
    const size: StepSize = { epsilon: 6 / 255, stepSize: 3 / 255, decay: 0.9 }
    const weights = Object.fromEntries(
      Object.entries(trained.weights).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]),
    )
    const hard = tf.tensor2d(batch.hard, [BATCH, 3])
    const gradientAt = async (images: Float32Array): Promise<Float32Array> => {
      const loss = (x: tf.Tensor) =>
        tf.sum(crossEntropyPerImage(net.forward(weights, x as tf.Tensor4D, { training: false }).logits, hard))
      return Float32Array.from(await tf.tidy(() => tf.grad(loss)(tf.tensor4d(images, IMAGES))).data())
    }
    const run = async () => {
      const seen: Float32Array[] = []
      await stepper.begin(batch.images, batch.images)
      for (let step = 0; step < 3; step++) {
        await stepper.step(batch, size)
        seen.push(await stepper.images())
      }
      return seen
    }
    const found = await run()
    let [current, accumulated] = [batch.images, new Float32Array(batch.images.length)]
    for (const images of found) {
      const gradient = await gradientAt(current)
      accumulated = accumulated.map((before, i) => {
        const image = Math.floor(i / SIZE)
        const norm = gradient.subarray(image * SIZE, (image + 1) * SIZE).reduce((sum, g) => sum + Math.abs(g), 0)
        return 0.9 * before + gradient[i]! / norm
      })
      images.forEach((value, i) => {
        // Too near 0 for float32 to say which side.
        if (Math.abs(accumulated[i]!) < 1e-7) return
        const original = batch.images[i]!
        const moved = current[i]! + size.stepSize * Math.sign(accumulated[i]!)
        const inBall = Math.min(original + size.epsilon, Math.max(original - size.epsilon, moved))
        expect(value, `pixel ${i}`).toBeCloseTo(Math.min(1, Math.max(0, inBall)), 6)
      })
      current = images
    }
    // Begun again, nothing is left of what was accumulated.
    expect(await run()).toEqual(found)
    for (const tensor of [hard, ...Object.values(weights)]) tensor.dispose()
  })

  it('leaves an image without a gradient where it is, and does not make NaN of it', async () => {
    // Logits so far apart that float32 knows no gradient of the cross-entropy. Compiled: the oracle hides NaN in a
    // sign.
    const { shape, data } = trained.weights['fc/weight']!
    const steep = { ...trained.weights, 'fc/weight': { shape, data: data.map((weight) => weight * 1e5) } }
    const cpu = await openDevice('cpu', { threads: 1 })
    const attacker = await openAttacker(cpu, net, steep, BATCH)
    const stepper = await attacker.stepper({ ...ATTACK_DEFAULTS, momentum: 0.9 })
    await stepper.begin(batch.images, batch.images)
    const { zeros } = await stepper.step(batch, { epsilon: 0.1, stepSize: 0.1, decay: 0.9 })
    const images = await stepper.images()
    expect(zeros.filter((count) => count === SIZE).length).toBeGreaterThan(0)
    zeros.forEach((count, n) => {
      const [from, to] = [n * SIZE, (n + 1) * SIZE]
      if (count === SIZE) expect(images.slice(from, to)).toEqual(batch.images.slice(from, to))
    })
    expect(images.every(Number.isFinite)).toBe(true)
    attacker.dispose()
    await cpu.dispose()
  })

  it('of the first step is its gradient, so that FGSM does not change', async () => {
    const { predictions } = await attack({ attack: 'fgsm', momentum: 0.9 })
    expect(predictions).toEqual((await attack({ attack: 'fgsm' })).predictions)
  })
})

describe('a random start', () => {
  it('moves FGSM too, within the ball', async () => {
    const [started, plain] = [await attack({ attack: 'fgsm', randomStart: true }), await attack({ attack: 'fgsm' })]
    expect(started.predictions).not.toEqual(plain.predictions)
    expect(started.result.trust.maximumPerturbation).toBeLessThanOrEqual(8 + 1e-4)
    expect(started.result.trust.accuracyAtZero).toBe(plain.result.trust.cleanAccuracy)
  })
})

describe('a transfer', () => {
  it('is judged by the other network, whose images are made on the first', async () => {
    const other = await openAttacker(trained.device, net, net.initialise(9), BATCH)
    const made = await attackWith(trained, { towards: 'least-likely' })
    expect(await attackWith(trained, { towards: 'least-likely' }, trained.attacker)).toEqual(made)
    const moved = await attackWith(trained, { towards: 'least-likely' }, other)
    // Losses and gradients are of the network that was followed, accuracies of the one that judges.
    expect(moved.result.trust.lossByStep).toEqual(made.result.trust.lossByStep)
    expect(moved.result.trust.zeroGradientShare).toBe(made.result.trust.zeroGradientShare)
    expect(moved.predictions).not.toEqual(made.predictions)
    const clean = softmaxRows(await (await other.ask('cifar10'))(batch.images), 3)
    const first = await attackWith(trained, { epsilon: 0, images: BATCH }, other)
    expect(first.predictions).toEqual(clean)
    expect(first.result.trust.accuracyAtZero).toBe(first.result.accuracy)
    other.dispose()
  })
})

describe('the black-box check', () => {
  it('asks as often as it says, does no harm at epsilon 0 and more with a larger one', async () => {
    const at = async (epsilon: number, blackBoxQueries: number) =>
      (await attack({ epsilon, blackBoxQueries, steps: 1, images: null })).result
    expect((await at(8, 0)).trust.blackBox).toBeNull()
    const none = await at(0, 5)
    expect(none.trust.blackBox).toEqual({ queries: 5, accuracy: none.trust.cleanAccuracy })
    const accuracies = [none.trust.cleanAccuracy]
    for (const epsilon of [8, 32]) {
      const { blackBox } = (await at(epsilon, 60)).trust
      expect(blackBox?.queries).toBe(60)
      accuracies.push(blackBox?.accuracy ?? NaN)
    }
    expect(accuracies).toEqual(accuracies.toSorted((a, b) => b - a))
    expect(accuracies[2]).toBeLessThan(accuracies[0]!)
  })
})

describe('compiled', () => {
  it('every variant of the step does what it does on the oracle', async () => {
    const cpu = await openDevice('cpu', { threads: 1 })
    const attacker = await openAttacker(cpu, net, trained.weights, BATCH)
    const target = targetsOf('next', inputs.images.labels.slice(0, BATCH), new Float32Array(BATCH * 3), 3)
    for (const change of [
      {},
      { loss: 'margin' },
      { momentum: 0.5 },
      { towards: 'next' },
      { towards: 'next', loss: 'margin', momentum: 0.9, normalisation: 'imagenet' },
    ] as const) {
      const config = { ...ATTACK_DEFAULTS, ...change }
      const results = []
      for (const each of [attacker, trained.attacker]) {
        const stepper = await each.stepper(config)
        await stepper.begin(batch.images, batch.images)
        const size = { epsilon: 0.03, stepSize: 0.01, decay: config.momentum }
        const outcomes = [
          await stepper.step({ ...batch, target }, size),
          await stepper.step({ ...batch, target }, size),
        ]
        results.push({ outcomes, images: await stepper.images() })
      }
      const [compiled, oracle] = results as [(typeof results)[0], (typeof results)[0]]
      compiled.outcomes.forEach(({ loss }, step) =>
        loss.forEach((value, n) => expect(value).toBeCloseTo(oracle.outcomes[step]!.loss[n]!, 3)),
      )
      const differing = compiled.images.filter((value, i) => Math.abs(value - oracle.images[i]!) > 1e-4).length
      // Gradients of nearly 0 may have another sign.
      expect(differing / compiled.images.length, JSON.stringify(change)).toBeLessThan(0.01)
    }
    attacker.dispose()
    await cpu.dispose()
  })
})
