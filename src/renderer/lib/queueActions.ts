/** What can be done to the whole queue at once. */
import type { RunInfo } from '../../shared/domain'
import { useRuns } from '../stores/runs'
import { canPause, canResume, canRetry, canStop } from './runWords'

export interface QueueAction {
  word: string
  action: 'runs.pause' | 'runs.resume' | 'runs.retry' | 'runs.stop'
  runs: RunInfo[]
}

/** Those that have a run to act on. */
export const queueActions = (runs: readonly RunInfo[]): QueueAction[] =>
  [
    { word: 'Pause what runs', action: 'runs.pause' as const, runs: runs.filter(canPause) },
    { word: 'Resume what is paused', action: 'runs.resume' as const, runs: runs.filter(canResume) },
    { word: 'Queue failed and stopped again', action: 'runs.retry' as const, runs: runs.filter(canRetry) },
    { word: 'Stop everything', action: 'runs.stop' as const, runs: runs.filter(canStop) },
  ].filter(({ runs: list }) => list.length > 0)

/** Queued runs first, or each stop would only start the next one. */
const order = (runs: readonly RunInfo[]) => [...runs].sort((a, b) => Number(b.state === 'queued') - Number(a.state === 'queued') || b.id - a.id) // prettier-ignore

export async function actOnQueue({ action, runs }: QueueAction) {
  for (const { id } of action === 'runs.stop' ? order(runs) : runs) await useRuns().act(action, id)
}
