/** Lowers a rewritten graph to ONNX: one rule per kernel, picked by name. */
import { FLOAT, type OnnxGraph, type OnnxValue } from './onnx'
import type { Graph, ValueId } from '../graph/graph'
import { CHANNELS } from './channels'
import { CONVOLUTION } from './convolution'
import { CUTTING } from './cutting'
import { ELEMENTWISE } from './elementwise'
import { Lowering, type Rule, type Target } from './lowering'
import { POOLING } from './pooling'
import { SHAPING } from './shaping'

export type { Target } from './lowering'

const RULES: Record<string, Rule> = { ...ELEMENTWISE, ...SHAPING, ...CUTTING, ...CONVOLUTION, ...CHANNELS, ...POOLING }

/** Kernels that can be compiled; the tests go through all of them. */
export const LOWERED_KERNELS = Object.keys(RULES)

export interface Lowered {
  graph: OnnxGraph
  /** Graph input and output names; state entries that the program does not read are not inputs. */
  inputs: Map<string, string>
  state: Map<string, string>
  outputs: Map<string, string>
  updates: Map<string, string>
}

export function lower(graph: Graph, name: string, target: Target): Lowered {
  const to = new Lowering(graph, target)
  const inputs: OnnxValue[] = []
  const declare = (entries: Map<string, ValueId>, prefix: string) => {
    const names = new Map<string, string>()
    for (const [entry, id] of entries) {
      const declared = { name: `${prefix}/${entry}`, type: FLOAT, dims: to.shape(id) }
      inputs.push(declared)
      names.set(entry, declared.name)
      to.set(id, declared.name)
    }
    return names
  }
  const used = readValues(graph)
  const readState = new Map([...graph.state].filter(([, id]) => used.has(id)))
  const inputNames = declare(graph.inputs, 'input')
  const stateNames = declare(readState, 'state')

  for (const node of graph.nodes) {
    const rule = RULES[node.kernel]
    if (!rule) throw new Error(`no lowering for kernel ${node.kernel} (${node.name})`)
    to.enter(node)
    rule(node, to)
  }

  const outputs: OnnxValue[] = []
  const publish = (entries: Map<string, ValueId>, prefix: string) => {
    const names = new Map<string, string>()
    for (const [entry, id] of entries) {
      const published = { name: `${prefix}/${entry}`, type: FLOAT, dims: to.shape(id) }
      const float = to.value(id).dtype === 'float32' ? to.get(id) : to.op('Cast', [to.get(id)], { to: FLOAT })
      // An Identity gives the output its own name even where the value is an input or is published twice.
      to.nodes.push({
        op: 'Identity',
        domain: '',
        name: published.name,
        inputs: [float],
        outputs: [published.name],
        attributes: {},
      })
      outputs.push(published)
      names.set(entry, published.name)
    }
    return names
  }
  const outputNames = publish(graph.outputs, 'output')
  const updateNames = publish(graph.updates, 'update')
  return {
    graph: { name, nodes: to.nodes, initializers: to.initializers, inputs, outputs },
    inputs: inputNames,
    state: stateNames,
    outputs: outputNames,
    updates: updateNames,
  }
}

function readValues(graph: Graph): Set<ValueId> {
  const used = new Set<ValueId>([...graph.outputs.values(), ...graph.updates.values()])
  for (const node of graph.nodes) {
    for (const id of Object.values(node.inputs)) used.add(id)
    for (const id of node.list ?? []) used.add(id)
  }
  return used
}
