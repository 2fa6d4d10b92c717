/** What crosses between a worker process and the thread in it that owns the engine. */
import type { Attacked } from '../../engine/attacks'
import type { ErrorData } from '../../domain/errors'
import type { MetricPoint, RunProgress, RunResult } from '../../domain/runs/info'
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

export type FromEngine = { id: number } & (
  | { type: 'opened'; device: string; engine: string; resumedAt: number }
  | { type: 'points'; points: MetricPoint[]; progress: RunProgress | null }
  | { type: 'checkpoint'; reason: 'periodic' | 'phase' | 'pause' | 'stop'; bytes: Uint8Array }
  | { type: 'best'; bytes: Uint8Array }
  /** Of set `index` of the evaluations: (images, classes), and which images they are of. */
  | { type: 'measured'; index: number; predictions: Float32Array; indices: Int32Array }
  /** Of the images that attack `index` of the configuration ended with. */
  | { type: 'attacked'; index: number; attacked: Attacked }
  /** `predictions` is (heldOut, classes), `heldOut` the indices of the images they are of. */
  | { type: 'done'; result: RunResult; predictions: Float32Array; heldOut: Int32Array }
  | { type: 'failed'; error: ErrorData }
)
