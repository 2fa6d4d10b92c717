/** The training step on the oracle: gradients against finite differences, the optimiser against its own formula. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openEager } from '../../../src/engine/devices/eager'
import { gradientProgram } from '../../../src/engine/golden'
import { network } from '../../../src/engine/model'
import type { Device, NamedValues } from '../../../src/engine/program'
import { Random } from '../../../src/domain/addressedRandom'
import { tf } from '../../../src/engine/tensorflow'
import { crossEntropyPerImage, correctCount } from '../../../src/engine/model/loss'
import { optimiser } from '../../../src/engine/training/optimisers'
import { initialTrainingState, momentumOf, trainingProgram } from '../../../src/engine/training/program'

let device: Device
beforeAll(async () => {
  device = await openEager('tfjs-cpu')
})
const image = { height: 8, width: 8, channels: 3, classes: 4 }
const net = network('resnet_basic_8_w2', image)
const batch = 5
const random = new Random(11)
const draw = (length: number) => Float32Array.from({ length }, () => random.uniform())
const images = draw(batch * 192)
const targets = new Float32Array(batch * 4).map((_, i) => [0.5, 0.25, 0.25, 0][(i + (i >> 2)) % 4]!)
const hard = new Float32Array(batch * 4).map((_, i) => (i % 4 === 0 ? 1 : 0))

describe('soft cross-entropy', () => {
  it('is -sum t log softmax, and counts a row right where its maximum is the label', () => {
    const logits = tf.tensor2d([
      [1, 2, 0],
      [1000, 0, -1000],
    ])
    const loss = crossEntropyPerImage(
      logits,
      tf.tensor2d([
        [0.5, 0.5, 0],
        [1, 0, 0],
      ]),
    ).dataSync()
    const log = Math.log(Math.exp(1) + Math.exp(2) + 1)
    expect(loss[0]).toBeCloseTo(log - 1.5, 5)
    expect(loss[1]).toBeCloseTo(0, 12)
    expect(
      correctCount(
        logits,
        tf.tensor2d([
          [0, 1, 0],
          [0, 1, 0],
        ]),
      ).dataSync()[0],
    ).toBe(1)
    expect(
      correctCount(
        logits,
        tf.tensor2d([
          [0, 0, 0],
          [1, 0, 0],
        ]),
      ).dataSync()[0],
    ).toBe(1)
  })
})

describe('the training step', () => {
  const run = async (values: NamedValues, training: boolean) => {
    const state = await device.createState(values)
    const program = await device.compile(gradientProgram(net, batch, training), state)
    const outputs = await program.run({ images, targets })
    state.dispose()
    return outputs
  }

  it.each([true, false])(
    'has the gradients that finite differences give (training: %s)',
    async (training) => {
      const values = net.initialise(5)
      const names = training ? net.parameters.map(({ name }) => name) : []
      const { loss: _, logits: __, ...gradients } = await run(values, training)
      expect(Object.keys(gradients).toSorted()).toEqual([...names, 'images/gradient'].toSorted())
      // Along the gradient itself the slope is its squared norm: one difference checks a whole tensor.
      for (const name of names.filter((_, k) => k % 4 === 0)) {
        const gradient = gradients[name] as Float32Array
        const square = gradient.reduce((sum, g) => sum + g * g, 0)
        const at = async (scale: number) => {
          const data = values[name]!.data.map((value, i) => value + scale * gradient[i]!)
          return (await run({ ...values, [name]: { ...values[name]!, data } }, training))['loss']![0]!
        }
        const h = 2e-3 / Math.sqrt(square)
        const slope = ((await at(h)) - (await at(-h))) / (2 * h)
        expect(Math.abs(slope - square) / square, name).toBeLessThan(0.03)
      }
    },
    60_000,
  )

  it.each([
    { momentum: 0.9, nesterov: true, weightDecay: 1e-2 },
    { momentum: 0.9, nesterov: false, weightDecay: 0 },
    { momentum: 0, nesterov: false, weightDecay: 0.1 },
  ])('updates as PyTorch does: $momentum, nesterov $nesterov, decay $weightDecay', async (options) => {
    const values = initialTrainingState(net, 5)
    const name = 'stage2.block1.conv1/filter'
    const state = await device.createState(values)
    const step = await device.compile(trainingProgram(net, { batch, ...options, normalise: false }), state)
    const expected = Float64Array.from(values[name]!.data)
    const buffer = new Float64Array(expected.length)
    for (const rate of [0.1, 0.05]) {
      const now = await state.read()
      const gradient = (await run(now, true))[name]!
      const outputs = await step.run({ images, targets, hard, learningRate: Float32Array.of(rate) })
      expect(outputs['correct']![0]).toBeGreaterThanOrEqual(0)
      gradient.forEach((raw, i) => {
        const g = raw + options.weightDecay * expected[i]!
        buffer[i] = options.momentum * buffer[i]! + g
        expected[i]! -= rate * (options.nesterov ? g + options.momentum * buffer[i] : buffer[i])
      })
      const after = await state.read([name, momentumOf(name)])
      after[name]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
      after[momentumOf(name)]!.data.forEach((value, i) => expect(value).toBeCloseTo(buffer[i]!, 5))
    }
    state.dispose()
  })

  it('updates by Adam as PyTorch does, decay added to the gradient', async () => {
    const options = { optimiser: 'adam' as const, momentum: 0, nesterov: false, weightDecay: 1e-2 }
    const values = initialTrainingState(net, 5, options)
    const name = 'stage2.block1.conv1/filter'
    const state = await device.createState(values)
    const step = await device.compile(trainingProgram(net, { batch, ...options, normalise: false }), state)
    const expected = Float64Array.from(values[name]!.data)
    const [first, second] = [new Float64Array(expected.length), new Float64Array(expected.length)]
    const [rate, beta1, beta2] = [0.01, 0.9, 0.999]
    for (let t = 1; t <= 3; t++) {
      const gradient = (await run(await state.read(), true))[name]!
      await step.run({
        images,
        targets,
        hard,
        learningRate: Float32Array.of(rate),
        ...optimiser(options).inputs(t - 1),
      })
      gradient.forEach((raw, i) => {
        const g = raw + options.weightDecay * expected[i]!
        first[i] = beta1 * first[i]! + (1 - beta1) * g
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g
        const scale = Math.sqrt(second[i]) / Math.sqrt(1 - beta2 ** t) + 1e-8
        expected[i]! -= ((rate / (1 - beta1 ** t)) * first[i]) / scale
      })
      const after = await state.read([name])
      after[name]!.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4))
    }
    state.dispose()
  })

  it('keeps running statistics: momentum 0.1, unbiased variance', async () => {
    const values = initialTrainingState(net, 5)
    // A stem that copies the first channel makes its batch statistics those of the images.
    values['conv/filter']!.data.fill(0)
    values['conv/filter']!.data[4 * 3 * 2] = 1 // centre tap, channel 0 in, channel 0 out
    const state = await device.createState(values)
    const options = { batch, momentum: 0.9, nesterov: true, weightDecay: 0, normalise: false }
    const step = await device.compile(trainingProgram(net, options), state)
    await step.run({ images, targets, hard, learningRate: Float32Array.of(0.1) })
    const after = await state.read(['bn/mean', 'bn/variance'])
    const channel = images.filter((_, i) => i % 3 === 0)
    const mean = channel.reduce((a, b) => a + b, 0) / channel.length
    const unbiased = channel.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (channel.length - 1)
    expect(after['bn/mean']!.data[0]).toBeCloseTo(0.1 * mean, 6)
    expect(after['bn/variance']!.data[0]).toBeCloseTo(0.9 + 0.1 * unbiased, 6)
    state.dispose()
  })
})
