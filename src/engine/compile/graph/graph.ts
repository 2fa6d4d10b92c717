/** The traced program between TensorFlow.js and ONNX: nodes in execution order over values with static shapes. */

export type DataType = 'float32' | 'int32' | 'bool'
export type ValueId = number
export type Attributes = Record<string, unknown>

/** What a value is known to hold before the program runs. */
export type Constant =
  { kind: 'array'; data: Float32Array | Int32Array | Uint8Array } | { kind: 'splat'; value: number }

export interface Value {
  id: ValueId
  /** Logical TensorFlow.js shape, row-major; images NHWC, filters HWIO. */
  shape: number[]
  dtype: DataType
  constant?: Constant
}

export interface Node {
  kernel: string
  inputs: Record<string, ValueId>
  /** Inputs of kernels that take a list (Concat, AddN, Pack). */
  list?: ValueId[]
  attributes: Attributes
  outputs: ValueId[]
  /** Readable name for the exported graph: "12/Conv2D". */
  name: string
}

export interface Graph {
  values: Value[]
  nodes: Node[]
  /** Program inputs and state entries by name. */
  inputs: Map<string, ValueId>
  state: Map<string, ValueId>
  outputs: Map<string, ValueId>
  /** State entries the program replaces. */
  updates: Map<string, ValueId>
}

export function value(graph: Graph, id: ValueId): Value {
  const found = graph.values[id]
  if (!found) throw new Error(`no value ${id}`)
  return found
}

export function addValue(graph: Graph, shape: number[], dtype: DataType = 'float32', constant?: Constant): ValueId {
  const id = graph.values.length
  graph.values.push({ id, shape, dtype, constant })
  return id
}

export function inputsOf(node: Node): ValueId[] {
  return [...Object.values(node.inputs), ...(node.list ?? [])]
}

/** How often each value is read, counting the program's own outputs and updates. */
export function useCounts(graph: Graph): number[] {
  const counts = new Array<number>(graph.values.length).fill(0)
  const use = (id: ValueId) => (counts[id] = (counts[id] ?? 0) + 1)
  for (const node of graph.nodes) inputsOf(node).forEach(use)
  for (const id of [...graph.outputs.values(), ...graph.updates.values()]) use(id)
  return counts
}

/** Drops nodes whose results nobody reads and puts the rest into an order in which inputs come first. */
export function prune(graph: Graph): void {
  const producer = new Map<ValueId, Node>()
  for (const node of graph.nodes) for (const id of node.outputs) producer.set(id, node)
  const wanted = new Set<Node>()
  const pending = [...graph.outputs.values(), ...graph.updates.values()]
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = producer.get(id)
    if (!node || wanted.has(node)) continue
    wanted.add(node)
    pending.push(...inputsOf(node))
  }
  // Stable: a node waits for its inputs, otherwise the traced order is kept.
  const order: Node[] = []
  const done = new Set<Node>()
  const visit = (root: Node) => {
    const stack = [{ node: root, next: 0 }]
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: Node; next: number }
      const inputs = inputsOf(top.node)
      if (done.has(top.node)) stack.pop()
      else if (top.next < inputs.length) {
        const before = producer.get(inputs[top.next++] as ValueId)
        if (before && !done.has(before)) stack.push({ node: before, next: 0 })
      } else {
        done.add(top.node)
        order.push(top.node)
        stack.pop()
      }
    }
  }
  for (const node of graph.nodes) if (wanted.has(node)) visit(node)
  graph.nodes = order
}
