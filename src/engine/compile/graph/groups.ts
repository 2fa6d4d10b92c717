/**
 * Rewrites of convolutions in groups: narrow groups joined for the blocked kernels, and the filter gradient's parts.
 */
import {
  GROUPED_CONVOLUTION,
  GROUPED_CONVOLUTION_FILTER_GRADIENT,
  GROUPED_CONVOLUTION_INPUT_GRADIENT,
} from '../../model/operations/groupedConvolution'
import { addValue, value, type Graph, type Node, type ValueId } from './graph'

/** What a convolution in groups is once a single group is left. */
const UNGROUPED: Record<string, string> = {
  [GROUPED_CONVOLUTION]: 'Conv2D',
  [GROUPED_CONVOLUTION_INPUT_GRADIENT]: 'Conv2DBackpropInput',
  [GROUPED_CONVOLUTION_FILTER_GRADIENT]: 'Conv2DBackpropFilter',
}
/** Multiplications by zero for each real one at most, plus one. */
const MOST_JOINED = 4

/**
 * Neighbouring groups that share a block of channels become one group, whose filters are zero from one to the other:
 * the blocked kernel does several times the work, and is still far ahead.
 */
export function mergeNarrowGroups(graph: Graph, block: number): void {
  if (block === 1) return
  graph.nodes = graph.nodes.flatMap((node) => {
    const kernel = UNGROUPED[node.kernel]
    if (kernel === undefined) return [node]
    const ofFilter = node.kernel === GROUPED_CONVOLUTION_FILTER_GRADIENT
    const filter = (ofFilter ? node.outputs[0] : node.inputs['filter']) as ValueId
    const [rows, columns, inputs, outputs] = value(graph, filter).shape as [number, number, number, number]
    const groups = node.attributes['groups'] as number
    const joined = groupsToJoin(groups, inputs, outputs / groups, block)
    if (joined === 1) return [node]

    const shape = [rows, columns, joined * inputs, outputs]
    const mask = addValue(graph, [1, 1, joined * inputs, outputs], 'float32', {
      kind: 'array',
      data: maskOf(joined, inputs, outputs, outputs / groups),
    })
    const merged = addValue(graph, shape)
    const left = groups / joined
    const { groups: _, ...rest } = node.attributes
    const attributes = { ...rest, ...(left > 1 ? { groups: left } : {}) }
    const convolution: Node = { ...node, kernel: left > 1 ? node.kernel : kernel, attributes }
    const also = (kernel: string, inputs: Node['inputs'], attributes: Node['attributes'], output: ValueId): Node => ({
      kernel,
      inputs,
      attributes,
      outputs: [output],
      name: `${node.name}.${kernel}`,
    })
    if (!ofFilter) {
      const tiled = addValue(graph, shape)
      return [
        also('Tile', { x: filter }, { reps: [1, 1, joined, 1] }, tiled),
        also('Multiply', { a: tiled, b: mask }, {}, merged),
        { ...convolution, inputs: { ...node.inputs, filter: merged } },
      ]
    }
    // All but one of each sum's terms are zeros of the mask.
    const masked = addValue(graph, shape)
    const apart = addValue(graph, [rows * columns, joined, inputs, outputs])
    const summed = addValue(graph, [rows * columns, inputs, outputs])
    return [
      { ...convolution, attributes: { ...attributes, filterShape: shape }, outputs: [merged] },
      also('Multiply', { a: merged, b: mask }, {}, masked),
      also('Reshape', { x: masked }, { shape: value(graph, apart).shape }, apart),
      also('Sum', { x: apart }, { axis: [1], keepDims: false }, summed),
      also('Reshape', { x: summed }, { shape: [rows, columns, inputs, outputs] }, filter),
    ]
  })
}

/** How many groups together fill blocks, 1 where none or too many do. */
function groupsToJoin(groups: number, inputs: number, outputs: number, block: number): number {
  for (let joined = 1; joined <= MOST_JOINED; joined++) {
    if (groups % joined === 0 && (joined * inputs) % block === 0 && (joined * outputs) % block === 0) return joined
  }
  return 1
}

/** [joined * inputs, outputs]: 1 where an input channel is of an output channel's own group. */
function maskOf(joined: number, inputs: number, outputs: number, perGroup: number): Float32Array {
  return Float32Array.from({ length: joined * inputs * outputs }, (_, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs]
    return +(Math.floor(row / inputs) === Math.floor(output / perGroup) % joined)
  })
}

/** The filter gradient of a convolution in groups is that of each group's channels, joined. */
export function expandGroupedFilterGradient(graph: Graph): void {
  graph.nodes = graph.nodes.flatMap((node) => {
    if (node.kernel !== GROUPED_CONVOLUTION_FILTER_GRADIENT) return [node]
    const { groups, filterShape, ...attributes } = node.attributes as { groups: number; filterShape: number[] }
    const [rows, columns, inputs, outputs] = filterShape as [number, number, number, number]
    const parts = (shape: number[]) => {
      const part = [...shape.slice(0, 3), (shape[3] as number) / groups]
      return Array.from({ length: groups }, () => addValue(graph, part))
    }
    const cut = (name: 'x' | 'dy'): Node => {
      const source = node.inputs[name] as ValueId
      const split = { axis: 3, numOrSizeSplits: groups }
      const cuts = parts(value(graph, source).shape)
      return { kernel: 'SplitV', inputs: { x: source }, attributes: split, outputs: cuts, name: `${node.name}.${name}` }
    }
    const [xs, dys] = [cut('x'), cut('dy')]
    const gradients = parts([rows, columns, inputs, outputs])
    const shape = [rows, columns, inputs, outputs / groups]
    const each = gradients.map((gradient, k): Node => {
      const images = { x: xs.outputs[k] as ValueId, dy: dys.outputs[k] as ValueId }
      const name = `${node.name}.group${k}`
      return {
        kernel: 'Conv2DBackpropFilter',
        inputs: images,
        attributes: { ...attributes, filterShape: shape },
        outputs: [gradient],
        name,
      }
    })
    const joined: Node = {
      kernel: 'Concat',
      inputs: {},
      list: gradients,
      attributes: { axis: 3 },
      outputs: node.outputs,
      name: node.name,
    }
    return [xs, dys, ...each, joined]
  })
}
