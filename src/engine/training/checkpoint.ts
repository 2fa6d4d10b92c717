/**
 * A run's whole state at a step boundary, and its one-file form: magic, header length (uint32, little-endian), JSON
 * header, raw float32 entries (little-endian) in the header's order, SHA-256 of everything before.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { AttackResult } from '../../domain/attacks/config'
import type { RunConfig } from '../../domain/runs/config'
import type { SetResult } from '../../domain/runs/info'
import { badFile } from '../../domain/errors'
import type { NamedValues } from '../program'

/** Sums since the last point of the training curve. */
export interface Accumulated {
  steps: number
  loss: number
  correct: number
  images: number
}

/** Of held-out images: accuracy, or minus the cross-entropy to what was trained towards; more is better. */
export interface Best {
  step: number
  epoch: number
  score: number
}

export type Phase = 'training' | 'attacking'

export interface Checkpoint {
  config: RunConfig
  phase: Phase
  /** Steps done. */
  step: number
  epoch: number
  /** The last step at which held-out images were evaluated; -1 before the first. */
  evaluatedAt: number
  accumulated: Accumulated
  /** The evaluation with the best score so far; its weights are a checkpoint of their own. */
  best: Best | null
  /** Further sets that are measured, in the order of the configuration. */
  sets: SetResult[]
  /** Attacks that are finished, in the order of the configuration. */
  attacks: AttackResult[]
  /** Images that were left out of training because nobody judged them; earlier versions trained on them and say 0. */
  notJudged: number
  /** Parameters, momentum and running statistics. */
  state: NamedValues
}

const MAGIC = 'SGCKPT1\n'
const DIGEST_BYTES = 32

const index = z.number().int().nonnegative()
const header = z.object({
  // Written by this program and sealed by the digest: only what decoding relies on is checked.
  config: z.looseObject({ network: z.string() }),
  phase: z.enum(['training', 'attacking']),
  step: index,
  epoch: index,
  evaluatedAt: z.number().int().min(-1),
  accumulated: z.object({ steps: index, loss: z.number(), correct: z.number(), images: index }),
  // Checkpoints of earlier versions have neither.
  best: z.object({ step: index, epoch: index, score: z.number() }).nullable().default(null),
  sets: z.array(z.looseObject({ imageSet: z.string() })).default([]),
  attacks: z.array(z.looseObject({ attack: z.string() })),
  notJudged: index.default(0),
  entries: z.array(z.object({ name: z.string(), shape: z.array(index) })),
})

export function encodeCheckpoint({ state, ...rest }: Checkpoint): Uint8Array {
  const entries = Object.entries(state).map(([name, { shape }]) => ({ name, shape }))
  const json = Buffer.from(JSON.stringify({ ...rest, entries }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const arrays = Object.values(state).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  const body = Buffer.concat([Buffer.from(MAGIC), length, json, ...arrays])
  return Buffer.concat([body, createHash('sha256').update(body).digest()])
}

/**
 * Throws StudioError('bad-file') where the bytes are truncated, changed or of another kind. `file` is for the error.
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) throw badFile(file, 'byte 0', 'is not a checkpoint')
  const body = buffer.subarray(0, Math.max(0, buffer.length - DIGEST_BYTES))
  if (!createHash('sha256').update(body).digest().equals(buffer.subarray(body.length))) {
    throw badFile(file, undefined, 'is cut off or changed: its digest does not fit its contents')
  }
  const start = MAGIC.length + 4
  const end = body.length < start ? Infinity : start + body.readUInt32LE(MAGIC.length)
  if (end > body.length) throw badFile(file, `byte ${MAGIC.length}`, 'ends within its header')
  const parsed = header.safeParse(JSON.parse(body.toString('utf8', start, end)))
  if (!parsed.success) {
    throw badFile(file, `header ${parsed.error.issues[0]?.path.join('.')}`, 'is not what this version writes')
  }
  const { entries, ...rest } = parsed.data
  const state: NamedValues = {}
  let offset = end
  for (const { name, shape } of entries) {
    const size = 4 * shape.reduce((product, dim) => product * dim, 1)
    const copy = Uint8Array.prototype.slice.call(body, offset, offset + size)
    if (copy.byteLength !== size) throw badFile(file, `entry ${name}`, 'is not complete')
    state[name] = { shape, data: new Float32Array(copy.buffer, copy.byteOffset, size / 4) }
    offset += size
  }
  if (offset !== body.length) throw badFile(file, `byte ${offset}`, 'is followed by more than the header lists')
  return { ...(rest as unknown as Omit<Checkpoint, 'state'>), state }
}
