/** Whole training steps, compiled, against numbers computed elsewhere in float64. */
import { readFile } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { openOnnxDevice } from '../../../src/engine/devices/onnx'
import { openEager } from '../../../src/engine/devices/eager'
import { goldenBatch, goldenCheck, readGolden } from '../../../src/engine/golden'
import { network } from '../../../src/engine/model'
import type { Device, NamedValues } from '../../../src/engine/program'
import { Random } from '../../../src/domain/addressedRandom'
import { mixingInputs } from '../../../src/engine/model/mixing'
import { initialTrainingState, trainingProgram } from '../../../src/engine/training/program'
import { shared } from '../../support/shared'

const file = shared('reference', 'networks.json')
const GOLDEN = [
  'resnet_basic_8',
  'resnet_basic_20',
  'wrn_10_2',
  'resnet_preact_bottleneck_11',
  'vgg_15_BN_16',
  'densenet_BC_16_12',
  'resnext_11_4x8d',
  'pyramidnet_basic_8_24',
  'shake_shake_8_2x8d',
]
let device: Device | undefined
afterEach(() => device?.dispose())

for (const layout of ['auto', 'nchw'] as const) {
  test.skipIf(file === null)(`every family on the CPU, layout ${layout}`, { timeout: 240_000 }, async () => {
    device = await openOnnxDevice('cpu', { layout })
    const { entries } = readGolden(await readFile(file as string, 'utf8'), file as string)
    expect(entries.map(({ id }) => id)).toEqual(expect.arrayContaining(GOLDEN))
    for (const result of await goldenCheck(entries, device)) {
      expect(result, JSON.stringify(result)).toMatchObject({ passed: true })
    }
  })
}

test.skipIf(file === null)('mixtures are checked at uneven weights too', async () => {
  device = await openOnnxDevice('cpu')
  const { entries } = readGolden(await readFile(file as string, 'utf8'), file as string)
  const entry = structuredClone(entries.find(({ id }) => id === 'shake_shake_8_2x8d'))
  if (!entry?.mixed) throw new Error('the reference holds no mixtures')
  delete entry.expected.sgd_nesterov_losses
  entry.mixed.grad_l2 = entry.expected.grad_l2
  entry.mixed.grad_probe = entry.expected.grad_probe
  const [result] = await goldenCheck([entry], device)
  expect(result).toMatchObject({ passed: false })
  expect(result?.gradientMedian).toBeGreaterThan(0.01)
  expect(result?.loss).toBeLessThan(1e-5)
})

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))

/** Small members, at channel counts that the processor's blocks divide and at others. */
const STEPS: [string, number][] = [
  ['resnet_basic_8', 16],
  ['vgg_7_BN_8', 32],
  ['wrn_10_2', 8],
  ['resnet_preact_bottleneck_11', 8],
  ['resnext_11_2x16d', 8],
  ['densenet_BC_16_8', 8],
  ['pyramidnet_basic_8_48', 8],
  ['shake_shake_8_2x16d', 8],
]

test.each(STEPS)(
  'a training step of %s at a batch the blocked filter gradient takes, against the oracle',
  { timeout: 120_000 },
  async (id, side) => {
    const batch = 16
    const net = network(id, { height: side, width: side, channels: 3, classes: 10 })
    const program = trainingProgram(net, { batch, momentum: 0.9, nesterov: true, weightDecay: 1e-4 })
    const { images } = goldenBatch(net, batch)
    const hard = Float32Array.from({ length: batch * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0))
    const mixing = mixingInputs(net, batch, new Random(1))
    const inputs = { images, targets: hard, hard, learningRate: Float32Array.of(0.1), ...mixing }
    const states: NamedValues[] = []
    for (const opened of [await openEager('tfjs-cpu'), await openOnnxDevice('cpu')]) {
      const state = await opened.createState(initialTrainingState(net, 1))
      const step = await opened.compile(program, state)
      await step.run(inputs)
      states.push(await state.read())
      await opened.dispose()
    }
    const [expected, actual] = states as [NamedValues, NamedValues]
    for (const [name, { data }] of Object.entries(expected)) {
      const distance = norm(data.map((x, i) => x - (actual[name]?.data[i] as number)))
      expect(distance, name).toBeLessThan(1e-3 * norm(data) + 1e-6)
    }
  },
)
