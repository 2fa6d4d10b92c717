/**
 * Convolutions in ONNX Runtime's blocked layout, on the CPU. Its NCHWc kernel is a direct convolution that runs at
 * about twice the speed of the im2col one (docs/measurements.md), and all three convolutions of a training step are
 * written as calls of that one kernel:
 *
 * - forward: as it stands
 * - input gradient: the output gradient with the flipped filter, input and output channels exchanged
 * - filter gradient: dF[r, c, i, o] = sum over n, y, x of X[n, y+r, x+c, i] * dY[n, y, x, o] is a convolution whose
 *   *reduction channel is the image index n*, whose kernel is all of dY and whose output positions are the filter's
 *   taps. The input channels i are laid out along the width (position = column * b + i, dilation b), so that one
 *   output row holds all columns and channels of a tap row, and the kernel has enough outputs to keep its registers
 *   busy. Only two transpositions feed it: n innermost in X (ReorderInput does just that), and n beside o in dY.
 */
import type { ValueId } from '../graph/graph'
import type { Convolution } from './convolution'
import { flip } from './convolution'
import { NCHWC, type Lowering } from './lowering'

const DENSE = { dilations: [1, 1] }

/** The geometry counted in channels of blocks, and filters to match; null where x and y do not lie in blocks. */
function inBlocks(to: Lowering, x: ValueId, y: ValueId, g: Convolution): Convolution | null {
  const { blocks } = to
  const narrow = isNarrow(to, x, g)
  if (!blocks.fit(y) || !(blocks.fit(x) || narrow)) return null
  // Groups must not share a block.
  const apart = [x, y].every((id) => !blocks.padded(id) && (blocks.channels(id) / g.groups) % blocks.size === 0)
  if (g.groups > 1 && !apart) return null
  return { ...g, inChannels: narrow ? g.inChannels : blocks.channels(x), outChannels: blocks.channels(y) }
}

/** Images of a few channels, which are read as they are. */
function isNarrow(to: Lowering, x: ValueId, g: Convolution): boolean {
  return g.groups === 1 && !to.blocks.fit(x) && g.inChannels < to.blocks.size
}

/** The HWIO filter with zeros where zeros lie between the channels of x and y. */
function spreadFilter(to: Lowering, filter: ValueId, x: ValueId, y: ValueId, g: Convolution): string {
  const rows = g.groups > 1 || !to.blocks.fit(x) ? to.get(filter) : to.spread(to.get(filter), 4, 2, to.blocks.parts(x))
  return to.spread(rows, 4, 3, to.blocks.parts(y))
}

/** x as `blocked` (or NCHW where it is narrow), filter HWIO; answers y `blocked`, or null where it cannot be. */
export function blockedConvolution(
  to: Lowering,
  x: ValueId,
  y: ValueId,
  filter: ValueId,
  geometry: Convolution,
): string | null {
  const g = inBlocks(to, x, y, geometry)
  if (!g) return null
  const narrow = isNarrow(to, x, g)
  const spread = spreadFilter(to, filter, x, y, g)
  const weights = narrow ? filterForPlainInput(to, spread, g) : filterBlocks(to, spread, g, 'forward')
  const pads = [g.padTop, g.padLeft, Math.max(0, g.padBottom), Math.max(0, g.padRight)]
  const attributes = {
    ...DENSE,
    kernel_shape: [g.filterHeight, g.filterWidth],
    strides: [g.strideHeight, g.strideWidth],
    pads,
    group: g.groups,
  }
  return to.op('Conv', [to.get(x, narrow ? 'nchw' : 'blocked'), weights], attributes, { domain: NCHWC })
}

/** HWIO -> [O/b, H, W, I, b] in memory, the layout for inputs that are not blocked themselves. */
function filterForPlainInput(to: Lowering, filter: string, g: Convolution): string {
  const { block } = to.target
  const view = to.reshape(filter, [g.filterHeight, g.filterWidth, g.inChannels, g.outChannels / block, block])
  const dims = [g.outChannels, g.inChannels, g.filterHeight, g.filterWidth]
  return to.reshape(to.transpose(view, [3, 2, 0, 1, 4]), dims)
}

