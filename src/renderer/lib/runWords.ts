/** What a run is called and where it stands, in words. */
import type { RunInfo, RunState } from '../../domain/runs/info'
import { foldLabel } from '../../domain/runs/foldLabel'

export const runTitle = ({ config }: RunInfo) =>
  `${config.network}, ${config.target}, ${foldLabel(config.fold, config.folds)}, seed ${config.seed}`

/** Share of the steps done, 0 to 1. */
export function runShare(run: RunInfo): number {
  if (run.state === 'done') return 1
  return run.progress && run.progress.steps > 0 ? run.progress.step / run.progress.steps : 0
}

/** One that waits is set aside until it is resumed. */
export const canPause = ({ state }: RunInfo) => state === 'running' || state === 'queued'
export const canResume = ({ state }: RunInfo) => state === 'paused'
export const canStop = ({ state }: RunInfo) => state === 'running' || state === 'paused' || state === 'queued'
/** What it will have measured is still to come: at work, waiting, or set aside by a person. */
export const isOnItsWay = canStop
export const canRetry = ({ state }: RunInfo) => state === 'failed' || state === 'stopped'
/** Ended, so that nothing of it is under way. */
export const canRemove = ({ state }: RunInfo) => state === 'done' || state === 'failed' || state === 'stopped'

/** Those that wait first, or each stop would only start the next one. */
export const stopOrder = (runs: readonly RunInfo[]): RunInfo[] =>
  [...runs].sort((a, b) => Number(b.state === 'queued') - Number(a.state === 'queued') || b.id - a.id)

const TALLY: readonly RunState[] = ['running', 'queued', 'paused', 'done', 'stopped', 'failed']

/** How many runs are in which state, those that there are. */
export const runTally = (runs: readonly RunInfo[]): { word: RunState; n: number }[] =>
  TALLY.map((word) => ({ word, n: runs.filter(({ state }) => state === word).length })).filter(({ n }) => n > 0)
