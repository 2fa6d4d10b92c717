/**
 * Pooling over windows that lie side by side, and single pixels of them. Gradients are written on a view of the image
 * in which a window's rows and columns are axes of their own, which any layout has without moving anything: [M, rows,
 * size, columns, size, lane], where lane is the channel block of the blocked layout and 1 in NCHW, and M counts what
 * lies outside.
 */
import { FLOAT } from './onnx'
import { EVERY_OTHER_PIXEL, EVERY_OTHER_PIXEL_GRADIENT } from '../../model/operations/everyOtherPixel'
import { poolingWindow } from '../graph/shapes'
import type { Node, ValueId } from '../graph/graph'
import { imageLayout } from './channels'
import { input, NCHWC, output, type Layout, type Lowering, type Rule } from './lowering'

interface Windows {
  layout: Layout
  size: number
  /** Of the whole image, [N, C, H, W]. */
  dims: number[]
  /** [M, rows, size, columns, size, lane] */
  view: number[]
}

/** @param x the image, of whose shape the windows are */
function windowsOf(to: Lowering, x: ValueId, size: number): Windows {
  const [n = 1, h = 1, w = 1] = to.shape(x)
  const layout = imageLayout(to, x)
  const c = to.channelsIn(x, layout)
  const lane = layout === 'blocked' ? to.target.block : 1
  const view = [(n * c) / lane, Math.floor(h / size), size, Math.floor(w / size), size, lane]
  return { layout, size, dims: [n, c, h, w], view }
}

/** The windows of an image that is held in the layout they are of. */
function cut(to: Lowering, x: string, { dims, view }: Windows): string {
  const [m = 1, rows = 1, size = 1, columns = 1, , lane = 1] = view
  const [, , h = 1, w = 1] = dims
  if (rows * size === h && columns * size === w) return to.reshape(x, view)
  const whole = to.reshape(x, [m, h, w, lane])
  const kept = to.op('Slice', [whole, to.ints([0, 0]), to.ints([rows * size, columns * size]), to.ints([1, 2])])
  return to.reshape(kept, view)
}

/** The image that windows make up, zero where no window lies. */
function join(to: Lowering, windows: string, { dims, view }: Windows): string {
  const [m = 1, rows = 1, size = 1, columns = 1, , lane = 1] = view
  const [, , h = 1, w = 1] = dims
  if (rows * size === h && columns * size === w) return to.reshape(windows, dims)
  const kept = to.reshape(windows, [m, rows * size, columns * size, lane])
  const pads = [0, 0, 0, 0, 0, h - rows * size, w - columns * size, 0]
  return to.reshape(to.op('Pad', [kept, to.ints(pads)]), dims)
}

/** One value per window, as its view broadcasts: [M, rows, 1, columns, 1, lane]. */
function perWindow(to: Lowering, id: ValueId, { layout, view }: Windows): string {
  const [m = 1, rows = 1, , columns = 1, , lane = 1] = view
  return to.reshape(to.get(id, layout), [m, rows, 1, columns, 1, lane])
}

const forward =
  (op: 'MaxPool' | 'AveragePool'): Rule =>
  (node, to) => {
    const x = input(node, 'x')
    const size = poolingWindow(node.attributes)
    const layout = imageLayout(to, x)
    const attributes = { kernel_shape: [size, size], strides: [size, size], pads: [0, 0, 0, 0] }
    const options = layout === 'blocked' ? { domain: NCHWC } : {}
    to.set(output(node), to.op(op, [to.get(x, layout)], attributes, options), layout)
  }

const gradientWindows = (node: Node, to: Lowering): Windows =>
  windowsOf(to, input(node, 'input'), poolingWindow(node.attributes))

/** Each window's gradient goes to the first of its pixels that equals its largest. */
const maxPoolGradient: Rule = (node, to) => {
  const windows = gradientWindows(node, to)
  const { layout, size } = windows
  const x = cut(to, to.get(input(node, 'input'), layout), windows)
  const y = perWindow(to, input(node, 'output'), windows)
  let rest = perWindow(to, input(node, 'dy'), windows)
  const rows: string[] = []
  for (let row = 0; row < size; row++) {
    const pixels: string[] = []
    for (let column = 0; column < size; column++) {
      const ends = to.ints([row + 1, column + 1])
      const pixel = to.op('Slice', [x, to.ints([row, column]), ends, to.ints([2, 4])])
      const isLargest = to.op('Cast', [to.op('Equal', [pixel, y])], { to: FLOAT })
      const taken = to.op('Mul', [isLargest, rest])
      rest = to.op('Sub', [rest, taken])
      pixels.push(taken)
    }
    rows.push(to.op('Concat', pixels, { axis: 4 }))
  }
  to.set(output(node), join(to, to.op('Concat', rows, { axis: 2 }), windows), layout)
}

const averagePoolGradient: Rule = (node, to) => {
  const windows = gradientWindows(node, to)
  const share = to.op('Mul', [perWindow(to, input(node, 'dy'), windows), to.scalar(1 / windows.size ** 2)])
  const spread = to.op('Expand', [share, to.ints(windows.view)])
  to.set(output(node), join(to, spread, windows), windows.layout)
}

const everyOtherPixel: Rule = (node, to) => {
  const x = input(node, 'x')
  const windows = windowsOf(to, x, 2)
  const at = node.attributes['offset'] as number
  const [n = 1, h = 1, w = 1] = to.shape(output(node))
  const whole = cut(to, to.get(x, windows.layout), windows)
  const pixels = to.op('Slice', [whole, to.ints([at, at]), to.ints([at + 1, at + 1]), to.ints([2, 4])])
  to.set(output(node), to.reshape(pixels, [n, to.channelsIn(x, windows.layout), h, w]), windows.layout)
}

const everyOtherPixelGradient: Rule = (node, to) => {
  const windows = windowsOf(to, output(node), 2)
  const [before, after] = node.attributes['offset'] === 0 ? [0, 1] : [1, 0]
  const pads = [0, 0, before, 0, before, 0, 0, 0, after, 0, after, 0]
  const spread = to.op('Pad', [perWindow(to, input(node, 'dy'), windows), to.ints(pads)])
  to.set(output(node), join(to, spread, windows), windows.layout)
}

export const POOLING: Record<string, Rule> = {
  MaxPool: forward('MaxPool'),
  AvgPool: forward('AveragePool'),
  MaxPoolGrad: maxPoolGradient,
  AvgPoolGrad: averagePoolGradient,
  [EVERY_OTHER_PIXEL]: everyOtherPixel,
  [EVERY_OTHER_PIXEL_GRADIENT]: everyOtherPixelGradient,
}
