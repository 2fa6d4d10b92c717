/**
 * Every lowered kernel and its gradient against the TensorFlow.js cpu backend, on random shapes: compiled for the
 * processor's blocked layout and for plain NCHW, the path other devices take.
 */
import '@tensorflow/tfjs-backend-cpu'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOWERED_KERNELS } from '../../../src/engine/compile/lower'
import { rewrite } from '../../../src/engine/compile/graph/rewrite'
import { trace } from '../../../src/engine/compile/graph/trace'
import { openOnnxDevice } from '../../../src/engine/devices/onnx'
import {
  batchNormalizationInference,
  batchNormalizationTraining,
} from '../../../src/engine/model/operations/batchNormalization'
import { channelAffine } from '../../../src/engine/model/operations/channelAffine'
import { everyOtherPixel } from '../../../src/engine/model/operations/everyOtherPixel'
import { groupedConvolution } from '../../../src/engine/model/operations/groupedConvolution'
import { mixture } from '../../../src/engine/model/operations/mixture'
import type { Device, NamedArrays, NamedTensors, Program } from '../../../src/engine/program'
import { tf } from '../../../src/engine/tensorflow'

let devices: Device[] = []
beforeAll(async () => {
  devices = [await openOnnxDevice('cpu'), await openOnnxDevice('cpu', { layout: 'nchw', threads: 1 })]
})
afterAll(async () => {
  for (const device of devices) await device.dispose()
})

/** Kernels that some program of these tests was lowered from. */
const seen = new Set<string>()

type Shapes = Record<string, number[]>
type Body = (inputs: NamedTensors) => tf.Tensor

/** Deterministic values in (-1, 1) that avoid zero, where step functions of two implementations may differ. */
function values(shape: number[], seed: number): Float32Array {
  const size = shape.reduce((a, b) => a * b, 1)
  let state = seed * 2654435761 + 12345
  return Float32Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const u = state / 2 ** 32
    return u < 0.5 ? -0.05 - 1.9 * u * 0.95 : 0.05 + (u - 0.5) * 1.9
  })
}

/** Output of `body` and gradient of a weighted sum of it with respect to every input. */
function program(name: string, shapes: Shapes, body: Body): Program {
  return {
    name,
    inputs: shapes,
    step: (_state, inputs) => {
      const names = Object.keys(shapes)
      const y = body(inputs)
      const weights = tf.tensor(values(y.shape, 77), y.shape)
      const gradients = tf.grads((...xs: tf.Tensor[]) =>
        tf.sum(tf.mul(body(Object.fromEntries(names.map((n, i) => [n, xs[i] as tf.Tensor]))), weights)),
      )(names.map((n) => inputs[n] as tf.Tensor))
      return { outputs: { y, ...Object.fromEntries(gradients.map((g, i) => [`d_${names[i]}`, g])) } }
    },
  }
}

async function agrees(name: string, shapes: Shapes, body: Body, seed = 1, gradients = true): Promise<void> {
  const tolerance = 2e-4
  const forward: Program = { name, inputs: shapes, step: (_state, inputs) => ({ outputs: { y: body(inputs) } }) }
  const subject = gradients ? program(name, shapes, body) : forward
  const graph = trace(subject, {})
  rewrite(graph)
  for (const { kernel } of graph.nodes) seen.add(kernel)
  const inputs: NamedArrays = Object.fromEntries(
    Object.entries(shapes).map(([n, shape], i) => [n, values(shape, seed + i)]),
  )
  await tf.setBackend('cpu')
  const expected = tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(shapes).map(([n, shape]) => [n, tf.tensor(inputs[n] as Float32Array, shape)]),
    )
    const { outputs } = subject.step({}, tensors)
    return Object.fromEntries(Object.entries(outputs).map(([n, t]) => [n, Float32Array.from(t.dataSync())]))
  })
  for (const device of devices) {
    const state = await device.createState({})
    const compiled = await device.compile(subject, state)
    const actual = await compiled.run(inputs)
    compiled.dispose()
    for (const [output, want] of Object.entries(expected)) {
      const got = actual[output] as Float32Array
      expect(got.length, `${name} ${output}`).toBe(want.length)
      const scale = want.reduce((max, x) => Math.max(max, Math.abs(x)), 1e-3)
      const worst = got.reduce((max, x, i) => Math.max(max, Math.abs(x - (want[i] as number))), 0)
      expect(worst / scale, `${name} ${output} on ${device.name}`).toBeLessThan(tolerance)
    }
  }
}

