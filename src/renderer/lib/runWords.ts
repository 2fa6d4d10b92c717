/** What a run is called and where it stands, in words. */
import type { RunInfo } from '../../shared/domain'

export const runTitle = ({ config }: RunInfo) =>
  `${config.network}, ${config.target}, fold ${config.fold + 1} of ${config.folds}, seed ${config.seed}`

/** Share of the steps done, 0 to 1. */
export function runShare(run: RunInfo): number {
  if (run.state === 'done') return 1
  return run.progress && run.progress.steps > 0 ? run.progress.step / run.progress.steps : 0
}

export const canPause = ({ state }: RunInfo) => state === 'running'
export const canResume = ({ state }: RunInfo) => state === 'paused'
export const canStop = ({ state }: RunInfo) => state === 'running' || state === 'paused' || state === 'queued'
export const canRetry = ({ state }: RunInfo) => state === 'failed' || state === 'stopped'