/**
 * HWIO -> OIHW in blocks ([O/b, I/b, H, W, b of I, b of O] in memory, declared [O, I, H, W]); for `input gradient`
 * with O and I exchanged. In groups I is one group's, or O is when they are exchanged.
 */
function filterBlocks(to: Lowering, filter: string, g: Convolution, use: 'forward' | 'input gradient'): string {
  const { block } = to.target
  const [h, w, groups] = [g.filterHeight, g.filterWidth, g.groups]
  const [i, o] = [g.inChannels / groups, g.outChannels / groups]
  const view = to.reshape(filter, [h, w, i / block, block, groups, o / block, block])
  return use === 'forward'
    ? to.reshape(to.transpose(view, [4, 5, 2, 0, 1, 3, 6]), [groups * o, i, h, w])
    : to.reshape(to.transpose(view, [4, 2, 5, 0, 1, 6, 3]), [groups * i, o, h, w])
}

/** dy (any layout) -> gradient of x, `blocked`, or null where it cannot be; `sum` is added in the same pass. */
export function blockedBackpropInput(
  to: Lowering,
  dy: ValueId,
  dx: ValueId,
  filter: ValueId,
  geometry: Convolution,
  sum: ValueId | undefined,
): string | null {
  const g = inBlocks(to, dx, dy, geometry)
  if (!g || !to.blocks.fit(dx)) return null
  const pads = inputGradientPads(g, g.outHeight * g.strideHeight, g.outWidth * g.strideWidth)
  const pointwise = g.filterHeight === 1 && g.filterWidth === 1
  // Strides that go beyond what a filter reaches would want a part of the gradient cut off.
  const strided = g.strideHeight > 1 || g.strideWidth > 1
  if (!(pointwise && strided) && pads.some((pad) => pad < 0)) return null
  const weights = filterBlocks(to, flip(to, spreadFilter(to, filter, dx, dy, g), g), g, 'input gradient')
  const attributes = { ...DENSE, kernel_shape: [g.filterHeight, g.filterWidth], strides: [1, 1], group: g.groups }
  const residual = sum === undefined ? [] : ['', to.get(sum, 'blocked')]
  const gradient = to.get(dy, 'blocked')

  if (!strided) {
    return to.op('Conv', [gradient, weights, ...residual], { ...attributes, pads }, { domain: NCHWC })
  }
  if (pointwise) {
    // Convolve at the low resolution, then put zeros between: nothing is multiplied in vain.
    const small = to.op('Conv', [gradient, weights], { ...attributes, pads: [0, 0, 0, 0] }, { domain: NCHWC })
    const large = cropped(to, interleaveZeros(to, small, g, g.inChannels), g)
    return sum === undefined ? large : to.op('Add', [large, to.get(sum, 'blocked')])
  }
  const spread = interleaveZeros(to, gradient, g, g.outChannels)
  return to.op('Conv', [spread, weights, ...residual], { ...attributes, pads }, { domain: NCHWC })
}

/** Pads that make a stride-1 convolution of a [height, width] gradient cover the input exactly. */
function inputGradientPads(g: Convolution, height: number, width: number): number[] {
  const top = g.filterHeight - 1 - g.padTop
  const left = g.filterWidth - 1 - g.padLeft
  return [top, left, g.inHeight + g.filterHeight - 1 - height - top, g.inWidth + g.filterWidth - 1 - width - left]
}

/** [N, C, Ho, Wo] -> [N, C, Ho*stride, Wo*stride], both blocked, pixel (y, x) at (y*stride, x*stride), else zero. */
function interleaveZeros(to: Lowering, x: string, g: Convolution, channels: number): string {
  const { block } = to.target
  const view = to.reshape(x, [(g.batch * channels * g.outHeight) / block, 1, g.outWidth, block])
  const after = [0, g.strideHeight - 1, 0, (g.strideWidth - 1) * block]
  const padded = to.op('Pad', [view, to.ints([0, 0, 0, 0, ...after])])
  return to.reshape(padded, [g.batch, channels, g.outHeight * g.strideHeight, g.outWidth * g.strideWidth])
}