/** The same values, where they are images in the layout that convolutions leave them in. */
function asImages(x: tf.Tensor): tf.Tensor {
  if (x.rank !== 4) return tf.relu(x)
  const ones = tf.ones<tf.Rank.R1>([x.shape[3] as number])
  return channelAffine(x as tf.Tensor4D, ones, tf.zerosLike(ones))
}

const property = (runs: number) => ({ numRuns: runs, seed: 20191027 })

describe('convolution', () => {
  const geometry = fc.record({
    n: fc.constantFrom(1, 3, 16, 32),
    size: fc.integer({ min: 5, max: 12 }),
    input: fc.constantFrom(1, 3, 8, 12, 16, 24, 32),
    output: fc.constantFrom(5, 13, 16, 24, 32),
    kernel: fc.constantFrom(1, 2, 3, 5),
    stride: fc.constantFrom(1, 2),
    pad: fc.constantFrom('same' as const, 'valid' as const, 0, 1, 2),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  test('forward, input gradient and filter gradient over random shapes', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(geometry, async ({ n, size, input, output, kernel, stride, pad, seed }) => {
        fc.pre(typeof pad !== 'number' || pad < kernel || pad === 0)
        const shapes = { x: [n, size, size + 1, input], filter: [kernel, kernel, input, output] }
        const rounding = typeof pad === 'number' ? 'floor' : undefined
        await agrees(
          `conv ${JSON.stringify({ n, size, input, output, kernel, stride, pad })}`,
          shapes,
          ({ x, filter }) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad, 'NHWC', 1, rounding),
          seed,
        )
      }),
      property(40),
    )
  })
  test('the shapes of a residual network, blocked end to end', async () => {
    for (const [input, output, size, kernel, stride] of [
      [3, 16, 8, 3, 1],
      [16, 16, 8, 3, 1],
      [16, 32, 8, 3, 2],
      [16, 32, 8, 1, 2],
      [16, 32, 7, 1, 2],
      [16, 32, 7, 3, 2],
      [32, 32, 4, 3, 1],
    ] as const) {
      const shapes = { x: [16, size, size, input], filter: [kernel, kernel, input, output] }
      const pad = kernel === 1 ? 0 : 1
      await agrees(`conv ${input}-${output}`, shapes, ({ x, filter }) =>
        tf.conv2d(tf.relu(x as tf.Tensor4D), filter as tf.Tensor4D, stride, pad, 'NHWC', 1, 'floor'),
      )
    }
  })
})

describe('convolution in groups', () => {
  test('forward, input gradient and filter gradient, blocked and not', { timeout: 120_000 }, async () => {
    for (const [n, groups, input, output, kernel, stride] of [
      [16, 2, 16, 16, 3, 1],
      [16, 2, 16, 32, 3, 2],
      [2, 4, 8, 8, 3, 2],
      [2, 3, 2, 1, 3, 1],
      [16, 4, 16, 16, 1, 2],
      [2, 1, 16, 16, 3, 1],
      [16, 4, 8, 8, 3, 1],
      [16, 2, 8, 24, 3, 2],
      [2, 8, 4, 8, 3, 1],
    ] as const) {
      const shapes = { x: [n, 8, 6, groups * input], filter: [kernel, kernel, input, groups * output] }
      await agrees(`${groups} groups of ${input}-${output}`, shapes, ({ x, filter }) => {
        const attributes = { groups, strides: stride, pad: (kernel - 1) / 2 }
        return asImages(groupedConvolution(asImages(x as tf.Tensor) as tf.Tensor4D, filter as tf.Tensor4D, attributes))
      })
    }
  })
  test('each group is a convolution of its own channels', async () => {
    await tf.setBackend('cpu')
    const x = tf.tensor4d(values([2, 5, 5, 6], 1), [2, 5, 5, 6])
    const filter = tf.tensor4d(values([3, 3, 2, 9], 2), [3, 3, 2, 9])
    const y = groupedConvolution(x, filter, { groups: 3, strides: 1, pad: 1 })
    const ofSecond = tf.slice(x, [0, 0, 0, 2], [2, 5, 5, 2])
    const second = tf.conv2d(ofSecond, tf.slice(filter, [0, 0, 0, 3], [3, 3, 2, 3]), 1, 1)
    expect(tf.slice(y, [0, 0, 0, 3], [2, 5, 5, 3]).dataSync()).toEqual(second.dataSync())
    expect(() => groupedConvolution(x, filter, { groups: 4, strides: 1, pad: 1 })).toThrow(/4 groups do not divide/)
  })
})

