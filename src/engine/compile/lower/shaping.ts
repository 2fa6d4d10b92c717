/** Kernels that move, reshape or reduce values, and matrix products. */
import { INT32 } from '../onnx'
import { reducedAxes } from '../shapes'
import { tf } from '../../tensorflow'
import type { Node, ValueId } from '../graph'
import { channelSum } from './channels'
import { input, MICROSOFT, NCHWC, output, type Layout, type Lowering, type Rule } from './lowering'

const NCHW_AXIS = [0, 2, 3, 1]

/** Output shape of a value whose layout is irrelevant: everything here answers in `plain`. */
function reduction(op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin'): Rule {
  return (node, to) => {
    const x = input(node, 'x')
    const shape = to.shape(x)
    const axes = reducedAxes(shape, node.attributes)
    const target = to.shape(output(node))
    if (axes.length === 0) return to.set(output(node), to.get(x))

    const overImage = axes.join() === '1,2' && shape.length === 4
    if (op === 'ReduceMean' && overImage && to.has(x, 'blocked')) {
      const pooled = to.op('GlobalAveragePool', [to.get(x, 'blocked')], {}, { domain: NCHWC })
      return to.set(output(node), to.reshape(pooled, target))
    }
    if (op === 'ReduceSum' && shape.length === 4 && axes.join() === '0,1,2' && to.has(x, 'blocked')) {
      const perChannel = channelSum(to, to.get(x, 'blocked'), shape, 'blocked')
      return to.set(output(node), to.reshape(perChannel, target))
    }
    // Channels or whole images: reduced where they are. Dims that stay keep their order in NCHW only for these axes.
    const inPlace = to.commonLayout([x]) === 'nchw' && (overImage || axes.join() === '0,1,2')
    const source = to.get(x, inPlace ? 'nchw' : 'plain')
    const onnxAxes = inPlace ? axes.map((axis) => NCHW_AXIS[axis] as number) : axes
    const reduced =
      op === 'ReduceSum'
        ? to.op(op, [source, to.ints(onnxAxes)], { keepdims: 0 })
        : to.op(op, [source], { axes: onnxAxes, keepdims: 0 })
    to.set(output(node), to.reshape(reduced, target))
  }
}

/** [N, 1, 1, C] or [1, 1, 1, C] to [N, H, W, C] in the layout that images live in; anything else in `plain`. */
const broadcast: Rule = (node, to) => {
  const x = input(node, 'x')
  const from = to.shape(x)
  const target = to.shape(output(node))
  const [n = 1, h = 1, w = 1, c = 1] = target
  if (target.length !== 4 || from.length !== 4 || from[1] !== 1 || from[2] !== 1 || from[3] !== c) {
    return to.set(output(node), to.op('Expand', [to.get(x), to.ints(target)]))
  }
  const batch = from[0] as number
  if (to.canBlock(c)) {
    const block = to.target.block
    const viewed = to.reshape(to.get(x), [batch, c / block, 1, block])
    const expanded = to.op('Expand', [viewed, to.ints([n, c / block, h * w, block])])
    return to.set(output(node), to.reshape(expanded, [n, c, h, w]), 'blocked')
  }
  const viewed = to.reshape(to.get(x), [batch, c, 1, 1])
  to.set(output(node), to.op('Expand', [viewed, to.ints([n, c, h, w])]), 'nchw')
}

const matMul: Rule = (node, to) => {
  const a = input(node, 'a')
  const b = input(node, 'b')
  const transposed = (name: string) => Boolean(node.attributes[name])
  const [transA, transB] = [transposed('transposeA'), transposed('transposeB')]
  const flip = (id: number, flag: boolean) => {
    const rank = to.shape(id).length
    const perm = Array.from({ length: rank }, (_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i))
    return flag ? to.transpose(to.get(id), perm) : to.get(id)
  }
  const product =
    to.target.microsoft && (transA || transB)
      ? to.op('FusedMatMul', [to.get(a), to.get(b)], { transA: +transA, transB: +transB }, { domain: MICROSOFT })
      : to.op('MatMul', [flip(a, transA), flip(b, transB)])
  to.set(output(node), product)
}

const reshape: Rule = (node, to) => {
  to.set(output(node), to.reshape(to.get(input(node, node.kernel === 'ExpandDims' ? 'input' : Object.keys(node.inputs)[0] as string)), to.shape(output(node)))) // prettier-ignore
}

