/** Kernels that reshape, repeat or reduce values, and matrix products. */
import { INT32 } from './onnx'
import { reducedAxes } from '../graph/shapes'
import { channelSum } from './channels'
import { NCHW_AXIS } from './cutting'
import { input, MICROSOFT, NCHWC, output, type Rule } from './lowering'

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
      const perImage = to.reshape(pooled, [shape[0] as number, to.blocks.channels(x)])
      return to.set(output(node), to.reshape(to.gathered(perImage, 1, to.blocks.parts(x)), target))
    }
    if (op === 'ReduceSum' && shape.length === 4 && axes.join() === '0,1,2' && to.has(x, 'blocked')) {
      const perChannel = channelSum(to, to.get(x, 'blocked'), x, 'blocked')
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
  const result = output(node)
  if (to.blocks.fit(result)) {
    const { size } = to.blocks
    const channels = to.blocks.channels(result)
    const vectors = to.spread(to.reshape(to.get(x), [batch, c]), 2, 1, to.blocks.parts(result))
    const viewed = to.reshape(vectors, [batch, channels / size, 1, size])
    const expanded = to.op('Expand', [viewed, to.ints([n, channels / size, h * w, size])])
    return to.set(result, to.reshape(expanded, [n, channels, h, w]), 'blocked')
  }
  const viewed = to.reshape(to.get(x), [batch, c, 1, 1])
  to.set(result, to.op('Expand', [viewed, to.ints([n, c, h, w])]), 'nchw')
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
  to.set(
    output(node),
    to.reshape(
      to.get(input(node, node.kernel === 'ExpandDims' ? 'input' : (Object.keys(node.inputs)[0] as string))),
      to.shape(output(node)),
    ),
  )
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
  Tile: (node, to) => {
    const reps = node.attributes['reps'] as number[]
    to.set(output(node), to.op('Tile', [to.get(input(node, 'x')), to.ints(reps)]))
  },
}
