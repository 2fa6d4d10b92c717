/** What can be done to the whole queue at once. */
import type { RunInfo } from '../../domain/runs/info'
import { useRuns, type RunAction } from './runs'
import { canResume, canRetry, canStop, stopOrder } from '../lib/runWords'

export interface QueueAction {
  word: string
  action: RunAction
  runs: RunInfo[]
}

/** Those that have a run to act on. */
export const queueActions = (runs: readonly RunInfo[]): QueueAction[] =>
  [
    { word: 'Pause what runs', action: 'runs.pause' as const, runs: runs.filter(({ state }) => state === 'running') },
    { word: 'Resume what is paused', action: 'runs.resume' as const, runs: runs.filter(canResume) },
    { word: 'Queue failed and stopped again', action: 'runs.retry' as const, runs: runs.filter(canRetry) },
    { word: 'Stop everything', action: 'runs.stop' as const, runs: runs.filter(canStop) },
  ].filter(({ runs: list }) => list.length > 0)

export async function actOnQueue({ action, runs }: QueueAction) {
  const list = action === 'runs.stop' ? stopOrder(runs) : runs
  await useRuns().actAll(
    action,
    list.map(({ id }) => id),
  )
}