describe('mixtures', () => {
  test('go forward by one weight per image and backward by another', async () => {
    const weights = (list: number[]) => tf.tensor4d(list, [list.length, 1, 1, 1])
    for (const c of [16, 12, 5]) {
      const shapes = { a: [3, 4, 4, c], b: [3, 4, 4, c] }
      await agrees(`mixture ${c}`, shapes, ({ a, b }) =>
        mixture(asImages(a as tf.Tensor), asImages(b as tf.Tensor), weights([0.1, 0.8, 0.5]), weights([0.6, 0.3, 1])),
      )
    }
    await tf.setBackend('cpu')
    const [a, b] = [weights([3]), weights([5])]
    const blend = (x: tf.Tensor, y: tf.Tensor) => mixture(x, y, weights([0.25]), weights([0.75]))
    const [da, db] = tf.grads((x, y) => tf.sum(blend(x, y)))([a, b])
    expect([blend(a, b), da, db].map((tensor) => tensor?.dataSync()[0])).toEqual([4.5, 0.75, 0.25])
  })
})

describe('batch normalisation', () => {
  test('training mode, with and without residual and ReLU', async () => {
    for (const c of [5, 12, 16, 24, 32]) {
      const plain = { x: [4, 6, 5, c], gamma: [c], beta: [c] }
      const shapes = { ...plain, r: [4, 6, 5, c] }
      await agrees(
        `bn ${c}`,
        plain,
        ({ x, gamma, beta }) =>
          batchNormalizationTraining(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D).y,
      )
      await agrees(`bn + r, relu ${c}`, shapes, ({ x, gamma, beta, r }) => {
        const { y } = batchNormalizationTraining(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D)
        return tf.relu(tf.add(y, r as tf.Tensor))
      })
    }
  })
  test('statistics', async () => {
    for (const statistic of ['mean', 'variance'] as const) {
      const shapes = { x: [4, 6, 5, 16], gamma: [16], beta: [16] }
      const subject: Program = {
        name: statistic,
        inputs: shapes,
        step: (_s, { x, gamma, beta }) => ({
          outputs: {
            y: batchNormalizationTraining(x as tf.Tensor4D, gamma as tf.Tensor1D, beta as tf.Tensor1D)[statistic],
          },
        }),
      }
      const inputs = { x: values(shapes.x, 3), gamma: values([16], 4), beta: values([16], 5) }
      for (const device of devices) {
        const compiled = await device.compile(subject, await device.createState({}))
        const { y } = await compiled.run(inputs)
        for (let c = 0; c < 16; c++) {
          const channel = inputs.x.filter((_, i) => i % 16 === c)
          const mean = channel.reduce((a, b) => a + b, 0) / channel.length
          const variance = channel.reduce((a, b) => a + (b - mean) ** 2, 0) / channel.length
          expect(y?.[c]).toBeCloseTo(statistic === 'mean' ? mean : variance, 5)
        }
      }
    }
  })
  test('evaluation mode and the affine pass', async () => {
    for (const c of [5, 12, 16]) {
      const shapes = { x: [3, 4, 5, c], gamma: [c], beta: [c], mean: [c], raw: [c] }
      await agrees(`bn inference ${c}`, shapes, ({ x, gamma, beta, mean, raw }) =>
        batchNormalizationInference(
          x as tf.Tensor4D,
          gamma as tf.Tensor1D,
          beta as tf.Tensor1D,
          mean as tf.Tensor1D,
          tf.add(tf.square(raw as tf.Tensor1D), 0.1),
        ),
      )
      await agrees(`affine ${c}`, { x: [3, 4, 5, c], s: [c], t: [c] }, ({ x, s, t }) =>
        tf.relu(channelAffine(x as tf.Tensor4D, s as tf.Tensor1D, t as tf.Tensor1D)),
      )
    }
  })
})

