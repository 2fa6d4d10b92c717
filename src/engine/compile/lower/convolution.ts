/**
 * Convolutions in NCHW with standard ONNX operators: what every device but an AVX processor runs, and what a
 * processor runs for images of a few channels. `convolutionBlocked.ts` is the fast path.
 */
import { convolutionGeometry, type ConvolutionGeometry } from '../graph/shapes'
import { GROUPED_CONVOLUTION, GROUPED_CONVOLUTION_INPUT_GRADIENT } from '../../model/operations/groupedConvolution'
import type { Node } from '../graph/graph'
import { input, MICROSOFT, output, type Lowering, type Rule } from './lowering'
import { blockedBackpropFilter, blockedBackpropInput, blockedConvolution } from './convolutionBlocked'

export interface Convolution extends ConvolutionGeometry {
  /** Rows and columns read beyond the bottom and right edge; negative where the last ones are never read. */
  padBottom: number
  padRight: number
}

function geometry(x: number[], filter: number[], node: Node): Convolution {
  const g = convolutionGeometry(x, filter, node.attributes)
  return {
    ...g,
    padBottom: g.strideHeight * (g.outHeight - 1) + g.filterHeight - g.inHeight - g.padTop,
    padRight: g.strideWidth * (g.outWidth - 1) + g.filterWidth - g.inWidth - g.padLeft,
  }
}

const forward: Rule = (node, to) => {
  const x = input(node, 'x')
  const filter = input(node, 'filter')
  const g = geometry(to.shape(x), to.shape(filter), node)
  const blocked = blockedConvolution(to, x, output(node), filter, g)
  if (blocked !== null) return to.set(output(node), blocked, 'blocked')
  const weights = to.transpose(to.get(filter), [3, 2, 0, 1])
  const y = to.op('Conv', [to.get(x, 'nchw'), weights], {
    kernel_shape: [g.filterHeight, g.filterWidth],
    strides: [g.strideHeight, g.strideWidth],
    pads: [g.padTop, g.padLeft, Math.max(0, g.padBottom), Math.max(0, g.padRight)],
    group: g.groups,
  })
  to.set(output(node), y, 'nchw')
}

/** The transposed convolution as a convolution of the (zero-interleaved) output gradient with the flipped filter. */
const backpropInput: Rule = (node, to) => {
  const dy = input(node, 'dy')
  const filter = input(node, 'filter')
  const g = geometry(node.attributes['inputShape'] as number[], to.shape(filter), node)
  const sum = node.inputs['sum']
  const blocked = blockedBackpropInput(to, dy, output(node), filter, g, sum)
  if (blocked !== null) return to.set(output(node), blocked, 'blocked')
  const strided = g.strideHeight > 1 || g.strideWidth > 1
  const gradient = strided ? convTranspose(to, dy, filter, g) : flippedConvolution(to, dy, filter, g)
  to.set(output(node), sum === undefined ? gradient : to.op('Add', [gradient, to.get(sum, 'nchw')]), 'nchw')
}

function flippedConvolution(to: Lowering, dy: number, filter: number, g: Convolution): string {
  const pads = [
    g.filterHeight - 1 - g.padTop,
    g.filterWidth - 1 - g.padLeft,
    g.filterHeight - 1 - g.padBottom,
    g.filterWidth - 1 - g.padRight,
  ]
  if (pads.some((pad) => pad < 0)) return convTranspose(to, dy, filter, g)
  const [h, w, perGroup] = [g.filterHeight, g.filterWidth, g.inChannels / g.groups]
  const flipped = to.reshape(flip(to, to.get(filter), g), [h, w, perGroup, g.groups, g.outChannels / g.groups])
  const weights = to.reshape(to.transpose(flipped, [3, 2, 4, 0, 1]), [g.inChannels, g.outChannels / g.groups, h, w])
  return to.op('Conv', [to.get(dy, 'nchw'), weights], { kernel_shape: [h, w], pads, group: g.groups })
}

function convTranspose(to: Lowering, dy: number, filter: number, g: Convolution): string {
  const weights = to.transpose(to.get(filter), [3, 2, 0, 1])
  const full = to.op('ConvTranspose', [to.get(dy, 'nchw'), weights], {
    kernel_shape: [g.filterHeight, g.filterWidth],
    strides: [g.strideHeight, g.strideWidth],
    pads: [g.padTop, g.padLeft, Math.max(0, g.padBottom), Math.max(0, g.padRight)],
    group: g.groups,
  })
  const [missingRows, missingColumns] = [Math.max(0, -g.padBottom), Math.max(0, -g.padRight)]
  if (missingRows === 0 && missingColumns === 0) return full
  // Rows and columns that the forward pass never read have no gradient.
  return to.op('Pad', [full, to.ints([0, 0, 0, 0, 0, 0, missingRows, missingColumns])])
}

/** Reverses both spatial axes of an HWIO filter. */
export function flip(to: Lowering, filter: string, g: ConvolutionGeometry): string {
  if (g.filterHeight === 1 && g.filterWidth === 1) return filter
  const beforeFirst = -(2 ** 31)
  return to.op('Slice', [
    filter,
    to.ints([-1, -1]),
    to.ints([beforeFirst, beforeFirst]),
    to.ints([0, 1]),
    to.ints([-1, -1]),
  ])
}

/** One matrix product per filter tap, over all pixels of an image, summed over the batch. */
const backpropFilter: Rule = (node, to) => {
  const x = input(node, 'x')
  const dy = input(node, 'dy')
  const g = geometry(to.shape(x), node.attributes['filterShape'] as number[], node)
  const blocked = blockedBackpropFilter(to, x, dy, g)
  if (blocked !== null) return to.set(output(node), blocked)

  const pixels = g.outHeight * g.outWidth
  const padded = to.op('Pad', [
    to.get(x, 'nchw'),
    to.ints([0, 0, g.padTop, g.padLeft, 0, 0, Math.max(0, g.padBottom), Math.max(0, g.padRight)]),
  ])
  const gradient = to.target.microsoft
    ? to.reshape(to.get(dy, 'nchw'), [g.batch, g.outChannels, pixels])
    : to.reshape(to.get(dy), [g.batch, pixels, g.outChannels])
  const taps: string[] = []
  for (let row = 0; row < g.filterHeight; row++) {
    for (let column = 0; column < g.filterWidth; column++) {
      const tap = to.op('Slice', [
        padded,
        to.ints([row, column]),
        to.ints([row + g.strideHeight * (g.outHeight - 1) + 1, column + g.strideWidth * (g.outWidth - 1) + 1]),
        to.ints([2, 3]),
        to.ints([g.strideHeight, g.strideWidth]),
      ])
      const matrix = to.reshape(tap, [g.batch, g.inChannels, pixels])
      const product = to.target.microsoft
        ? to.op('FusedMatMul', [matrix, gradient], { transB: 1 }, { domain: MICROSOFT })
        : to.op('MatMul', [matrix, gradient])
      taps.push(to.op('ReduceSum', [product, to.ints([0])], { keepdims: 1 }))
    }
  }
  const stacked = taps.length === 1 ? (taps[0] as string) : to.op('Concat', taps, { axis: 0 })
  to.set(output(node), to.reshape(stacked, node.attributes['filterShape'] as number[]))
}

export const CONVOLUTION: Record<string, Rule> = {
  Conv2D: forward,
  Conv2DBackpropInput: backpropInput,
  Conv2DBackpropFilter: backpropFilter,
  [GROUPED_CONVOLUTION]: forward,
  [GROUPED_CONVOLUTION_INPUT_GRADIENT]: backpropInput,
}
