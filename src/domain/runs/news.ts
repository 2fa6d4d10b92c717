/** What a run at work tells of itself: the same from the engine's thread through the worker process to the services. */
import type { MetricPoint, RunProgress } from './info'

export type RunNews =
  /** The device that really runs it, the engine's name and version, and the step it goes on from. */
  | { type: 'opened'; device: string; engine: string; resumedAt: number }
  | { type: 'progress'; progress: RunProgress }
  | { type: 'points'; points: MetricPoint[] }
