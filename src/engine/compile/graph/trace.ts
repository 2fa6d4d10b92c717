/**
 * Runs a program's step function once on a TensorFlow.js backend that computes nothing and writes down every kernel
 * call: forward pass, gradients and optimiser update alike, since TensorFlow.js differentiates by calling kernels.
 */
import { tf } from '../../tensorflow'
import { StudioError } from '../../../domain/errors'
import type { NamedTensors, Program, Signature } from '../../program'
import { addValue, prune, type DataType, type Graph, type Node, type ValueId } from './graph'
import { CONSTANTS, SHAPES, type Shaped } from './shapes'

const BACKEND = 'trace'

/** The graph being recorded; tracing is synchronous, so there is at most one. */
let recording: Recording | null = null

interface Recording {
  graph: Graph
  /** TensorFlow.js data identity -> value. */
  ids: WeakMap<object, ValueId>
}

class TracingBackend extends tf.KernelBackend {
  override write(data: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    return constant(data, shape, dtype)
  }
  override move(dataId: object, data: tf.BackendValues, shape: number[], dtype: tf.DataType): void {
    const { ids } = current()
    const made = ids.get(constant(data, shape, dtype))
    if (made !== undefined) ids.set(dataId, made)
  }
  override read(): never {
    throw new Error('A program must not read values: its step function is traced, not run.')
  }
  override readSync(): never {
    return this.read()
  }
  override numDataIds = () => 0
  override incRef(): void {}
  override refCount = () => 1
  override disposeData = () => true
  override floatPrecision = () => 32 as const
  override memory = () => ({ unreliable: true })
}

function current(): Recording {
  if (!recording) throw new Error('nothing is being traced')
  return recording
}

/** Registers data made by the program itself; arrays of one repeated number are kept as that number. */
function constant(data: tf.BackendValues | null, shape: number[], dtype: tf.DataType): object {
  const { graph, ids } = current()
  const array = data as Float32Array | Int32Array | Uint8Array
  const first = array[0] ?? 0
  const uniform = array.length > 0 && array.every((x) => x === first)
  const dataId = {}
  const kept = uniform ? { kind: 'splat' as const, value: first } : { kind: 'array' as const, data: array.slice() }
  ids.set(dataId, addValue(graph, [...shape], asDataType(dtype), kept))
  return dataId
}

function asDataType(dtype: tf.DataType): DataType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype
  throw new Error(`dtype ${dtype} cannot be traced`)
}

tf.registerBackend(BACKEND, () => new TracingBackend(), 0)
for (const [kernelName, rule] of Object.entries(SHAPES)) {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const { graph, ids } = current()
      const attributes = (attrs ?? {}) as Record<string, unknown>
      const idOf = (tensor: tf.TensorInfo): ValueId => {
        const id = ids.get(tensor.dataId)
        if (id === undefined) throw new Error(`${kernelName} reads a tensor made outside the program`)
        return id
      }
      const shaped = (id: ValueId) => graph.values[id] as { shape: number[]; dtype: DataType }
      const named: Node['inputs'] = {}
      const isList = Array.isArray(inputs)
      const list = isList ? (inputs as tf.TensorInfo[]).map(idOf) : undefined
      if (!isList) {
        for (const [name, tensor] of Object.entries(inputs)) if (tensor) named[name] = idOf(tensor)
      }
      const namedShapes = Object.fromEntries(Object.entries(named).map(([name, id]) => [name, shaped(id)]))
      const outputs = rule(namedShapes, attributes, (list ?? []).map(shaped))
      const outputIds = outputs.map(({ shape, dtype }) => addValue(graph, [...shape], dtype))
      const name = `${graph.nodes.length}/${kernelName}`
      graph.nodes.push({ kernel: kernelName, inputs: named, list, attributes, outputs: outputIds, name })
      const infos = outputIds.map((id) => {
        const dataId = {}
        ids.set(dataId, id)
        return { dataId, shape: shaped(id).shape, dtype: shaped(id).dtype }
      })
      return infos.length === 1 ? (infos[0] as tf.TensorInfo) : infos
    },
  })
}

for (const [kernelName, make] of Object.entries(CONSTANTS)) {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs }) => {
      const { shape, dtype, value } = make(inputs as Record<string, Shaped>, attrs as Record<string, unknown>)
      const dataId = constant(Float32Array.of(value), shape, dtype)
      return { dataId, shape, dtype }
    },
  })
}

/** Records one call of `program.step`. Throws StudioError('device') naming the program when it cannot be traced. */
export function trace(program: Program, stateShapes: Signature): Graph {
  const graph: Graph = {
    values: [],
    nodes: [],
    inputs: new Map(),
    state: new Map(),
    outputs: new Map(),
    updates: new Map(),
  }
  const ids = new WeakMap<object, ValueId>()
  const before = tf.engine().backendName
  recording = { graph, ids }
  try {
    void tf.setBackend(BACKEND) // the backend starts synchronously, so it is in place when this returns
    tf.tidy(() => {
      const placeholders = (signature: Signature, into: Map<string, ValueId>): NamedTensors =>
        Object.fromEntries(
          Object.entries(signature).map(([name, shape]) => {
            const id = addValue(graph, [...shape])
            into.set(name, id)
            const dataId = {}
            ids.set(dataId, id)
            return [name, tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' })]
          }),
        )
      const state = placeholders(stateShapes, graph.state)
      const result = program.step(state, placeholders(program.inputs, graph.inputs))
      const resolve = (tensors: NamedTensors, into: Map<string, ValueId>) => {
        for (const [name, tensor] of Object.entries(tensors)) into.set(name, ids.get(tensor.dataId) as ValueId)
      }
      resolve(result.outputs, graph.outputs)
      resolve(result.state ?? {}, graph.updates)
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('device', `The program ${program.name} cannot be compiled: ${reason}`, {}, { cause: error })
  } finally {
    recording = null
    if (before) void tf.setBackend(before)
  }
  prune(graph)
  return graph
}
