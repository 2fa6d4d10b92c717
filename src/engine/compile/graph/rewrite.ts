/**
 * Rewrites of the traced graph that every device gains from. Each is one function over the graph; `rewrite` runs
 * them in order. Kernels whose names start with an underscore exist only here and in `lower/`.
 */
import { BATCH_NORMALIZATION, BATCH_NORMALIZATION_GRADIENT } from '../../model/operations/batchNormalization'
import { CHANNEL_AFFINE } from '../../model/operations/channelAffine'
import { addValue, inputsOf, prune, useCounts, value, type Graph, type Node, type ValueId } from './graph'
import { expandGroupedFilterGradient, mergeNarrowGroups } from './groups'

/** x -> mean [C] and biased variance [C] over all axes but the last. */
export const CHANNEL_MOMENTS = '_ChannelMoments'
/** x -> sum [C] over all axes but the last. */
export const CHANNEL_SUM = '_ChannelSum'
/** a, b -> sum of a*b [C] over all axes but the last. */
export const CHANNEL_PRODUCT = '_ChannelProduct'
/** dy, x, a, b, c, sum? -> a*dy + b*x + c + sum with per-channel a, b, c. */
export const CHANNEL_COMBINE = '_ChannelCombine'
/** x, scale, shift, residual? -> relu?(x*scale + shift + residual). */
export const CHANNEL_AFFINE_FUSED = '_ChannelAffineFused'

/** Gradients that take a further input `sum`, which they add. */
const ACCUMULATING = new Set(['Conv2DBackpropInput', CHANNEL_COMBINE])

/** @param block channels that lie side by side in the images of the device the graph is for; 1 for none */
export function rewrite(graph: Graph, block = 1): void {
  expandBatchNormalization(graph)
  mergeNarrowGroups(graph, block)
  expandGroupedFilterGradient(graph)
  removeMultiplicationByOnes(graph)
  removeIdentities(graph)
  stepOfReluOutput(graph)
  shareEqualReluAndStep(graph)
  multiplySumsByStep(graph)
  prune(graph)
  fuseAffineAddRelu(graph)
  fuseAddIntoGradient(graph)
  prune(graph)
}

function only(ids: ValueId[]): ValueId {
  return ids[0] as ValueId
}

/** Batch normalisation as per-channel sums and one affine pass, forward and backward. */
function expandBatchNormalization(graph: Graph): void {
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    if (node.kernel !== BATCH_NORMALIZATION && node.kernel !== BATCH_NORMALIZATION_GRADIENT) {
      nodes.push(node)
      continue
    }
    let made = 0
    const emit = (kernel: string, inputs: Node['inputs'], outputs: ValueId[]): ValueId => {
      nodes.push({ kernel, inputs, attributes: {}, outputs, name: `${node.name}.${made++}/${kernel}` })
      return only(outputs)
    }
    const gamma = node.inputs['gamma'] as ValueId
    const x = node.inputs['x'] as ValueId
    const shape = value(graph, gamma).shape
    const vector = () => addValue(graph, shape)
    const scalar = (number: number) => addValue(graph, [], 'float32', { kind: 'splat', value: number })
    const math = (kernel: string, a: ValueId, b: ValueId, out = vector()) => emit(kernel, { a, b }, [out])
    const inverse = (variance: ValueId) =>
      emit('Rsqrt', { x: math('Add', variance, scalar(node.attributes['epsilon'] as number)) }, [vector()])

    if (node.kernel === BATCH_NORMALIZATION) {
      const [y, mean, variance] = node.outputs as [ValueId, ValueId, ValueId]
      emit(CHANNEL_MOMENTS, { x }, [mean, variance])
      const scale = math('Multiply', gamma, inverse(variance))
      const shift = math('Sub', node.inputs['beta'] as ValueId, math('Multiply', mean, scale))
      emit(CHANNEL_AFFINE, { x, scale, shift }, [y])
      continue
    }
    // dx = A*dy + B*x + C with A = gamma/sd, B = -A*dgamma/(sd*n), C = -A*dbeta/n - B*mean
    const [dx, dgamma, dbeta] = node.outputs as [ValueId, ValueId, ValueId]
    const { dy, mean, variance } = node.inputs as Record<'dy' | 'mean' | 'variance', ValueId>
    const perItem = scalar(-value(graph, gamma).shape.reduce((a, b) => a * b, 1) / size(value(graph, x).shape))
    const reciprocalDeviation = inverse(variance)
    emit(CHANNEL_SUM, { x: dy }, [dbeta])
    const product = emit(CHANNEL_PRODUCT, { a: dy, b: x }, [vector()])
    math('Multiply', math('Sub', product, math('Multiply', mean, dbeta)), reciprocalDeviation, dgamma)
    const a = math('Multiply', gamma, reciprocalDeviation)
    const aPerItem = math('Multiply', a, perItem)
    const b = math('Multiply', math('Multiply', aPerItem, reciprocalDeviation), dgamma)
    const c = math('Sub', math('Multiply', aPerItem, dbeta), math('Multiply', b, mean))
    emit(CHANNEL_COMBINE, { dy, x, a, b, c }, [dx])
  }
  graph.nodes = nodes
}