/** The input's rows and columns of a blocked image that a stride has made larger, by less than itself. */
function cropped(to: Lowering, x: string, g: Convolution): string {
  const [height, width] = [g.outHeight * g.strideHeight, g.outWidth * g.strideWidth]
  if (height === g.inHeight && width === g.inWidth) return x
  const { block } = to.target
  const view = to.reshape(x, [(g.batch * g.inChannels) / block, height, width, block])
  const kept = to.op('Slice', [view, to.ints([0, 0]), to.ints([g.inHeight, g.inWidth]), to.ints([1, 2])])
  return to.reshape(kept, [g.batch, g.inChannels, g.inHeight, g.inWidth])
}

/** Gradient of the filter, plain HWIO; null where channels do not lie in blocks, or blocks do not divide the batch. */
export function blockedBackpropFilter(to: Lowering, x: ValueId, dy: ValueId, geometry: Convolution): string | null {
  const { block } = to.target
  const g = inBlocks(to, x, dy, geometry)
  if (!g || g.batch % block !== 0) return null
  const narrow = isNarrow(to, x, g)
  // Channels that lie side by side along the width, and how many such groups there are.
  const lane = narrow ? g.inChannels : block
  const lanes = g.inChannels / lane
  const groups = independentParts(to, g, lanes)

  const height = g.inHeight + Math.min(0, g.padBottom)
  const source = narrow ? to.get(x) : to.get(x, 'blocked')
  let images = to.reshape(source, [g.batch, lanes, g.inHeight, g.inWidth * lane])
  if (g.padLeft !== 0 || g.padRight !== 0 || g.padBottom < 0) {
    const pads = [0, 0, 0, g.padLeft * lane, 0, 0, Math.min(0, g.padBottom), g.padRight * lane]
    images = to.op('Pad', [images, to.ints(pads)])
  }
  const width = (g.inWidth + g.padLeft + g.padRight) * lane
  if (lanes > 1) images = to.transpose(images, [1, 0, 2, 3])
  images = to.op('ReorderInput', [to.reshape(images, [lanes, g.batch, height, width])], {}, { domain: NCHWC })

  const outBlocks = g.outChannels / block
  const view = [groups, g.batch / (groups * block), block, outBlocks, g.outHeight * g.outWidth, block]
  const kernel = to.reshape(to.transpose(to.reshape(to.get(dy, 'blocked'), view), [0, 3, 1, 4, 2, 5]), [
    groups * g.outChannels,
    g.batch / groups,
    g.outHeight,
    g.outWidth,
  ])

  const taps = to.op(
    'Conv',
    [images, kernel],
    {
      kernel_shape: [g.outHeight, g.outWidth],
      dilations: [g.strideHeight, g.strideWidth * lane],
      strides: [1, 1],
      pads: [g.padTop, 0, Math.max(0, g.padBottom), 0],
      group: groups,
    },
    { domain: NCHWC },
  )
  // [lanes, groups, O/b, H, W, lane, b] -> HWIO
  const parts = to.reshape(taps, [lanes, groups, outBlocks, g.filterHeight, g.filterWidth, lane, block])
  const summed =
    groups > 1
      ? to.op('ReduceSum', [parts, to.ints([1])], { keepdims: 0 })
      : to.reshape(taps, [lanes, outBlocks, g.filterHeight, g.filterWidth, lane, block])
  const dims = [g.filterHeight, g.filterWidth, g.inChannels, g.outChannels]
  const filter = to.reshape(to.transpose(summed, [2, 3, 0, 4, 1, 5]), dims)
  const rows = narrow ? filter : to.gathered(filter, 2, to.blocks.parts(x))
  return to.gathered(rows, 3, to.blocks.parts(dy))
}

/**
 * The kernel's threads share (lanes x groups x sets of 4 output blocks x filter rows) pieces: enough groups of images
 * are made that these divide evenly among the threads.
 */
function independentParts(to: Lowering, g: Convolution, lanes: number): number {
  const { block, threads } = to.target
  const sets = Math.ceil(g.outChannels / block / 4)
  let groups = 1
  const pieces = () => lanes * sets * g.filterHeight * groups
  while (pieces() % threads !== 0 && pieces() < 8 * threads && g.batch % (2 * groups * block) === 0) groups *= 2
  return groups
}
