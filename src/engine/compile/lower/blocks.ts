/**
 * Where the channels of images lie in the blocked layout. Channels that fill no block are followed by zeros: 24
 * channels lie in two blocks of 16. Joined images keep the blocks of their parts, so that joining and cutting move
 * whole blocks: 24 channels followed by 12 are the parts [24, 12], in 2 + 1 blocks. Parts are decided once for all
 * images that are added, multiplied or normalised together, which then fit together as they lie.
 *
 * Whoever writes an image in blocks leaves zeros between its parts; convolutions, sums and affine passes do by
 * themselves once filters and vectors are `spread`.
 */
import { GROUPED_CONVOLUTION, GROUPED_CONVOLUTION_INPUT_GRADIENT } from '../../model/operations/groupedConvolution'
import { inputsOf, value, type Graph, type Node, type ValueId } from '../graph/graph'

/** Channel counts of an image's parts, each of which starts a block. */
export type Parts = readonly number[]

/** Kernels whose results have channels of their own; all others leave the channels of images as they lie. */
const OWN_CHANNELS = new Set([
  'Conv2D',
  'Conv2DBackpropInput',
  'Conv2DBackpropFilter',
  GROUPED_CONVOLUTION,
  GROUPED_CONVOLUTION_INPUT_GRADIENT,
  'Reshape',
  'ExpandDims',
  'Transpose',
  'BatchMatMul',
])

/**
 * Blocks are worth it while they take less than so many times the channels' own room: 12 of 16 are, 8 of 16 are not
 * (a training step of shake_shake_8_2x8d then takes a fifth longer).
 */
const LARGEST_GROWTH = 2
/** Joined images lie in parts only while that takes at most this many times the room of all channels in a row. */
const LARGEST_GROWTH_OF_PARTS = 1.5

export class Blocks {
  private readonly leaders: ValueId[]
  private readonly decided = new Map<ValueId, Parts>()

  constructor(
    private readonly graph: Graph,
    readonly size: number,
  ) {
    this.leaders = graph.values.map(({ id }) => id)
    if (size === 1) return
    for (const node of graph.nodes) this.uniteAlike(node)
    for (const node of graph.nodes) this.decide(node)
  }

  /** Whether the value is an image whose channels are worth holding in blocks. */
  fit(id: ValueId): boolean {
    const { shape } = value(this.graph, id)
    return this.size > 1 && shape.length === 4 && this.channels(id) < LARGEST_GROWTH * (shape[3] as number)
  }

  /** Whether zeros lie between the value's channels. */
  padded(id: ValueId): boolean {
    return this.channels(id) !== value(this.graph, id).shape[3]
  }

  parts(id: ValueId): Parts {
    return this.decided.get(this.leader(id)) ?? [value(this.graph, id).shape[3] ?? 1]
  }

  /** Channels with the zeros between them: the declared dimension in blocks. */
  channels(id: ValueId): number {
    return this.room(this.parts(id))
  }

  room(parts: Parts): number {
    return parts.reduce((sum, part) => sum + Math.ceil(part / this.size) * this.size, 0)
  }

  /** Parts one after the other; one that fills its blocks is continued by the next. */
  joined(parts: Parts): Parts {
    const merged: number[] = []
    for (const part of parts) {
      const last = merged[merged.length - 1]
      if (last !== undefined && last % this.size === 0) merged[merged.length - 1] = last + part
      else merged.push(part)
    }
    return merged
  }

  /** For each place in blocks the channel that lies there, -1 for a zero. */
  places(parts: Parts): number[] {
    const places = new Array<number>(this.room(parts)).fill(-1)
    let [channel, place] = [0, 0]
    for (const part of parts) {
      for (let i = 0; i < part; i++) places[place + i] = channel++
      place += Math.ceil(part / this.size) * this.size
    }
    return places
  }

  /**
   * Channels `begin` to `end` of an image in parts: their own parts, and the blocks that hold them (from, to); null
   * where they start inside a block. `clean` unless the last block holds channels beyond `end`.
   */
  cut(parts: Parts, begin: number, end: number): { parts: Parts; from: number; to: number; clean: boolean } | null {
    const places = this.places(parts)
    const from = places.indexOf(begin)
    if (from % this.size !== 0) return null
    const last = places.indexOf(end - 1)
    const to = (Math.floor(last / this.size) + 1) * this.size
    const own: number[] = []
    let channel = 0
    for (const part of parts) {
      const kept = Math.min(end, channel + part) - Math.max(begin, channel)
      if (kept > 0) own.push(kept)
      channel += part
    }
    return { parts: this.joined(own), from, to, clean: places.slice(last + 1, to).every((place) => place === -1) }
  }

  private leader(id: ValueId): ValueId {
    let at = id
    for (let next = this.leaders[at] ?? at; next !== at; next = this.leaders[at] ?? at) at = next
    this.leaders[id] = at
    return at
  }

  /** Images of as many channels that a node reads and writes lie alike. */
  private uniteAlike(node: Node): void {
    const near = OWN_CHANNELS.has(node.kernel) ? Object.values({ sum: node.inputs['sum'] }) : inputsOf(node)
    const images = [...node.outputs, ...near.filter((id) => id !== undefined)]
    const first = images.find((id) => value(this.graph, id).shape.length === 4)
    if (first === undefined) return
    const { shape } = value(this.graph, first)
    for (const id of images) {
      const other = value(this.graph, id).shape
      if (other.length === 4 && other[3] === shape[3]) this.leaders[this.leader(id)] = this.leader(first)
    }
  }

  private decide(node: Node): void {
    const out = node.outputs[0] as ValueId
    const { shape } = value(this.graph, out)
    if (shape.length !== 4) return
    const settle = (id: ValueId, parts: Parts) => {
      const leader = this.leader(id)
      if (!this.decided.has(leader)) this.decided.set(leader, parts)
    }
    if (node.kernel === 'Concat') {
      const list = node.list ?? []
      for (const id of list) settle(id, this.parts(id))
      const parts = this.joined(list.flatMap((id) => [...this.parts(id)]))
      const total = shape[3] as number
      const isAlongChannels = parts.reduce((a, b) => a + b, 0) === total
      if (isAlongChannels && this.room(parts) <= LARGEST_GROWTH_OF_PARTS * this.room([total])) settle(out, parts)
    }
    if (node.kernel === 'Slice') {
      const begin = (node.attributes['begin'] as number[])[3] as number
      const x = node.inputs['x'] as ValueId
      const piece = this.cut(this.parts(x), begin, begin + (shape[3] as number))
      if (piece) settle(out, piece.parts)
    }
  }
}
