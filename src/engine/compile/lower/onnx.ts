/**
 * Writes ONNX model files: the dozen protobuf message types that a lowered program needs, and nothing else.
 * Field numbers are those of onnx.proto (IR version 8). Every model written in the tests is opened by ONNX Runtime.
 */

export const FLOAT = 1
export const INT32 = 6
export const INT64 = 7
export const BOOL = 9

export interface OnnxTensor {
  name: string
  dims: number[]
  type: typeof FLOAT | typeof INT32 | typeof INT64 | typeof BOOL
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array
}

/** Whole numbers are written as INT, `{ float }` as FLOAT; arrays are INTS unless wrapped in `{ floats }`. */
export type OnnxAttribute = number | number[] | string | { float: number } | { floats: number[] } | { graph: OnnxGraph }

export interface OnnxNode {
  op: string
  /** '' for ai.onnx, 'com.microsoft', 'com.microsoft.nchwc'. */
  domain: string
  name: string
  /** '' for an absent optional input. */
  inputs: string[]
  outputs: string[]
  attributes: Record<string, OnnxAttribute>
}

export interface OnnxValue {
  name: string
  type: number
  dims: number[]
}

export interface OnnxGraph {
  name: string
  nodes: OnnxNode[]
  initializers: OnnxTensor[]
  inputs: OnnxValue[]
  outputs: OnnxValue[]
}

/** The bytes of a ModelProto holding `graph`, for opset 15 of ai.onnx and version 1 of the domains in use. */
export function encodeModel(graph: OnnxGraph, opset = 15): Uint8Array {
  const domains = new Set(graph.nodes.map((node) => node.domain).filter((domain) => domain !== ''))
  const model = new Message().integer(1, 8).text(2, 'second-guess')
  model.message(7, encodeGraph(graph)).message(8, new Message().text(1, '').integer(2, opset))
  for (const domain of domains) model.message(8, new Message().text(1, domain).integer(2, 1))
  return model.bytes()
}

function encodeGraph(graph: OnnxGraph): Message {
  const message = new Message()
  for (const node of graph.nodes) message.message(1, encodeNode(node))
  message.text(2, graph.name)
  for (const tensor of graph.initializers) message.message(5, encodeTensor(tensor))
  for (const value of graph.inputs) message.message(11, encodeValue(value))
  for (const value of graph.outputs) message.message(12, encodeValue(value))
  return message
}

function encodeNode(node: OnnxNode): Message {
  const message = new Message()
  for (const input of node.inputs) message.text(1, input)
  for (const output of node.outputs) message.text(2, output)
  message.text(3, node.name).text(4, node.op)
  for (const [name, value] of Object.entries(node.attributes)) message.message(5, encodeAttribute(name, value))
  return node.domain === '' ? message : message.text(7, node.domain)
}

function encodeAttribute(name: string, value: OnnxAttribute): Message {
  const message = new Message().text(1, name)
  if (typeof value === 'number') return message.integer(3, value).integer(20, 2)
  if (typeof value === 'string') return message.text(4, value).integer(20, 3)
  if (Array.isArray(value)) {
    for (const item of value) message.integer(8, item)
    return message.integer(20, 7)
  }
  if ('float' in value) return message.float(2, value.float).integer(20, 1)
  if ('graph' in value) return message.message(6, encodeGraph(value.graph)).integer(20, 5)
  for (const item of value.floats) message.float(7, item)
  return message.integer(20, 6)
}

function encodeTensor(tensor: OnnxTensor): Message {
  const message = new Message()
  for (const dim of tensor.dims) message.integer(1, dim)
  const { buffer, byteOffset, byteLength } = tensor.data
  return message
    .integer(2, tensor.type)
    .text(8, tensor.name)
    .raw(9, new Uint8Array(buffer, byteOffset, byteLength))
}

function encodeValue(value: OnnxValue): Message {
  const shape = new Message()
  for (const dim of value.dims) shape.message(1, new Message().integer(1, dim))
  const tensorType = new Message().integer(1, value.type).message(2, shape)
  return new Message().text(1, value.name).message(2, new Message().message(1, tensorType))
}

const encoder = new TextEncoder()

/** A protobuf message under construction: a list of byte chunks, joined once. */
class Message {
  private readonly chunks: Uint8Array[] = []
  private length = 0

  integer(field: number, value: number): this {
    this.push(varint(field << 3))
    return this.push(varint(value))
  }

  float(field: number, value: number): this {
    this.push(varint((field << 3) | 5))
    return this.push(new Uint8Array(new Float32Array([value]).buffer))
  }

  text(field: number, value: string): this {
    return this.raw(field, encoder.encode(value))
  }

  message(field: number, value: Message): this {
    this.push(varint((field << 3) | 2))
    this.push(varint(value.length))
    for (const chunk of value.chunks) this.push(chunk)
    return this
  }

  raw(field: number, bytes: Uint8Array): this {
    this.push(varint((field << 3) | 2))
    this.push(varint(bytes.length))
    return this.push(bytes)
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.length)
    let offset = 0
    for (const chunk of this.chunks) {
      out.set(chunk, offset)
      offset += chunk.length
    }
    return out
  }

  private push(chunk: Uint8Array): this {
    this.chunks.push(chunk)
    this.length += chunk.length
    return this
  }
}

/** Base-128 varint; negative numbers as 64-bit two's complement, as protobuf's int64 asks. */
function varint(value: number): Uint8Array {
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    out.push(rest === 0n ? low : low | 0x80)
  } while (rest !== 0n)
  return Uint8Array.from(out)
}
