/** Elementwise kernels: they work in whatever layout their inputs already have. */
import { BOOL, FLOAT, INT32 } from '../onnx'
import type { Node, ValueId } from '../graph'
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

/** Large enough that every float32 activation that matters saturates, small enough not to overflow on its way. */
const STEEP = 2 ** 100

function unary(emit: (to: Lowering, x: string, node: Node) => string): Rule {
  return (node, to) => {
    const x = Object.values(node.inputs)[0] as ValueId
    const layout = to.commonLayout([x])
    to.set(output(node), emit(to, to.get(x, layout), node), layout)
  }
}

function binary(emit: (to: Lowering, a: string, b: string) => string): Rule {
  return (node, to) => {
    const a = input(node, 'a')
    const b = input(node, 'b')
    const result = output(node)
    const layout = broadcastLayout(to, a, b, result)
    const operand = (id: ValueId) => (isFull(to, id, result) ? to.getBroadcast(id, layout) : to.getBroadcast(id))
    to.set(result, emit(to, operand(a), operand(b)), layout)
  }
}

function isFull(to: Lowering, id: ValueId, result: ValueId): boolean {
  return to.shape(id).join() === to.shape(result).join()
}

function elements(to: Lowering, id: ValueId): number {
  return to.shape(id).reduce((x, y) => x * y, 1)
}

/** Full operands keep their layout as long as the others are single numbers; anything else broadcasts in `plain`. */
function broadcastLayout(to: Lowering, a: ValueId, b: ValueId, result: ValueId): Layout {
  if (to.shape(result).length !== 4) return 'plain'
  const full = [a, b].filter((id) => isFull(to, id, result))
  const fits = [a, b].every((id) => isFull(to, id, result) || elements(to, id) === 1)
  return fits ? to.commonLayout(full.filter((id) => !to.isSplat(id))) : 'plain'
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
    const layout = to.commonLayout([x])
    const below = (node.attributes['alpha'] as number | undefined) ?? 0
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
    to.set(output(node), to.op('Sum', list.map((id) => to.get(id, layout))), layout) // prettier-ignore
  },
}
