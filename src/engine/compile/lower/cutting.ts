/**
 * Joining, cutting and padding. Images stay in blocks where that moves whole blocks of channels (blocks.ts says which
 * channels lie where); rows and columns, and channels that would have to change places, are handled in NCHW.
 */
import { tf } from '../../tensorflow'
import type { Node, ValueId } from '../graph/graph'
import type { Parts } from './blocks'
import { affineBlocked } from './channels'
import { input, output, type Layout, type Lowering, type Rule } from './lowering'

export const NCHW_AXIS = [0, 2, 3, 1]

const pad: Rule = (node, to) => {
  const x = input(node, 'x')
  const y = output(node)
  const pads = node.attributes['paddings'] as [number, number][]
  const number = (node.attributes['constantValue'] as number | undefined) ?? 0
  const append = (axes: [number, number][], layout: Layout) => {
    const flat = [...axes.map(([before]) => before), ...axes.map(([, after]) => after)]
    to.set(y, to.op('Pad', [to.get(x, layout), to.ints(flat), to.scalar(number)]), layout)
  }
  const [before, after] = pads[3] ?? [0, 0]
  const channelsOnly = pads.slice(0, 3).every(([first, last]) => first === 0 && last === 0)
  if (number === 0 && channelsOnly && inBlocks(to, x, y)) {
    // Zeros that x's last block ends with may be among those appended.
    const place = to.blocks.cut(to.blocks.parts(y), before, (to.shape(y)[3] as number) - after)
    if (place && same(place.parts, to.blocks.parts(x))) {
      return append(
        [
          [0, 0],
          [place.from, to.blocks.channels(y) - place.to],
          [0, 0],
          [0, 0],
        ],
        'blocked',
      )
    }
  }
  const layout = outsideBlocks(to, [x])
  append(inLayout(pads, layout), layout)
}

const slice: Rule = (node, to) => {
  const x = input(node, 'x')
  const y = output(node)
  const begin = node.attributes['begin'] as number[]
  const size = to.shape(y)
  const channelsOnly = size.slice(0, 3).every((n, axis) => n === to.shape(x)[axis])
  if (channelsOnly && inBlocks(to, x, y)) {
    const [first = 0, count = 0] = [begin[3], size[3]]
    const piece = to.blocks.cut(to.blocks.parts(x), first, first + count)
    if (piece && same(piece.parts, to.blocks.parts(y))) {
      const { from, to: end } = piece
      const cut = to.op('Slice', [to.get(x, 'blocked'), to.ints([from]), to.ints([end]), to.ints([1])])
      const ones = () => to.floats(new Float32Array(count).fill(1), [count])
      // Channels beyond the last one become zeros.
      return to.set(y, piece.clean ? cut : affineBlocked(to, cut, y, ones()), 'blocked')
    }
  }
  const layout = outsideBlocks(to, [x])
  const [starts, sizes] = [inLayout(begin, layout), inLayout(size, layout)]
  const ends = starts.map((from, i) => from + (sizes[i] as number))
  const axes = starts.map((_, i) => i)
  to.set(y, to.op('Slice', [to.get(x, layout), to.ints(starts), to.ints(ends), to.ints(axes)]), layout)
}

const concat: Rule = (node, to) => {
  const list = node.list ?? []
  const y = output(node)
  const axis = axisOf(node, to.shape(y))
  const joined = to.blocks.joined(list.flatMap((id) => [...to.blocks.parts(id)]))
  const fits = axis === 3 && inBlocks(to, list, y) && same(joined, to.blocks.parts(y))
  const layout = fits ? 'blocked' : outsideBlocks(to, list)
  const parts = list.map((id) => to.get(id, layout))
  to.set(y, to.op('Concat', parts, { axis: axisIn(axis, layout) }), layout)
}

const split: Rule = (node, to) => {
  const x = input(node, 'x')
  const axis = axisOf(node, to.shape(x))
  const sizes = node.outputs.map((id) => to.shape(id)[axis] as number)
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0))
  const rooms = node.outputs.map((id, i) => {
    const start = starts[i] as number
    const piece =
      axis === 3 && inBlocks(to, x, id) ? to.blocks.cut(to.blocks.parts(x), start, start + (sizes[i] as number)) : null
    return piece?.clean && same(piece.parts, to.blocks.parts(id)) ? piece.to - piece.from : null
  })
  const layout = rooms.every((room) => room !== null) ? 'blocked' : outsideBlocks(to, [x])
  const lengths = layout === 'blocked' ? rooms.map(Number) : sizes
  const operands = [to.get(x, layout), to.ints(lengths)]
  const parts = to.ops('Split', operands, { axis: axisIn(axis, layout) }, { outputs: sizes.length })
  node.outputs.forEach((id, i) => to.set(id, parts[i] as string, layout))
}

function axisOf(node: Node, shape: number[]): number {
  return tf.util.parseAxisParam(node.attributes['axis'] as number, shape)[0] as number
}

/** Whether an image is in blocks, or one of several, and what is made of it may be. */
function inBlocks(to: Lowering, from: ValueId | ValueId[], made: ValueId): boolean {
  return to.commonLayout([from].flat()) === 'blocked' && to.blocks.fit(made)
}

/** Where images are, unless that is in blocks. */
function outsideBlocks(to: Lowering, ids: ValueId[]): Layout {
  const layout = to.commonLayout(ids)
  return layout === 'blocked' ? 'nchw' : layout
}

const same = (a: Parts, b: Parts): boolean => a.join() === b.join()

const axisIn = (axis: number, layout: Layout): number => (layout === 'plain' ? axis : (NCHW_AXIS[axis] as number))

/** Something per axis of an image, NHWC, in the order of the layout's dims. */
const inLayout = <T>(perAxis: T[], layout: Layout): T[] =>
  layout === 'plain' ? perAxis : [0, 3, 1, 2].map((axis) => perAxis[axis] as T)

export const CUTTING: Record<string, Rule> = { PadV2: pad, Slice: slice, Concat: concat, SplitV: split }