function slice(to: Lowering, x: string, begin: number[], size: number[]): string {
  const ends = begin.map((from, i) => from + (size[i] as number))
  return to.op('Slice', [x, to.ints(begin), to.ints(ends), to.ints(begin.map((_, i) => i))])
}

export const SHAPING: Record<string, Rule> = {
  Sum: reduction('ReduceSum'),
  Mean: reduction('ReduceMean'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  ArgMax: (node, to) => {
    const x = input(node, 'x')
    const axis = reducedAxes(to.shape(x), node.attributes)[0] as number
    to.set(output(node), to.op('Cast', [to.op('ArgMax', [to.get(x)], { axis, keepdims: 0 })], { to: INT32 }))
  },
  _Broadcast: broadcast,
  BatchMatMul: matMul,
  Softmax: (node, to) => to.set(output(node), to.op('Softmax', [to.get(input(node, 'logits'))], { axis: -1 })),
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: (node, to) => {
    to.set(output(node), to.transpose(to.get(input(node, 'x')), node.attributes['perm'] as number[]))
  },
  PadV2: (node, to) => {
    const x = input(node, 'x')
    const pads = node.attributes['paddings'] as [number, number][]
    const cuts = pads[3] ?? []
    const layout = cutLayout(to, [x], cuts, pads.slice(0, 3).flat().every((pad) => pad === 0)) // prettier-ignore
    const ordered = inLayout(pads, layout)
    const flat = [...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)]
    const value = to.scalar((node.attributes['constantValue'] as number | undefined) ?? 0)
    to.set(output(node), to.op('Pad', [to.get(x, layout), to.ints(flat), value]), layout)
  },
  Slice: (node, to) => {
    const x = input(node, 'x')
    const begin = node.attributes['begin'] as number[]
    const size = to.shape(output(node))
    const isWhole = size.slice(0, 3).every((n, axis) => n === to.shape(x)[axis])
    const layout = cutLayout(to, [x], [begin[3] ?? 0, size[3] ?? 0], isWhole)
    to.set(output(node), slice(to, to.get(x, layout), inLayout(begin, layout), inLayout(size, layout)), layout)
  },
  Tile: (node, to) => {
    const reps = node.attributes['reps'] as number[]
    to.set(output(node), to.op('Tile', [to.get(input(node, 'x')), to.ints(reps)]))
  },
  Concat: (node, to) => {
    const list = node.list ?? []
    const axis = axisOf(node, to.shape(output(node)))
    const layout = cutLayout(to, list, list.map((id) => to.shape(id)[3] ?? 0), axis === 3) // prettier-ignore
    const parts = list.map((id) => to.get(id, layout))
    to.set(output(node), to.op('Concat', parts, { axis: axisIn(axis, layout) }), layout)
  },
  SplitV: (node, to) => {
    const x = input(node, 'x')
    const axis = axisOf(node, to.shape(x))
    const sizes = node.outputs.map((id) => to.shape(id)[axis] as number)
    const layout = cutLayout(to, [x], sizes, axis === 3)
    const split = [to.get(x, layout), to.ints(sizes)]
    const parts = to.ops('Split', split, { axis: axisIn(axis, layout) }, { outputs: sizes.length })
    node.outputs.forEach((id, i) => to.set(id, parts[i] as string, layout))
  },
}

function axisOf(node: Node, shape: number[]): number {
  return tf.util.parseAxisParam(node.attributes['axis'] as number, shape)[0] as number
}

/**
 * The layout in which images are cut or joined: where they are. Blocks can be cut along their channels only, at
 * multiples of their size.
 */
function cutLayout(to: Lowering, ids: ValueId[], channels: number[], alongChannels: boolean): Layout {
  const layout = to.commonLayout(ids)
  const fits = alongChannels && channels.every((count) => count % to.target.block === 0)
  return layout === 'blocked' && !fits ? 'nchw' : layout
}

const axisIn = (axis: number, layout: Layout): number => (layout === 'plain' ? axis : (NCHW_AXIS[axis] as number))

/** Something per axis of an image, NHWC, in the order of the layout's dims. */
const inLayout = <T>(perAxis: T[], layout: Layout): T[] =>
  layout === 'plain' ? perAxis : [0, 3, 1, 2].map((axis) => perAxis[axis] as T)
