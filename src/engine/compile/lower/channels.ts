/** Per-channel sums and affine passes: what batch normalisation becomes after the rewrites. */
import { CHANNEL_AFFINE } from '../../model/operations/channelAffine'
import { CHANNEL_AFFINE_FUSED, CHANNEL_COMBINE, CHANNEL_MOMENTS, CHANNEL_PRODUCT, CHANNEL_SUM } from '../graph/rewrite'
import type { ValueId } from '../graph/graph'
import { input, NCHWC, output, type Layout, type Lowering, type Rule } from './lowering'

/** The layout per-channel work happens in: blocked where it can be, NCHW otherwise. */
export function imageLayout(to: Lowering, x: ValueId): Layout {
  return to.blocks.fit(x) ? 'blocked' : 'nchw'
}

/** Mean over images and pixels of a tensor that lies like image `x` in `layout`, [C]. */
function channelMean(to: Lowering, tensor: string, x: ValueId, layout: Layout): string {
  if (layout === 'nchw') return to.op('ReduceMean', [tensor], { axes: [0, 2, 3], keepdims: 0 })
  const perImage = to.op('GlobalAveragePool', [tensor], {}, { domain: NCHWC })
  const flat = to.reshape(perImage, [to.shape(x)[0] as number, to.blocks.channels(x)])
  return to.gathered(to.op('ReduceMean', [flat], { axes: [0], keepdims: 0 }), 0, to.blocks.parts(x))
}

export function channelSum(to: Lowering, tensor: string, x: ValueId, layout: Layout): string {
  const [n = 1, h = 1, w = 1] = to.shape(x)
  return to.op('Mul', [channelMean(to, tensor, x, layout), to.scalar(n * h * w)])
}

const moments: Rule = (node, to) => {
  const x = input(node, 'x')
  const [mean, variance] = node.outputs as [ValueId, ValueId]
  const layout = imageLayout(to, x)
  const name = to.get(x, layout)
  const average = channelMean(to, name, x, layout)
  to.set(mean, average)
  if (layout === 'nchw') {
    const centred = to.op('Sub', [name, to.reshape(average, [1, to.shape(x)[3] as number, 1, 1])])
    return to.set(variance, channelMean(to, to.op('Mul', [centred, centred]), x, layout))
  }
  // E[x^2] - E[x]^2: one pass less. Inputs of batch normalisation have means of the order of their deviation.
  const square = channelMean(to, to.op('Mul', [name, name]), x, layout)
  const difference = to.op('Sub', [square, to.op('Mul', [average, average])])
  to.set(variance, to.op('Relu', [difference]))
}

/** tensor*scale (+ shift) (+ residual) (then ReLU), all in one pass of the depthwise NCHWc kernel; lies like `x`. */
export function affineBlocked(
  to: Lowering,
  tensor: string,
  x: ValueId,
  scale: string,
  shift = '',
  residual = '',
  relu = false,
): string {
  const parts = to.blocks.parts(x)
  const channels = to.blocks.room(parts)
  const vector = (name: string) => (name === '' ? '' : to.spread(name, 1, 0, parts))
  const inputs = [tensor, to.reshape(vector(scale), [channels, 1, 1, 1]), vector(shift), residual]
  while (inputs[inputs.length - 1] === '') inputs.pop()
  const attributes = { kernel_shape: [1, 1], strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: channels }
  return to.op('Conv', inputs, relu ? { ...attributes, activation: 'Relu' } : attributes, { domain: NCHWC })
}

const affine: Rule = (node, to) => {
  const x = input(node, 'x')
  const residual = node.inputs['residual']
  const relu = Boolean(node.attributes['relu'])
  const [scale, shift] = [to.get(input(node, 'scale')), to.get(input(node, 'shift'))]
  const layout = imageLayout(to, x)
  const channels = to.shape(x)[3] as number
  if (layout === 'blocked') {
    const rest = residual === undefined ? '' : to.get(residual, 'blocked')
    return to.set(output(node), affineBlocked(to, to.get(x, layout), x, scale, shift, rest, relu), layout)
  }
  const vector = (name: string) => to.reshape(name, [1, channels, 1, 1])
  let y = to.op('Add', [to.op('Mul', [to.get(x, layout), vector(scale)]), vector(shift)])
  if (residual !== undefined) y = to.op('Add', [y, to.get(residual, layout)])
  if (relu) y = to.op('Relu', [y])
  to.set(output(node), y, layout)
}

const combine: Rule = (node, to) => {
  const x = input(node, 'x')
  const layout = imageLayout(to, x)
  const channels = to.shape(x)[3] as number
  const sum = node.inputs['sum']
  const [a, b, c] = ['a', 'b', 'c'].map((name) => to.get(input(node, name))) as [string, string, string]
  const [dy, values] = [to.get(input(node, 'dy'), layout), to.get(x, layout)]
  if (layout === 'blocked') {
    const inner = affineBlocked(to, values, x, b, c, sum === undefined ? '' : to.get(sum, layout))
    return to.set(output(node), affineBlocked(to, dy, x, a, '', inner), layout)
  }
  const vector = (name: string) => to.reshape(name, [1, channels, 1, 1])
  let dx = to.op('Add', [to.op('Mul', [values, vector(b)]), vector(c)])
  if (sum !== undefined) dx = to.op('Add', [dx, to.get(sum, layout)])
  to.set(output(node), to.op('Add', [to.op('Mul', [dy, vector(a)]), dx]), layout)
}

export const CHANNELS: Record<string, Rule> = {
  [CHANNEL_MOMENTS]: moments,
  [CHANNEL_SUM]: (node, to) => {
    const x = input(node, 'x')
    const layout = imageLayout(to, x)
    to.set(output(node), channelSum(to, to.get(x, layout), x, layout))
  },
  [CHANNEL_PRODUCT]: (node, to) => {
    const a = input(node, 'a')
    const layout = imageLayout(to, a)
    const product = to.op('Mul', [to.get(a, layout), to.get(input(node, 'b'), layout)])
    to.set(output(node), channelSum(to, product, a, layout))
  },
  [CHANNEL_COMBINE]: combine,
  [CHANNEL_AFFINE]: affine,
  [CHANNEL_AFFINE_FUSED]: affine,
}
