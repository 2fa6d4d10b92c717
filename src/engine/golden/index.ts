/**
 * Golden vectors: fills a network's parameters by an integer hash that any language can compute, runs it on a device,
 * and compares logits, loss, gradients, evaluation mode and four optimiser steps with numbers computed elsewhere in
 * float64. The hash, the target and the probes are those of the reference file's `meta`.
 */
import { z } from 'zod'
import { badFile } from '../../domain/errors'
import { differentiate } from '../gradients'
import { network, type Network, type ParameterSpec } from '../model'
import type { Device, NamedArrays, NamedValues, Program } from '../program'
import type { tf } from '../tensorflow'
import { softCrossEntropy } from '../model/loss'
import { mixingInputs, mixingSignature } from '../model/mixing'
import { momentumOf, trainingProgram } from '../training/program'
import { median } from '../../domain/averages'

const numbers = z.array(z.number())
const golden = z.object({
  batch: z.number().int().positive(),
  logits: z.array(numbers),
  loss: z.number(),
  /** Per parameter in order: its gradient's norm, and sum_i g[i] cos(0.21 i) in the order of `referenceOrder`. */
  grad_l2: numbers,
  grad_probe: numbers,
  /** Parameters whose true gradient is zero; compared absolutely. */
  zero_grad_tensors: z.array(z.union([z.number(), z.string()])),
  input_grad_l2: z.number(),
  input_grad_probe: z.number(),
  eval_logits: z.array(numbers),
  eval_loss: z.number(),
  eval_input_grad_l2: z.number(),
  eval_input_grad_probe: z.number(),
  float32_noise: z.record(z.string(), z.number()),
  sgd_nesterov_losses: numbers.optional(),
})
/** The same with mixtures weighted by a formula: alpha 0.5 + 0.4 sin(1 + 2b + n) and beta 0.5 + 0.4 sin(2 + 3b + n). */
const goldenShake = golden.pick({ logits: true, loss: true, grad_l2: true, grad_probe: true, input_grad_l2: true })
const goldenFile = z.object({
  networks: z.record(
    z.string(),
    z.object({ golden_hash: golden.optional(), golden_shake_hash: goldenShake.optional() }),
  ),
})

export interface GoldenEntry {
  id: string
  expected: z.infer<typeof golden>
  /** Of networks that mix paths by random weights. */
  mixed?: z.infer<typeof goldenShake>
}

/** Largest relative deviations (logits: absolute over the largest logit, where that exceeds 1). */
export interface GoldenResult {
  id: string
  logits: number
  loss: number
  /** Over parameters, the larger of the norm's and the probe's deviation relative to the norm. */
  gradientMedian: number
  gradientWorst: number
  inputGradient: number
  evalLogits: number
  evalLoss: number
  evalInputGradient: number
  sgdLosses: number
  passed: boolean
}

/**
 * The entries of a reference file that hold golden vectors, and the ids of those whose network is not known here.
 * Throws StudioError('bad-file').
 */