describe('channels that do not fill blocks', () => {
  const normalised = (x: tf.Tensor, gamma: tf.Tensor) =>
    batchNormalizationTraining(x as tf.Tensor4D, gamma as tf.Tensor1D, tf.zerosLike(gamma) as tf.Tensor1D).y
  const convolved = (x: tf.Tensor, filter: tf.Tensor | undefined) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 1)

  test.each([
    [24, 12],
    [12, 12],
    [16, 12],
    [24, 13],
  ])('densely joined layers of %i and %i channels, with the gradients that meet in them', async (first, growth) => {
    const two = first + growth
    const shapes = {
      x: [16, 6, 6, first],
      f: [3, 3, first, growth],
      g: [3, 3, two, growth],
      h: [1, 1, two + growth, 20],
      gamma: [two],
    }
    await agrees(`${first} and ${growth} channels`, shapes, ({ x, f, g, h, gamma }) => {
      const one = asImages(x as tf.Tensor)
      const joined = tf.concat([one, convolved(tf.relu(one), f)], -1)
      const more = convolved(tf.relu(normalised(joined, gamma as tf.Tensor)), g)
      const all = tf.concat([joined, more], -1) as tf.Tensor4D
      return tf.avgPool(tf.conv2d(all, h as tf.Tensor4D, 1, 0), 2, 2, 'valid')
    })
  })
  test('channels appended to shortcuts', async () => {
    for (const [from, to] of [
      [12, 24],
      [24, 32],
      [16, 29],
      [13, 18],
    ] as const) {
      const shapes = { x: [16, 4, 4, from], f: [3, 3, from, to], gamma: [to] }
      const none: [number, number] = [0, 0]
      await agrees(`${from} to ${to} channels`, shapes, ({ x, f, gamma }) => {
        const shortcut = tf.pad(asImages(x as tf.Tensor), [none, none, none, [0, to - from]])
        return tf.relu(tf.add(normalised(convolved(asImages(x as tf.Tensor), f), gamma as tf.Tensor), shortcut))
      })
    }
  })
  test('numbers that would not stay zero between channels', async () => {
    const bodies: Record<string, (x: tf.Tensor) => tf.Tensor> = {
      exp: tf.exp,
      reciprocal: tf.reciprocal,
      clip: (x) => tf.clipByValue(x, 0.2, 0.6),
      shifted: (x) => tf.add(x, 3),
      divided: (x) => tf.div(x, tf.add(tf.square(x), 1)),
    }
    for (const [name, body] of Object.entries(bodies)) {
      const shapes = { x: [16, 4, 4, 12], f: [3, 3, 12, 24] }
      await agrees(`${name} of 12`, shapes, ({ x, f }) => convolved(body(asImages(x as tf.Tensor)), f))
    }
  })
  test('two paths behind ReLUs of one image', async () => {
    for (const c of [5, 12, 16]) {
      const shapes = { x: [16, 4, 4, c], f: [3, 3, c, c], g: [3, 3, c, c] }
      await agrees(`two paths of ${c}`, shapes, ({ x, f, g }) => {
        const start = asImages(x as tf.Tensor)
        const paths = [f, g].map((filter) => convolved(tf.relu(start), filter))
        return tf.addN([...paths, tf.relu(start)])
      })
    }
  })
})

