/** What a run tells while it goes: to whoever drives it, and among its phases. */
import type { Measures } from '../../domain/measures/measures'
import type { MetricPoint, RunResult, SetResult } from '../../domain/runs/info'
import type { RunNews } from '../../domain/runs/news'
import { StudioError } from '../../domain/errors'
import type { Attacked } from '../attacks'
import type { Checkpoint } from './checkpoint'

export type RunEvent =
  | Exclude<RunNews, { type: 'opened' }>
  /** The held-out evaluation that follows is the best so far: its weights, to be kept. */
  | { type: 'best'; checkpoint: Checkpoint }
  | { type: 'evaluation'; step: number; epoch: number; measures: Measures }
  /** Set `index` of the configuration's evaluations. */
  | { type: 'measured'; index: number; result: SetResult; predictions: Float32Array; indices: Int32Array }
  | ({ type: 'attack'; index: number } & Attacked)
  /**
   * `pause` and `stop` are the last event of a run that was asked to; `phase` marks the end of training or an attack.
   */
  | { type: 'checkpoint'; reason: 'periodic' | 'phase' | 'pause' | 'stop'; checkpoint: Checkpoint }
  | { type: 'done'; result: RunResult; predictions: Float32Array; heldOut: Int32Array }

/** One step on the device. */
export interface Tick {
  type: 'tick'
  activity: string
  done: number
  total: number
  points?: MetricPoint[]
}

/** What the phases of a run report to the loop that paces them. */
export type Work = RunEvent | Tick

export function diverged(where: string): StudioError {
  return new StudioError('bad-input', `Training diverged ${where}.`, {
    hint: 'Lower the learning rate, or raise the batch size.',
  })
}