function size(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

/** The gradients of Sum and Mean multiply by a tensor of ones of the full shape: a broadcast, or nothing at all. */
function removeMultiplicationByOnes(graph: Graph): void {
  for (const node of graph.nodes) {
    if (node.kernel !== 'Multiply') continue
    const { a, b } = node.inputs as Record<'a' | 'b', ValueId>
    const isOne = (id: ValueId) => {
      const { constant } = value(graph, id)
      return constant?.kind === 'splat' && constant.value === 1
    }
    const kept = isOne(b) ? a : isOne(a) ? b : undefined
    if (kept === undefined) continue
    const target = value(graph, only(node.outputs)).shape
    const same = value(graph, kept).shape.join() === target.join()
    node.kernel = same ? 'Identity' : '_Broadcast'
    node.inputs = { x: kept }
  }
}

/** Reshapes to the same shape, casts to the same type and clones: their readers read the original. */
function removeIdentities(graph: Graph): void {
  const original = new Map<ValueId, ValueId>()
  const resolve = (id: ValueId): ValueId => original.get(id) ?? id
  const redirect = (map: Map<string, ValueId>) => map.forEach((id, name) => map.set(name, resolve(id)))
  for (const node of graph.nodes) {
    node.inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, id]) => [name, resolve(id)]))
    if (node.list) node.list = node.list.map(resolve)
    if (!['Identity', 'Reshape', 'Cast'].includes(node.kernel)) continue
    const from = value(graph, only(inputsOf(node)))
    const to = value(graph, only(node.outputs))
    if (from.dtype === to.dtype && from.shape.join() === to.shape.join()) original.set(to.id, from.id)
  }
  redirect(graph.outputs)
  redirect(graph.updates)
}

/** relu(x) > 0 exactly where x > 0: reading the output frees the input, so that it can be fused away. */
function stepOfReluOutput(graph: Graph): void {
  const reluOf = new Map<ValueId, ValueId>()
  for (const node of graph.nodes)
    if (node.kernel === 'Relu') reluOf.set(node.inputs['x'] as ValueId, only(node.outputs))
  for (const node of graph.nodes) {
    if (node.kernel !== 'Step') continue
    const output = reluOf.get(node.inputs['x'] as ValueId)
    if (output !== undefined) node.inputs['x'] = output
  }
}

/** ChannelAffine, then an optional addition, then an optional ReLU, each read once: one pass over memory. */
function fuseAffineAddRelu(graph: Graph): void {
  const counts = useCounts(graph)
  const consumer = new Map<ValueId, Node>()
  for (const node of graph.nodes) for (const id of inputsOf(node)) consumer.set(id, node)
  const removed = new Set<Node>()
  const nextIfOnly = (id: ValueId) => {
    const next = counts[id] === 1 ? consumer.get(id) : undefined
    return next && removed.has(next) ? undefined : next
  }

  for (const node of graph.nodes) {
    if (node.kernel !== CHANNEL_AFFINE || removed.has(node)) continue
    let last = only(node.outputs)
    let residual: ValueId | undefined
    let relu = false
    let next = nextIfOnly(last)
    if (next?.kernel === 'Add') {
      const other = next.inputs['a'] === last ? next.inputs['b'] : next.inputs['a']
      if (other !== undefined && value(graph, other).shape.join() === value(graph, last).shape.join()) {
        residual = other
        removed.add(next)
        last = only(next.outputs)
        next = nextIfOnly(last)
      }
    }
    if (next?.kernel === 'Relu') {
      relu = true
      removed.add(next)
      last = only(next.outputs)
    }
    if (residual === undefined && !relu) continue
    node.kernel = CHANNEL_AFFINE_FUSED
    node.attributes = { ...node.attributes, relu }
    if (residual !== undefined) node.inputs = { ...node.inputs, residual }
    node.outputs = [last]
  }
  graph.nodes = graph.nodes.filter((node) => !removed.has(node))
}

