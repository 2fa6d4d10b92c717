/** What crosses between a worker process and the thread in it that owns the engine. */
import type { RunNews } from '../../domain/runs/news'
import type { RunEvent } from '../../engine/training/events'
import type { ErrorData } from '../../domain/errors'
import type { RunConfig } from '../../domain/runs/config'

/** Values of the shared flag; the engine looks at it after every step. */
export const GO_ON = 0
export const PAUSE = 1
export const STOP = 2

/** A set of images as it lies in the project. */
export interface PackedSet {
  /** File of packed uint8 NHWC pixels. */
  pixelsFile: string
  count: number
  height: number
  width: number
  channels: number
  classes: number
  /** Publisher's labels (count). */
  labels: Uint8Array
}

export interface EngineWork {
  config: RunConfig
  /** Never 'auto': chosen before a worker is started. */
  threads: number
  /** Int32, one element: GO_ON, PAUSE or STOP. */
  flag: SharedArrayBuffer
  images: PackedSet
  /** Human distributions (count, classes); null where the run has no people. */
  distributions: Float32Array | null
  /** What `distilled` and `aggregated` train towards (count, classes). */
  given: Float32Array | null
  /** File of the weights to start from, null to draw them. */
  weightsFile: string | null
  /** In the order of the configuration's `evaluations`. */
  sets: { images: PackedSet; indices: Int32Array; distributions: Float32Array | null }[]
  /** File of the checkpoint to go on from, null to begin. */
  checkpointFile: string | null
  /** Of the best weights before that checkpoint or after it, null where there are none. */
  bestFile: string | null
}

/** The next one waits until this one's `id` comes back. */
export interface FromEngine {
  id: number
  event:
    | Exclude<RunEvent, { type: 'evaluation' }>
    | Extract<RunNews, { type: 'opened' }>
    | { type: 'failed'; error: ErrorData }
}
