/** Elementwise kernels: they work in whatever layout their inputs already have. */
import { BOOL, FLOAT, INT32 } from './onnx'
import type { Node, ValueId } from '../graph/graph'
import { input, output, type Layout, type Lowering, type Rule } from './lowering'

const UNARY: Record<string, string> = {
  Relu: 'Relu',
  Exp: 'Exp',
  Log: 'Log',
  Neg: 'Neg',
  Sqrt: 'Sqrt',
  Abs: 'Abs',
  Sign: 'Sign',
  Reciprocal: 'Reciprocal',
  LogicalNot: 'Not',
}

const BINARY: Record<string, string> = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
}

/** Kernels that make zero of zeros: what lies between channels in blocks stays so. */
const ZERO_OF_ZEROS = new Set([
  'Relu',
  'Neg',
  'Sqrt',
  'Abs',
  'Sign',
  'Square',
  'Add',
  'Sub',
  'Multiply',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'AddN',
])

/** Blocks with zeros in them only where those stay zeros. */
function keepingZeros(to: Lowering, layout: Layout, id: ValueId, zeroOfZeros: boolean): Layout {
  return layout === 'blocked' && to.blocks.padded(id) && !zeroOfZeros ? 'nchw' : layout
}

/** Large enough that every float32 activation that matters saturates, small enough not to overflow on its way. */
const STEEP = 2 ** 100

function unary(emit: (to: Lowering, x: string, node: Node) => string): Rule {
  return (node, to) => {
    const x = Object.values(node.inputs)[0] as ValueId
    const layout = keepingZeros(to, to.commonLayout([x]), x, ZERO_OF_ZEROS.has(node.kernel))
    to.set(output(node), emit(to, to.get(x, layout), node), layout)
  }
}

function binary(emit: (to: Lowering, a: string, b: string) => string): Rule {
  return (node, to) => {
    const operands = [input(node, 'a'), input(node, 'b')]
    const result = output(node)
    const [n = 1, h = 1, w = 1] = to.shape(result)
    const reaches = operands.map((id) => reach(to, id, result))
    // A number for everything or for an image reaches the zeros too: they stay only if multiplied.
    const reachesZeros = operands.some((id, i) => reaches[i] !== 'channel' && (reaches[i] !== 'full' || to.isSplat(id)))
    const zeroOfZeros = ZERO_OF_ZEROS.has(node.kernel) && (node.kernel === 'Multiply' || !reachesZeros)
    const layout = keepingZeros(to, broadcastLayout(to, operands, reaches), result, zeroOfZeros)
    const perChannel = layout !== 'plain' && reaches.includes('channel')
    // In blocks a channel's number is repeated over pixels that lie between its two parts.
    const block = layout === 'blocked' ? to.target.block : 1
    const c = perChannel ? to.channelsIn(result, layout) : 1
    const view = [n, c / block, h * w, block]
    const [a, b] = operands.map((id, i) => {
      if (layout === 'plain' || reaches[i] !== 'full') {
        const name = to.getBroadcast(id)
        if (!perChannel || reaches[i] !== 'channel') return name
        const vector = to.reshape(name, to.shape(result).slice(3))
        const inBlocks = layout === 'blocked' ? to.spread(vector, 1, 0, to.blocks.parts(result)) : vector
        return to.reshape(inBlocks, [1, c / block, 1, block])
      }
      const name = to.getBroadcast(id, layout)
      return perChannel && !to.isSplat(id) ? to.reshape(name, view) : name
    }) as [string, string]
    const value = emit(to, a, b)
    to.set(result, perChannel ? to.reshape(value, [n, c, h, w]) : value, layout)
  }
}

/** What one number of an operand applies to: a `full` operand has one for every number of the result. */
type Reach = 'full' | 'everything' | 'channel' | 'image' | 'other'

function reach(to: Lowering, id: ValueId, result: ValueId): Reach {
  const shape = to.shape(id)
  const target = to.shape(result)
  if (shape.join() === target.join()) return 'full'
  if (shape.every((dim) => dim === 1)) return 'everything'
  if (target.length !== 4) return 'other'
  const [n, , , c] = target as [number, number, number, number]
  if (shape.join() === `${c}` || shape.join() === `1,1,1,${c}`) return to.isSplat(id) ? 'other' : 'channel'
  return shape.join() === `${n},1,1,1` ? 'image' : 'other'
}

/** Full operands keep their layout as long as the others apply to everything, a channel or an image. */
function broadcastLayout(to: Lowering, operands: ValueId[], reaches: Reach[]): Layout {
  if (reaches.includes('other')) return 'plain'
  return to.commonLayout(operands.filter((id, i) => reaches[i] === 'full' && !to.isSplat(id)))
}

const ONNX_TYPES = { float32: FLOAT, int32: INT32, bool: BOOL } as const

export const ELEMENTWISE: Record<string, Rule> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([kernel, op]) => [kernel, unary((to, x) => to.op(op, [x]))])),
  ...Object.fromEntries(
    Object.entries(BINARY).map(([kernel, op]) => [kernel, binary((to, a, b) => to.op(op, [a, b]))]),
  ),
  Square: unary((to, x) => to.op('Mul', [x, x])),
  Rsqrt: unary((to, x) => to.op('Reciprocal', [to.op('Sqrt', [x])])),
  NotEqual: binary((to, a, b) => to.op('Not', [to.op('Equal', [a, b])])),
  SquaredDifference: binary((to, a, b) => {
    const difference = to.op('Sub', [a, b])
    return to.op('Mul', [difference, difference])
  }),
  /** max(0, min(1, 2^100 x)): one pass, where Greater and Cast, or Sign, take two or are slow. */
  Step: (node, to) => {
    const x = input(node, 'x')
    const below = (node.attributes['alpha'] as number | undefined) ?? 0
    const layout = keepingZeros(to, to.commonLayout([x]), x, below === 0)
    let y = to.op('HardSigmoid', [to.get(x, layout)], { alpha: { float: STEEP }, beta: { float: 0 } })
    if (below !== 0) y = to.op('Add', [to.op('Mul', [y, to.scalar(1 - below)]), to.scalar(below)])
    to.set(output(node), y, layout)
  },
  ClipByValue: unary((to, x, { attributes }) => {
    const { clipValueMin, clipValueMax } = attributes as Record<string, number>
    return to.op('Clip', [x, to.scalar(clipValueMin as number), to.scalar(clipValueMax as number)])
  }),
  Cast: unary((to, x, node) => to.op('Cast', [x], { to: ONNX_TYPES[to.value(output(node)).dtype] })),
  Select: (node, to) => {
    const names = ['condition', 't', 'e'].map((name) => to.get(input(node, name)))
    to.set(output(node), to.op('Where', names))
  },
  AddN: (node, to) => {
    const list = node.list ?? []
    const layout = to.commonLayout(list)
    to.set(
      output(node),
      to.op(
        'Sum',
        list.map((id) => to.get(id, layout)),
      ),
      layout,
    )
  },
}