/** A ReLU taken twice of one value, as at the start of each of several paths, and the steps of their gradients. */
function shareEqualReluAndStep(graph: Graph): void {
  const known = new Map<string, ValueId>()
  const original = new Map<ValueId, ValueId>()
  const resolve = (id: ValueId): ValueId => original.get(id) ?? id
  for (const node of graph.nodes) {
    node.inputs = Object.fromEntries(Object.entries(node.inputs).map(([name, id]) => [name, resolve(id)]))
    if (node.list) node.list = node.list.map(resolve)
    if (node.kernel !== 'Relu' && node.kernel !== 'Step') continue
    const key = `${node.kernel} ${node.inputs['x']} ${JSON.stringify(node.attributes)}`
    const same = known.get(key)
    if (same === undefined) known.set(key, only(node.outputs))
    else original.set(only(node.outputs), same)
  }
  for (const names of [graph.outputs, graph.updates]) names.forEach((id, name) => names.set(name, resolve(id)))
}

/** a*step + b*step = (a + b)*step: the gradients of several paths are added first, which costs nothing there. */
function multiplySumsByStep(graph: Graph): void {
  const counts = useCounts(graph)
  const producer = new Map<ValueId, Node>()
  for (const node of graph.nodes) for (const id of node.outputs) producer.set(id, node)
  const isStep = (id: ValueId | undefined) => id !== undefined && producer.get(id)?.kernel === 'Step'
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    nodes.push(node)
    if (node.kernel !== 'Add') continue
    const products = ['a', 'b'].map((name) => producer.get(node.inputs[name] as ValueId))
    const pairs = products.map((product) => {
      if (product?.kernel !== 'Multiply' || counts[only(product.outputs)] !== 1) return null
      const { a, b } = product.inputs as Record<'a' | 'b', ValueId>
      return isStep(b) ? { factor: a, step: b } : isStep(a) ? { factor: b, step: a } : null
    })
    const [first, second] = pairs
    if (!first || !second || first.step !== second.step) continue
    const sum = addValue(graph, [...value(graph, only(node.outputs)).shape])
    const product: Node = {
      kernel: 'Multiply',
      inputs: { a: sum, b: first.step },
      attributes: {},
      outputs: node.outputs,
      name: `${node.name}.step`,
    }
    node.inputs = { a: first.factor, b: second.factor }
    node.outputs = [sum]
    // Three paths are two such sums, one of the other.
    counts[sum] = 1
    producer.set(sum, node)
    producer.set(only(product.outputs), product)
    nodes.push(product)
  }
  graph.nodes = nodes
}

/**
 * The gradient that reaches a block's input is a convolution's input gradient, or what batch normalisation makes of
 * one, plus the shortcut's: one accumulation.
 */
function fuseAddIntoGradient(graph: Graph): void {
  const counts = useCounts(graph)
  const producer = new Map<ValueId, Node>()
  for (const node of graph.nodes) for (const id of node.outputs) producer.set(id, node)
  const removed = new Set<Node>()
  for (const node of graph.nodes) {
    if (node.kernel !== 'Add') continue
    const { a, b } = node.inputs as Record<'a' | 'b', ValueId>
    if (value(graph, a).shape.join() !== value(graph, b).shape.join()) continue
    for (const [from, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const gradient = producer.get(from)
      if (!gradient || !ACCUMULATING.has(gradient.kernel) || counts[from] !== 1) continue
      if (gradient.inputs['sum'] !== undefined) continue
      gradient.inputs = { ...gradient.inputs, sum: other }
      gradient.outputs = [...node.outputs]
      removed.add(node)
      break
    }
  }
  graph.nodes = graph.nodes.filter((node) => !removed.has(node))
}