export function readGolden(text: string, file: string): { entries: GoldenEntry[]; unknown: string[] } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw badFile(file, undefined, `is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = goldenFile.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw badFile(file, issue?.path.join('.'), issue?.message ?? 'is not a reference file')
  }
  const entries: GoldenEntry[] = []
  const unknown: string[] = []
  for (const [id, { golden_hash: expected, golden_shake_hash: mixed }] of Object.entries(parsed.data.networks)) {
    if (!expected) continue
    if (isKnown(id)) entries.push({ id, expected, mixed })
    else unknown.push(id)
  }
  return { entries, unknown }
}

function isKnown(id: string): boolean {
  try {
    network(id)
    return true
  } catch {
    return false
  }
}

export async function goldenCheck(entries: GoldenEntry[], device: Device): Promise<GoldenResult[]> {
  const results: GoldenResult[] = []
  for (const entry of entries) results.push(await check(entry, device))
  return results
}

/** u(i, k) in (-1, 1): a murmur-style mix of element index i and tensor number k. */
export function goldenHash(i: number, k: number): number {
  let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(k + 1, 0x85ebca77)
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  h ^= h >>> 16
  return (((h >>> 0) + 0.5) / 2 ** 32) * 2 - 1
}

const INPUT_TENSOR = 99999

/**
 * For each element of a tensor in our layout, its index in the reference's C order: filters HWIO against OIHW, linear
 * weights [in, out] against [out, in], images NHWC against NCHW, anything else as it is.
 */
function referenceOrder(shape: number[], role: ParameterSpec['role'] | 'images'): (index: number) => number {
  const [a, b, c, d] = shape as [number, number, number, number]
  if (role === 'fc_weight') return (i) => (i % b) * a + Math.floor(i / b)
  if (role === 'conv') {
    return (i) => {
      const [o, rest] = [i % d, Math.floor(i / d)]
      return (o * c + (rest % c)) * a * b + Math.floor(rest / c)
    }
  }
  if (role === 'images') {
    return (i) => {
      const [channel, pixel] = [i % d, Math.floor(i / d)]
      return (Math.floor(pixel / (b * c)) * d + channel) * b * c + (pixel % (b * c))
    }
  }
  return (i) => i
}

function filled(shape: number[], role: ParameterSpec['role'] | 'images', k: number): Float32Array {
  const order = referenceOrder(shape, role)
  const size = shape.reduce((product, dim) => product * dim, 1)
  const fanIn = role === 'conv' ? shape.slice(0, 3).reduce((product, dim) => product * dim, 1) : (shape[0] as number)
  const scale = { conv: Math.sqrt(6 / fanIn), fc_weight: Math.sqrt(3 / fanIn), images: Math.sqrt(3), bn_gamma: 0.2 }
  const factor = role in scale ? scale[role as keyof typeof scale] : 0.1
  const offset = role === 'bn_gamma' ? 1 : 0
  return Float32Array.from({ length: size }, (_, i) => offset + factor * goldenHash(order(i), k))
}

/** Parameters by the hash, running statistics at 0 and 1, zero momentum. */
export function goldenState(net: Network): NamedValues {
  const state = net.initialise(0)
  net.parameters.forEach(({ name, shape, role }, k) => {
    const data = filled(shape, role, k)
    state[name] = { shape, data }
    state[momentumOf(name)] = { shape, data: new Float32Array(data.length) }
  })
  return state
}

/** images [N, H, W, C] and targets [N, classes] of the reference. */
export function goldenBatch(net: Network, batch: number): { images: Float32Array; targets: Float32Array } {
  const { height, width, channels, classes } = net.image
  const targets = Float32Array.from({ length: batch * classes }, (_, i) => {
    const weight = (c: number) => Math.exp(Math.sin(3 * Math.floor(i / classes) + c))
    return weight(i % classes) / Array.from({ length: classes }, (_, c) => weight(c)).reduce((a, b) => a + b)
  })
  return { images: filled([batch, height, width, channels], 'images', INPUT_TENSOR), targets }
}

/** Weights of the mixtures: block b, image n. */
function goldenMixing({ mixtures }: Network, batch: number): Float32Array {
  return Float32Array.from({ length: mixtures * 2 * batch }, (_, i) => {
    const [b, pass, n] = [Math.floor(i / (2 * batch)), Math.floor(i / batch) % 2, i % batch]
    return 0.5 + 0.4 * Math.sin(pass === 0 ? 1 + 2 * b + n : 2 + 3 * b + n)
  })
}

/** Forward and all gradients of one mode, without an update other than the running statistics'. */
export function gradientProgram(net: Network, batch: number, training: boolean, isMixed = false): Program {
  const { height, width, channels, classes } = net.image
  return {
    name: `${net.id}/gradient-${training ? 'training' : 'evaluation'}`,
    inputs: {
      images: [batch, height, width, channels],
      targets: [batch, classes],
      ...(isMixed ? mixingSignature(net, batch) : {}),
    },
    step(state, { images, targets, mixing }) {
      const mode = { training, normalise: false, mixing: mixing as tf.Tensor3D | undefined }
      const parameters = training
        ? Object.fromEntries(net.parameters.map(({ name }) => [name, state[name] as tf.Tensor]))
        : {}
      const at = { ...parameters, 'images/gradient': images as tf.Tensor }
      const { value, gradients, extras } = differentiate((current) => {
        const x = current['images/gradient'] as tf.Tensor4D
        const { logits, updates } = net.forward({ ...state, ...current }, x, mode)
        return { value: softCrossEntropy(logits, targets as tf.Tensor2D), extras: { ...updates, logits } }
      }, at)
      const { logits, ...updates } = extras
      return { state: updates, outputs: { ...gradients, loss: value, logits: logits as tf.Tensor } }
    },
  }
}

async function check({ id, expected, mixed }: GoldenEntry, device: Device): Promise<GoldenResult> {
  const net = network(id)
  const { batch, float32_noise: noise } = expected
  const inputs = goldenBatch(net, batch)
  const initial = goldenState(net)
  const state = await device.createState(initial)
  const run = async (program: Program, more: NamedArrays = {}) => {
    const compiled = await device.compile(program, state)
    const outputs = await compiled.run({ ...inputs, ...more })
    compiled.dispose()
    return outputs as Record<string, Float32Array>
  }
  try {
    const training = await run(gradientProgram(net, batch, true))
    const evaluation = await run(gradientProgram(net, batch, false))
    const gradients = gradientDeviations(net, training, expected)
    const images = [batch, net.image.height, net.image.width, net.image.channels]
    const inputSummary = (outputs: NamedArrays) => summary(outputs['images/gradient'], referenceOrder(images, 'images'))
    const inputDeviation = (outputs: NamedArrays, norm: number, probe: number) =>
      deviation(inputSummary(outputs), norm, probe)
    const result = {
      id,
      logits: logitDeviation(training['logits'], expected.logits),
      loss: relative(training['loss']?.[0], expected.loss),
      gradientMedian: median(gradients),
      gradientWorst: Math.max(...gradients),
      inputGradient: inputDeviation(training, expected.input_grad_l2, expected.input_grad_probe),
      evalLogits: logitDeviation(evaluation['logits'], expected.eval_logits),
      evalLoss: relative(evaluation['loss']?.[0], expected.eval_loss),
      evalInputGradient: inputDeviation(evaluation, expected.eval_input_grad_l2, expected.eval_input_grad_probe),
      sgdLosses: 0,
    }
    if (mixed) {
      const outputs = await run(gradientProgram(net, batch, true, true), { mixing: goldenMixing(net, batch) })
      const deviations = gradientDeviations(net, outputs, { ...mixed, zero_grad_tensors: [] })
      result.logits = Math.max(result.logits, logitDeviation(outputs['logits'], mixed.logits))
      result.loss = Math.max(result.loss, relative(outputs['loss']?.[0], mixed.loss))
      result.gradientMedian = Math.max(result.gradientMedian, median(deviations))
      result.gradientWorst = Math.max(result.gradientWorst, ...deviations)
      const inputNorm = inputSummary(outputs).norm
      result.inputGradient = Math.max(result.inputGradient, relative(inputNorm, mixed.input_grad_l2))
    }
    if (expected.sgd_nesterov_losses) {
      await state.write(initial)
      result.sgdLosses = await sgdDeviation(net, batch, inputs, expected.sgd_nesterov_losses, device, state)
    }
    // A ReLU input within float32 rounding of zero makes single gradients jump by up to a few hundredths: the median
    // must be right to float32, the worst (and the input's, which sums them all) only show that nothing is wrong.
    const within = (value: number, floor: number | undefined, limit: number) =>
      value <= Math.max(10 * (floor ?? 0), limit)
    const passed =
      within(result.logits, noise['logits_max_abs'], 1e-4) &&
      within(result.loss, noise['loss_abs'], 1e-4) &&
      within(result.gradientMedian, noise['grad_rel_median'], 1e-3) &&
      within(result.gradientWorst, undefined, 0.1) &&
      within(result.inputGradient, noise['input_grad_rel'], 0.05) &&
      within(result.evalLogits, noise['eval_logits_max_abs'], 1e-4) &&
      within(result.evalLoss, noise['loss_abs'], 1e-4) &&
      within(result.evalInputGradient, noise['eval_input_grad_rel'], 0.05) &&
      within(result.sgdLosses, undefined, 5e-3)
    return { ...result, passed }
  } finally {
    state.dispose()
  }
}

/** Losses before each of the steps of SGD lr 0.1, Nesterov momentum 0.9, weight decay 1e-4 on the same batch. */
async function sgdDeviation(
  net: Network,
  batch: number,
  { images, targets }: { images: Float32Array; targets: Float32Array },
  expected: number[],
  device: Device,
  state: Awaited<ReturnType<Device['createState']>>,
): Promise<number> {
  const options = { batch, momentum: 0.9, nesterov: true, weightDecay: 1e-4, normalise: false }
  const step = await device.compile(trainingProgram(net, options), state)
  const mixing = mixingInputs(net, batch, null)
  let worst = 0
  for (const loss of expected) {
    const outputs = await step.run({ images, targets, hard: targets, learningRate: Float32Array.of(0.1), ...mixing })
    worst = Math.max(worst, relative(outputs['loss']?.[0], loss))
  }
  step.dispose()
  return worst
}

type ExpectedGradients = Pick<GoldenEntry['expected'], 'grad_l2' | 'grad_probe' | 'zero_grad_tensors'>

function gradientDeviations(net: Network, outputs: NamedArrays, expected: ExpectedGradients): number[] {
  const largest = Math.max(...expected.grad_l2)
  const zero = new Set(expected.zero_grad_tensors.map(String))
  return net.parameters.map(({ name, shape, role }, k) => {
    const found = summary(outputs[name], referenceOrder(shape, role))
    const norm = expected.grad_l2[k] ?? Number.NaN
    if (zero.has(String(k)) || norm === 0) return found.norm / largest
    return deviation(found, norm, expected.grad_probe[k] ?? Number.NaN)
  })
}

function summary(values: Float32Array | undefined, order: (index: number) => number): { norm: number; probe: number } {
  let square = 0
  let probe = 0
  values?.forEach((value, i) => {
    square += value * value
    probe += value * Math.cos(0.21 * order(i))
  })
  return { norm: Math.sqrt(square), probe }
}

const deviation = (found: { norm: number; probe: number }, norm: number, probe: number): number =>
  Math.max(Math.abs(found.norm - norm), Math.abs(found.probe - probe)) / norm

const relative = (found: number | undefined, expected: number): number =>
  Math.abs((found ?? Number.NaN) - expected) / Math.abs(expected)

function logitDeviation(found: Float32Array | undefined, expected: number[][]): number {
  const flat = expected.flat()
  const scale = Math.max(1, ...flat.map(Math.abs))
  return Math.max(...flat.map((value, i) => Math.abs((found?.[i] ?? Number.NaN) - value))) / scale
}
