/** Output shapes of the TensorFlow.js kernels a program may use: the list of what can be traced. */
import { tf } from '../../tensorflow'
import { BATCH_NORMALIZATION, BATCH_NORMALIZATION_GRADIENT } from '../../model/operations/batchNormalization'
import { CHANNEL_AFFINE } from '../../model/operations/channelAffine'
import { EVERY_OTHER_PIXEL, EVERY_OTHER_PIXEL_GRADIENT } from '../../model/operations/everyOtherPixel'
import {
  GROUPED_CONVOLUTION,
  GROUPED_CONVOLUTION_FILTER_GRADIENT,
  GROUPED_CONVOLUTION_INPUT_GRADIENT,
} from '../../model/operations/groupedConvolution'
import type { Attributes, DataType } from './graph'

export interface Shaped {
  shape: number[]
  dtype: DataType
}
type Inputs = Record<string, Shaped>
type ShapeRule = (inputs: Inputs, attributes: Attributes, list: Shaped[]) => Shaped[]

const { broadcast_util, backend_util, util } = tf

const input = (inputs: Inputs, name: string): Shaped => {
  const found = inputs[name]
  if (!found) throw new Error(`missing input ${name}`)
  return found
}
const only = (inputs: Inputs): Shaped => Object.values(inputs)[0] as Shaped
const float = (shape: number[]): Shaped[] => [{ shape, dtype: 'float32' }]
const same: ShapeRule = (inputs) => [only(inputs)]
const binary: ShapeRule = (inputs) => {
  const a = input(inputs, 'a')
  const b = input(inputs, 'b')
  return [{ shape: broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), dtype: a.dtype }]
}
const comparison: ShapeRule = (inputs, attributes, list) =>
  binary(inputs, attributes, list).map(({ shape }) => ({ shape, dtype: 'bool' }))

/** Max names its axes `reductionIndices`, every other reduction `axis`; absent means all. */
export function reducedAxes(shape: number[], { axis, reductionIndices }: Attributes): number[] {
  return util.parseAxisParam((axis ?? reductionIndices ?? null) as unknown as number[], shape)
}
const reduction: ShapeRule = (inputs, attributes) => {
  const x = only(inputs)
  const axes = reducedAxes(x.shape, attributes)
  const { keepDims } = attributes
  const shape = keepDims
    ? x.shape.map((dim, i) => (axes.includes(i) ? 1 : dim))
    : x.shape.filter((_, i) => !axes.includes(i))
  return [{ shape, dtype: x.dtype }]
}

export interface ConvolutionGeometry {
  batch: number
  inHeight: number
  inWidth: number
  inChannels: number
  outHeight: number
  outWidth: number
  outChannels: number
  /** Filters hold inChannels / groups input channels. */
  groups: number
  filterHeight: number
  filterWidth: number
  strideHeight: number
  strideWidth: number
  padTop: number
  padLeft: number
}

/** Geometry of a convolution from its logical shapes (x NHWC, filter HWIO) and TensorFlow.js attributes. */
export function convolutionGeometry(x: number[], filter: number[], attributes: Attributes): ConvolutionGeometry {
  const info = backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    attributes['strides'] as number,
    (attributes['dilations'] as number | undefined) ?? 1,
    attributes['pad'] as 'same',
    attributes['dimRoundingMode'] as 'floor' | undefined,
  )
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) throw new Error('dilated convolutions are not supported')
  return {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    groups: (attributes['groups'] as number | undefined) ?? 1,
    filterHeight: info.filterHeight,
    filterWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  }
}

/** Side of a pooling's square windows, which must lie side by side. */
export function poolingWindow({ filterSize, strides, pad, dimRoundingMode }: Attributes): number {
  const [size, stride] = [filterSize, strides].map((pair) => [pair].flat() as number[]) as [number[], number[]]
  const side = size[0] as number
  const isSquare = [...size, ...stride].every((each) => each === side)
  if (!isSquare || !(pad === 'valid' || pad === 0) || (dimRoundingMode ?? 'floor') !== 'floor') {
    throw new Error('pooling windows must be square and lie side by side')
  }
  return side
}
const convolution: ShapeRule = (inputs, attributes) => {
  const g = convolutionGeometry(input(inputs, 'x').shape, input(inputs, 'filter').shape, attributes)
  return float([g.batch, g.outHeight, g.outWidth, g.outChannels])
}
const pooling: ShapeRule = (inputs, attributes) => {
  const [n, h, w, c] = input(inputs, 'x').shape as [number, number, number, number]
  const size = poolingWindow(attributes)
  return float([n, Math.floor(h / size), Math.floor(w / size), c])
}

/** Kernels that make constants, and the number they repeat. */
export const CONSTANTS: Record<string, (inputs: Inputs, attributes: Attributes) => Shaped & { value: number }> = {
  ZerosLike: (inputs) => ({ ...only(inputs), value: 0 }),
  OnesLike: (inputs) => ({ ...only(inputs), value: 1 }),
  Fill: (_inputs, { shape, value, dtype }) => ({
    shape: shape as number[],
    dtype: (dtype as DataType | undefined) ?? 'float32',
    value: value as number,
  }),
}

