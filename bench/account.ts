/**
 * Where a training step's time goes: ONNX Runtime's own profile summed by what the operators are for, against the
 * machine's matrix-product peak measured in the same process. Options: --network, --batch, --threads, --steps.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as ort from 'onnxruntime-node'
import { compileToOnnx } from '../src/engine/compile/compile'
import { encodeModel, FLOAT } from '../src/engine/compile/lower/onnx'
import { channelBlock } from '../src/engine/devices/onnx'
import { network } from '../src/engine/model'
import { initialTrainingState, trainingProgram } from '../src/engine/training/program'

interface ProfileEvent {
  cat: string
  name: string
  dur: number
  args?: { op_name?: string }
}

export async function account(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      network: { type: 'string', default: 'resnet_basic_20' },
      batch: { type: 'string', default: '128' },
      threads: { type: 'string', default: String(availableParallelism()) },
      steps: { type: 'string', default: '20' },
    },
  })
  const [batch, threads, steps] = [Number(values.batch), Number(values.threads), Number(values.steps)]
  const net = network(values.network)
  const { byPart, msPerStep } = await profile(net, batch, threads, steps)
  const gemm = await matrixProductPeak(threads)
  // Forward, input gradient (not of the first convolution) and filter gradient, two operations a multiply-add.
  const gflop = (3 * net.multiplyAdds * batch * 2) / 1e9
  const convolution =
    (byPart['convolution forward'] ?? 0) + (byPart['input gradient'] ?? 0) + (byPart['filter gradient'] ?? 0)
  return {
    network: values.network,
    batch,
    threads,
    msPerStep,
    imagesPerSecond: (batch / msPerStep) * 1e3,
    shares: Object.fromEntries(Object.entries(byPart).map(([part, ms]) => [part, share(ms, byPart)])),
    milliseconds: byPart,
    matrixProductPeakGflops: gemm,
    stepGflops: (gflop / msPerStep) * 1e3,
    convolutionGflops: (gflop / convolution) * 1e3,
  }
}

function share(ms: number, parts: Record<string, number>): string {
  const total = Object.values(parts).reduce((a, b) => a + b, 0)
  return `${((100 * ms) / total).toFixed(1)}%`
}

async function profile(net: ReturnType<typeof network>, batch: number, threads: number, steps: number) {
  const program = trainingProgram(net, { batch, momentum: 0.9, nesterov: true, weightDecay: 1e-4 })
  const initial = initialTrainingState(net, 1)
  const shapes = Object.fromEntries(Object.entries(initial).map(([name, { shape }]) => [name, shape]))
  const model = compileToOnnx(program, shapes, { block: await channelBlock(), microsoft: true, threads })
  const folder = mkdtempSync(join(tmpdir(), 'second-guess-profile-'))
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    intraOpNumThreads: threads,
    enableProfiling: true,
    profileFilePrefix: join(folder, 'profile'),
    logSeverityLevel: 3,
  })
  const feeds: Record<string, ort.Tensor> = {}
  for (const [name, graphName] of model.state) {
    const { shape, data } = initial[name] as (typeof initial)[string]
    feeds[graphName] = new ort.Tensor('float32', data, shape)
  }
  for (const [name, graphName] of model.inputs) {
    const shape = program.inputs[name] as number[]
    const size = shape.reduce((a, b) => a * b, 1)
    feeds[graphName] = new ort.Tensor(
      'float32',
      Float32Array.from({ length: size }, () => Math.random() / 10),
      shape,
    )
  }
  const times: number[] = []
  for (let step = 0; step < steps; step++) {
    const start = performance.now()
    await session.run(feeds)
    times.push(performance.now() - start)
  }
  session.endProfiling()
  const [file] = readdirSync(folder)
  const events = JSON.parse(readFileSync(join(folder, file as string), 'utf8')) as ProfileEvent[]
  rmSync(folder, { recursive: true })
  const byPart: Record<string, number> = {}
  for (const { cat, name, dur, args } of events) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue
    const part = partOf(name, args?.op_name ?? '')
    byPart[part] = (byPart[part] ?? 0) + dur / 1000 / steps
  }
  const ordered = Object.fromEntries(Object.entries(byPart).sort(([, a], [, b]) => b - a))
  return { byPart: ordered, msPerStep: times.sort((a, b) => a - b)[times.length >> 1] as number }
}

/** Node names start with the traced kernel they were lowered from. */
function partOf(name: string, operator: string): string {
  if (name.includes('Conv2DBackpropFilter')) {
    return operator === 'Conv' ? 'filter gradient' : 'filter gradient, moving data'
  }
  if (name.includes('Conv2DBackpropInput'))
    return operator === 'Conv' ? 'input gradient' : 'input gradient, moving data'
  if (name.includes('Conv2D')) return 'convolution forward'
  if (name.includes('BatchNormalization')) return 'batch normalisation'
  if (/Relu|Step/.test(name)) return 'ReLU'
  return 'the rest (residual gradients, optimiser, loss)'
}

/** GFLOP/s of a 1024 x 1024 x 1024 float32 product, best of 20. */
async function matrixProductPeak(threads: number): Promise<number> {
  const n = 1024
  const value = (name: string) => ({ name, type: FLOAT, dims: [n, n] })
  const node = { op: 'MatMul', domain: '', name: 'product', inputs: ['a', 'b'], outputs: ['c'], attributes: {} }
  const bytes = encodeModel({
    name: 'peak',
    nodes: [node],
    initializers: [],
    inputs: [value('a'), value('b')],
    outputs: [value('c')],
  })
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: threads })
  const matrix = () =>
    new ort.Tensor(
      'float32',
      Float32Array.from({ length: n * n }, () => Math.random()),
      [n, n],
    )
  const feeds = { a: matrix(), b: matrix() }
  let best = Infinity
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    await session.run(feeds)
    best = Math.min(best, performance.now() - start)
  }
  await session.release()
  return (2 * n ** 3) / best / 1e6
}
