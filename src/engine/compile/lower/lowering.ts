/**
 * The state of one lowering: which ONNX tensor holds each traced value, and in which physical layout. A value may be
 * held in several layouts at once; `get` converts on demand and remembers.
 *
 * - `plain`: the logical TensorFlow.js layout (NHWC for images), dims = logical shape
 * - `nchw`: rank 4, dims [N, C, H, W]
 * - `blocked`: rank 4, declared dims [N, C, H, W], memory [N, C/b, H, W, b]; the layout of ONNX Runtime's
 *   `com.microsoft.nchwc` operators on the CPU, with block size b of the processor (16 with AVX-512, 8 with AVX).
 *   C counts the zeros that fill the blocks up (blocks.ts)
 */
import { FLOAT, INT32, INT64, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './onnx'
import { Blocks, type Parts } from './blocks'
import { value, type Graph, type Node, type Value, type ValueId } from '../graph/graph'

export type Layout = 'plain' | 'nchw' | 'blocked'

export interface Target {
  /** Channel block of the NCHWc operators; 1 where the device has none. */
  block: number
  /** Whether `com.microsoft` operators of the CPU (FusedMatMul) may be used. */
  microsoft: boolean
  /** Threads that share one operator; independent parts of long reductions are made for each. */
  threads: number
}

export const NCHWC = 'com.microsoft.nchwc'
export const MICROSOFT = 'com.microsoft'

interface OperatorOptions {
  domain?: string
  outputs?: number
}

export class Lowering {
  readonly nodes: OnnxNode[] = []
  readonly initializers: OnnxTensor[] = []
  readonly blocks: Blocks
  private readonly held = new Map<ValueId, Map<Layout, string>>()
  private readonly interned = new Map<string, string>()
  private counter = 0
  private scope = ''

  constructor(
    readonly graph: Graph,
    readonly target: Target,
  ) {
    this.blocks = new Blocks(graph, target.block)
  }

  // ------------------------------------------------------------ writing operators

  /** Names of everything emitted until the next call start with the node's own name. */
  enter(node: Node): void {
    this.scope = node.name
  }

  /** Emits an ONNX operator and answers its (first) output's name. */
  op(
    op: string,
    inputs: string[],
    attributes: Record<string, OnnxAttribute> = {},
    options: OperatorOptions = {},
  ): string {
    return this.ops(op, inputs, attributes, { ...options, outputs: 1 })[0] as string
  }

  ops(op: string, inputs: string[], attributes: Record<string, OnnxAttribute>, options: OperatorOptions): string[] {
    const name = `${this.scope}:${op}.${this.counter++}`
    const outputs = Array.from({ length: options.outputs ?? 1 }, (_, i) => (i === 0 ? name : `${name}.${i}`))
    this.nodes.push({ op, domain: options.domain ?? '', name, inputs, outputs, attributes })
    return outputs
  }

  /** An int64 vector as an initializer, for shapes, axes and pads. */
  ints(values: number[]): string {
    return this.intern(`i${values.join()}`, {
      dims: [values.length],
      type: INT64,
      data: BigInt64Array.from(values, BigInt),
    })
  }

  scalar(number: number): string {
    return this.intern(`f${number}`, { dims: [], type: FLOAT, data: Float32Array.of(number) })
  }

  floats(data: Float32Array, dims: number[]): string {
    return this.initializer({ dims, type: FLOAT, data })
  }

  reshape(x: string, dims: number[]): string {
    return this.op('Reshape', [x, this.ints(dims)])
  }

  transpose(x: string, perm: number[]): string {
    return this.op('Transpose', [x], { perm })
  }

  /** Puts zeros between channels, which are axis `axis` of a tensor of `rank` axes, so that they lie as in blocks. */
  spread(x: string, rank: number, axis: number, parts: Parts): string {
    const places = this.blocks.places(parts)
    const channels = places.filter((place) => place >= 0).length
    if (channels === places.length) return x
    const pads = (after: number) => Array.from({ length: 2 * rank }, (_, i) => (i === rank + axis ? after : 0))
    if (parts.length === 1) return this.op('Pad', [x, this.ints(pads(places.length - channels))])
    const withZero = this.op('Pad', [x, this.ints(pads(1))])
    const indices = places.map((place) => (place < 0 ? channels : place))
    return this.op('Gather', [withZero, this.ints(indices)], { axis })
  }

  /** The channels alone of what `spread` makes. */
  gathered(x: string, axis: number, parts: Parts): string {
    const places = this.blocks.places(parts)
    const indices = places.flatMap((channel, place) => (channel < 0 ? [] : [place]))
    if (indices.length === places.length) return x
    if (parts.length > 1) return this.op('Gather', [x, this.ints(indices)], { axis })
    return this.op('Slice', [x, this.ints([0]), this.ints([indices.length]), this.ints([axis])])
  }

  // ------------------------------------------------------------ values and their layouts

  shape(id: ValueId): number[] {
    return this.value(id).shape
  }

  value(id: ValueId): Value {
    return value(this.graph, id)
  }

  set(id: ValueId, name: string, layout: Layout = 'plain'): void {
    const layouts = this.held.get(id) ?? new Map<Layout, string>()
    layouts.set(layout, name)
    this.held.set(id, layouts)
  }

  has(id: ValueId, layout: Layout): boolean {
    return this.held.get(id)?.has(layout) ?? false
  }

  /** The layout an elementwise operator over these values should work in: wherever they already are. */
  commonLayout(ids: ValueId[]): Layout {
    const full = ids.filter((id) => this.shape(id).length === 4)
    for (const layout of ['blocked', 'nchw'] as const) if (full.some((id) => this.has(id, layout))) return layout
    return 'plain'
  }

  /** The channel dimension of an image in a layout. */
  channelsIn(id: ValueId, layout: Layout): number {
    return layout === 'blocked' ? this.blocks.channels(id) : (this.shape(id)[3] as number)
  }

  /** The value for an operator that broadcasts: a repeated constant stays one number. */
  getBroadcast(id: ValueId, layout: Layout = 'plain'): string {
    return this.isSplat(id) ? this.literal(this.value(id)) : this.get(id, layout)
  }

  isSplat(id: ValueId): boolean {
    return this.value(id).constant?.kind === 'splat'
  }

  /** The value with its full dims in the layout asked for. */
  get(id: ValueId, layout: Layout = 'plain'): string {
    let layouts = this.held.get(id)
    if (!layouts) {
      layouts = new Map([['plain', this.expanded(id)]])
      this.held.set(id, layouts)
    }
    const held = layouts.get(layout)
    if (held !== undefined) return held
    const made = this.convert(id, layouts, layout)
    layouts.set(layout, made)
    return made
  }

  private convert(id: ValueId, layouts: Map<Layout, string>, to: Layout): string {
    const parts = this.blocks.parts(id)
    const nchw = layouts.get('nchw')
    const blocked = layouts.get('blocked')
    const plain = layouts.get('plain')
    if (to === 'blocked') {
      if (nchw !== undefined) return this.op('ReorderInput', [this.spread(nchw, 4, 1, parts)], {}, { domain: NCHWC })
      const source = this.spread(this.get(id, 'plain'), 4, 3, parts)
      return this.op('ReorderInput', [source], { channels_last: 1 }, { domain: NCHWC })
    }
    if (blocked !== undefined) return this.unblocked(blocked, parts, to)
    if (to === 'nchw') return this.transpose(plain as string, [0, 3, 1, 2])
    return this.transpose(nchw as string, [0, 2, 3, 1])
  }

  /** What lies in blocks as `nchw` or `plain`. */
  unblocked(x: string, parts: Parts, to: 'nchw' | 'plain'): string {
    // The operator leaves out what follows the last channel itself.
    const channels = parts.length === 1 ? (parts[0] as number) : this.blocks.room(parts)
    const attributes = { channels, channels_last: to === 'plain' ? 1 : 0 }
    const y = this.op('ReorderOutput', [x], attributes, { domain: NCHWC })
    return parts.length === 1 ? y : this.gathered(y, to === 'plain' ? 3 : 1, parts)
  }

  private expanded(id: ValueId): string {
    const literal = this.literal(this.value(id))
    const shape = this.shape(id)
    return this.isSplat(id) && shape.some((dim) => dim !== 1) ? this.op('Expand', [literal, this.ints(shape)]) : literal
  }

  private literal({ constant, shape, dtype, id }: Value): string {
    if (!constant) throw new Error(`value ${id} is read before it is computed`)
    const type = dtype === 'int32' ? INT32 : FLOAT
    if (constant.kind === 'splat') {
      // A number broadcasts in every operator that takes constants, whatever its logical shape.
      const data = type === INT32 ? Int32Array.of(constant.value) : Float32Array.of(constant.value)
      return this.intern(`${dtype}${constant.value}`, { dims: shape.map(() => 1), type, data }, shape.length)
    }
    const data = type === INT32 ? Int32Array.from(constant.data) : Float32Array.from(constant.data)
    return this.initializer({ dims: shape, type, data })
  }

  private intern(key: string, tensor: Omit<OnnxTensor, 'name'>, rank = tensor.dims.length): string {
    const full = `${key}/${rank}`
    const known = this.interned.get(full)
    if (known !== undefined) return known
    const name = this.initializer(tensor)
    this.interned.set(full, name)
    return name
  }

  private initializer(tensor: Omit<OnnxTensor, 'name'>): string {
    const name = `constant.${this.initializers.length}`
    this.initializers.push({ ...tensor, name })
    return name
  }
}

/** Lowers one traced node: reads its inputs with `get`, emits operators, and `set`s its outputs. */
export type Rule = (node: Node, to: Lowering) => void

export function input(node: Node, name: string): ValueId {
  const id = node.inputs[name]
  if (id === undefined) throw new Error(`${node.name} has no input ${name}`)
  return id
}

export function output(node: Node): ValueId {
  return node.outputs[0] as ValueId
}
