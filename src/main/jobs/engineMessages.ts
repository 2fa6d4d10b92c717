/** What crosses between a worker process and the thread in it that owns the engine. */
import type { ErrorData } from '../../shared/errors'
import type { MetricPoint, RunConfig, RunProgress, RunResult } from '../../shared/domain'

/** Values of the shared flag; the engine looks at it after every step. */
export const GO_ON = 0
export const PAUSE = 1
export const STOP = 2

export interface EngineWork {
  config: RunConfig
  /** Never 'auto': chosen before a worker is started. */
  threads: number
  /** Int32, one element: GO_ON, PAUSE or STOP. */
  flag: SharedArrayBuffer
  /** File of packed uint8 NHWC pixels. */
  pixelsFile: string
  images: { count: number; height: number; width: number; channels: number; classes: number }
  /** Publisher's labels (count). */
  labels: Uint8Array
  /** Human distributions (count, classes). */
  distributions: Float32Array
  /** File of the checkpoint to go on from, null to begin. */
  checkpointFile: string | null
}

export type FromEngine = { id: number } & (
  | { type: 'opened'; device: string; engine: string; resumedAt: number }
  | { type: 'points'; points: MetricPoint[]; progress: RunProgress | null }
  | { type: 'checkpoint'; reason: 'periodic' | 'phase' | 'pause' | 'stop'; bytes: Uint8Array }
  /** `predictions` is (heldOut, classes), `heldOut` the indices of the images they are of. */
  | { type: 'done'; result: RunResult; predictions: Float32Array; heldOut: Int32Array }
  | { type: 'failed'; error: ErrorData }
)