export const SHAPES: Record<string, ShapeRule> = {
  Add: binary,
  Sub: binary,
  Multiply: binary,
  RealDiv: binary,
  Maximum: binary,
  Minimum: binary,
  Pow: binary,
  SquaredDifference: binary,
  Equal: comparison,
  NotEqual: comparison,
  Greater: comparison,
  GreaterEqual: comparison,
  Less: comparison,
  LessEqual: comparison,
  LogicalAnd: comparison,
  LogicalNot: same,
  Relu: same,
  Step: (inputs) => float(only(inputs).shape),
  Exp: same,
  Log: same,
  Neg: same,
  Sqrt: same,
  Rsqrt: same,
  Square: same,
  Abs: same,
  Sign: same,
  Reciprocal: same,
  Identity: same,
  ClipByValue: same,
  Softmax: same,
  AddN: (_inputs, _attributes, list) => [list[0] as Shaped],
  Cast: (inputs, { dtype }) => [{ shape: only(inputs).shape, dtype: dtype as DataType }],
  Select: (inputs) => [input(inputs, 't')],
  Sum: reduction,
  Mean: reduction,
  Max: reduction,
  Min: reduction,
  ArgMax: (inputs, { axis }) => [
    { shape: (reduction(inputs, { axis, keepDims: false }, [])[0] as Shaped).shape, dtype: 'int32' },
  ],
  Reshape: (inputs, { shape }) => {
    const x = only(inputs)
    return [{ shape: util.inferFromImplicitShape(shape as number[], util.sizeFromShape(x.shape)), dtype: x.dtype }]
  },
  ExpandDims: (inputs, { dim }) => {
    const x = only(inputs)
    const shape = [...x.shape]
    const at = dim as number
    shape.splice(at < 0 ? x.shape.length + 1 + at : at, 0, 1)
    return [{ shape, dtype: x.dtype }]
  },
  Transpose: (inputs, { perm }) => {
    const x = only(inputs)
    return [{ shape: (perm as number[]).map((i) => x.shape[i] as number), dtype: x.dtype }]
  },
  PadV2: (inputs, { paddings }) => {
    const x = only(inputs)
    const pads = paddings as [number, number][]
    return [{ shape: x.shape.map((dim, i) => dim + (pads[i]?.[0] ?? 0) + (pads[i]?.[1] ?? 0)), dtype: x.dtype }]
  },
  Slice: (inputs, { begin, size }) => {
    const x = only(inputs)
    const from = begin as number[]
    const shape = (size as number[]).map((n, i) => (n === -1 ? (x.shape[i] as number) - (from[i] as number) : n))
    return [{ shape, dtype: x.dtype }]
  },
  Tile: (inputs, { reps }) => {
    const x = only(inputs)
    return [{ shape: x.shape.map((dim, i) => dim * ((reps as number[])[i] ?? 1)), dtype: x.dtype }]
  },
  SplitV: (inputs, { axis, numOrSizeSplits }) => {
    const x = only(inputs)
    const at = util.parseAxisParam(axis as number, x.shape)[0] as number
    const sizes = backend_util.prepareSplitSize(x as unknown as tf.Tensor, numOrSizeSplits as number | number[], at)
    return sizes.map((size) => ({ shape: x.shape.map((dim, i) => (i === at ? size : dim)), dtype: x.dtype }))
  },
  Concat: (_inputs, { axis }, list) => {
    const first = list[0] as Shaped
    const at = util.parseAxisParam(axis as number, first.shape)[0] as number
    const total = list.reduce((sum, { shape }) => sum + (shape[at] as number), 0)
    return [{ shape: first.shape.map((dim, i) => (i === at ? total : dim)), dtype: first.dtype }]
  },
  BatchMatMul: (inputs, { transposeA, transposeB }) => {
    const a = input(inputs, 'a').shape
    const b = input(inputs, 'b').shape
    const rows = a[a.length - (transposeA ? 1 : 2)] as number
    const columns = b[b.length - (transposeB ? 2 : 1)] as number
    const outer = broadcast_util.assertAndGetBroadcastShape(a.slice(0, -2), b.slice(0, -2))
    return float([...outer, rows, columns])
  },
  Conv2D: convolution,
  Conv2DBackpropInput: (_inputs, { inputShape }) => float(inputShape as number[]),
  Conv2DBackpropFilter: (_inputs, { filterShape }) => float(filterShape as number[]),
  [GROUPED_CONVOLUTION]: convolution,
  [GROUPED_CONVOLUTION_INPUT_GRADIENT]: (_inputs, { inputShape }) => float(inputShape as number[]),
  [GROUPED_CONVOLUTION_FILTER_GRADIENT]: (_inputs, { filterShape }) => float(filterShape as number[]),
  [EVERY_OTHER_PIXEL]: (inputs) => {
    const [n, h, w, c] = input(inputs, 'x').shape as [number, number, number, number]
    return float([n, h / 2, w / 2, c])
  },
  [EVERY_OTHER_PIXEL_GRADIENT]: (inputs) => {
    const [n, h, w, c] = input(inputs, 'dy').shape as [number, number, number, number]
    return float([n, 2 * h, 2 * w, c])
  },
  MaxPool: pooling,
  AvgPool: pooling,
  MaxPoolGrad: (inputs) => [input(inputs, 'input')],
  AvgPoolGrad: (inputs) => [input(inputs, 'input')],
  [BATCH_NORMALIZATION]: (inputs) => {
    const gamma = input(inputs, 'gamma').shape
    return [input(inputs, 'x'), ...float(gamma), ...float(gamma)]
  },
  [BATCH_NORMALIZATION_GRADIENT]: (inputs) => {
    const gamma = input(inputs, 'gamma').shape
    return [input(inputs, 'x'), ...float(gamma), ...float(gamma)]
  },
  [CHANNEL_AFFINE]: (inputs) => [input(inputs, 'x')],
}