describe('images cut, joined and pooled', () => {
  const bodies: Record<string, (x: tf.Tensor4D) => tf.Tensor> = {
    'max pooling': (x) => tf.maxPool(x, 2, 2, 'valid'),
    'max pooling of equal pixels': (x) => tf.maxPool(tf.relu(tf.sub(x, 0.4)), 2, 2, 'valid'),
    'max pooling over 3x3': (x) => tf.maxPool(x, 3, 3, 'valid'),
    'average pooling': (x) => tf.avgPool(x, 2, 2, 'valid'),
    'even pixels': (x) =>
      everyOtherPixel(
        tf.pad(x, [
          [0, 0],
          [0, x.shape[1] % 2],
          [0, 0],
          [0, 0],
        ]),
        0,
      ),
    'odd pixels': (x) =>
      everyOtherPixel(
        tf.pad(x, [
          [0, 0],
          [0, x.shape[1] % 2],
          [0, 0],
          [0, 0],
        ]),
        1,
      ),
    'channels joined': (x) => tf.concat([x, tf.neg(x)], -1),
    'rows joined': (x) => tf.concat([x, tf.neg(x)], 1),
    'channels appended': (x) =>
      tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 16],
      ]),
    'five channels appended': (x) =>
      tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 5],
      ]),
    'all sides padded': (x) =>
      tf.pad(x, [
        [1, 0],
        [1, 2],
        [0, 3],
        [16, 0],
      ]),
    'channels split': (x) => tf.mul(...(tf.split(tf.concat([x, tf.neg(x)], 3), 2, 3) as [tf.Tensor, tf.Tensor])),
    'channels cut': (x) => tf.slice(x, [0, 0, 0, 1], [-1, -1, -1, 2]),
    'rows cut': (x) => tf.slice(x, [0, 1, 0, 0], [-1, 3, -1, -1]),
    'sum of channels': (x) => tf.sum(x, [0, 1, 2]),
  }
  for (const [name, body] of Object.entries(bodies)) {
    test(name, async () => {
      for (const [h, w, c] of [
        [6, 6, 16],
        [7, 8, 32],
        [5, 6, 5],
        [6, 6, 12],
        [5, 6, 24],
      ]) {
        await agrees(`${name} ${h}x${w}x${c}`, { x: [2, h as number, w as number, c as number] }, ({ x }) =>
          asImages(body(asImages(x as tf.Tensor) as tf.Tensor4D)),
        )
      }
    })
  }
  test('pooling windows that overlap are refused', async () => {
    const subject: Program = {
      name: 'overlap',
      inputs: { x: [1, 4, 4, 1] },
      step: (_state, { x }) => ({ outputs: { y: tf.maxPool(x as tf.Tensor4D, 3, 2, 'same') } }),
    }
    const device = devices[0] as Device
    await expect(device.compile(subject, await device.createState({}))).rejects.toThrow(/lie side by side/)
  })
})

describe('elementwise, reductions, shapes and products', () => {
  // TensorFlow.js has no gradient for comparisons.
  const WITHOUT_GRADIENT = new Set(['cast of comparison', 'select where', 'comparisons', 'equality to argmax'])
  const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    exp: tf.exp,
    neg: tf.neg,
    square: tf.square,
    abs: tf.abs,
    sign: tf.sign,
    'log of square': (x) => tf.log(tf.square(x)),
    'sqrt of square': (x) => tf.sqrt(tf.square(x)),
    'rsqrt of square': (x) => tf.rsqrt(tf.square(x)),
    reciprocal: tf.reciprocal,
    clip: (x) => tf.clipByValue(x, -0.4, 0.6),
    step: tf.step,
    softmax: (x) => tf.softmax(x),
    logSoftmax: (x) => tf.logSoftmax(x),
    'cast of comparison': (x) => tf.mul(x, tf.cast(tf.greater(x, 0.2), 'float32')),
    'global average pooling': (x) => (x.rank === 4 ? tf.mean(x, [1, 2]) : tf.mean(x)),
    'sum of last axis': (x) => tf.sum(x, -1),
    'sum of all': (x) => tf.sum(x),
    'mean kept': (x) => tf.mean(x, 0, true),
    max: (x) => tf.max(x, -1),
    'min kept': (x) => tf.min(x, -1, true),
    reshape: (x) => tf.reshape(x, [-1]),
    transpose: (x) => tf.transpose(x),
    pad: (x) =>
      tf.pad(
        x,
        x.shape.map((_, i) => [i % 2, 1] as [number, number]),
      ),
    slice: (x) =>
      tf.slice(
        x,
        x.shape.map(() => 1),
        x.shape.map((n) => n - 1),
      ),
    tile: (x) =>
      tf.tile(
        x,
        x.shape.map((_, i) => (i === 0 ? 2 : 1)),
      ),
    concat: (x) => tf.concat([x, tf.relu(x)], -1),
    expandDims: (x) => tf.expandDims(x, 1),
    'select where': (x) => tf.where(tf.less(x, 0.1), x, tf.square(x)),
    comparisons: (x) =>
      tf.add(
        tf.cast(tf.logicalAnd(tf.lessEqual(x, 0.5), tf.greaterEqual(x, -0.5)), 'float32'),
        tf.mul(x, tf.cast(tf.logicalNot(tf.notEqual(x, 0)), 'float32')),
      ),
    'equality to argmax': (x) => tf.mul(x, tf.cast(tf.equal(x, tf.max(x, -1, true)), 'float32')),
    'relu of scaled sum': (x) => tf.relu(tf.addN([x, tf.mul(x, 2), tf.sub(x, 0.3)])),
  }
  for (const [name, body] of Object.entries(unary)) {
    test(name, async () => {
      const shapes =
        name === 'expandDims' || name === 'concat'
          ? [
              [3, 4],
              [2, 5, 3],
            ]
          : [
              [3, 4],
              [2, 5, 3, 16],
              [2, 3, 3, 5],
              [2, 3, 3, 12],
            ]
      const differentiable = !WITHOUT_GRADIENT.has(name)
      for (const shape of shapes) {
        await agrees(`${name} ${shape.join('x')}`, { x: shape }, ({ x }) => body(x as tf.Tensor), 1, differentiable)
      }
    })
  }
  test('argmax', async () => {
    await agrees('argmax', { x: [7, 5] }, ({ x }) => tf.cast(tf.argMax(x as tf.Tensor, -1), 'float32'), 9, false)
  })
  test('binary operations broadcast', async () => {
    const pairs: [number[], number[]][] = [
      [
        [3, 4],
        [3, 4],
      ],
      [[3, 4], [4]],
      [[2, 3, 3, 16], [16]],
      [
        [2, 3, 3, 16],
        [2, 1, 1, 16],
      ],
      [
        [2, 3, 3, 16],
        [2, 1, 1, 1],
      ],
      [
        [2, 3, 3, 5],
        [2, 1, 1, 1],
      ],
      [[2, 3, 3, 5], [5]],
      [
        [2, 3, 3, 16],
        [2, 3, 3, 16],
      ],
      [[2, 3, 3, 5], []],
      [[2, 3, 3, 12], [12]],
      [
        [2, 3, 3, 12],
        [2, 1, 1, 1],
      ],
      [
        [2, 3, 3, 12],
        [2, 3, 3, 12],
      ],
      [[2, 3, 3, 12], []],
    ]
    const operations = {
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      div: tf.div,
      maximum: tf.maximum,
      minimum: tf.minimum,
      squaredDifference: tf.squaredDifference,
    }
    // TensorFlow.js's own gradients of these do not sum over broadcast axes.
    const sameShapeOnly = new Set(['maximum', 'minimum', 'squaredDifference'])
    for (const [name, operation] of Object.entries(operations)) {
      for (const [a, b] of pairs) {
        // A pass over channels first, so that one side arrives in the layout of images.
        await agrees(
          `${name} ${a.join('x')} ${b.join('x')}`,
          { a, b },
          ({ a, b }) => operation(asImages(a as tf.Tensor), b as tf.Tensor),
          1,
          a.join() === b.join() || !sameShapeOnly.has(name),
        )
      }
    }
  }, 60_000)
  test('matrix products, transposed and batched', async () => {
    for (const [a, b, ta, tb] of [
      [[3, 4], [4, 5], false, false],
      [[4, 3], [4, 5], true, false],
      [[3, 4], [5, 4], false, true],
      [[4, 3], [5, 4], true, true],
      [[2, 3, 4], [2, 4, 5], false, false],
    ] as const) {
      await agrees(`matMul ${a.join('x')} ${b.join('x')}`, { a: [...a], b: [...b] }, ({ a, b }) =>
        tf.matMul(a as tf.Tensor, b as tf.Tensor, ta, tb),
      )
    }
  })
})

test('every kernel that can be lowered was, above', () => {
  expect(LOWERED_KERNELS.filter((kernel) => !seen.has(kernel))).toEqual([])
})
