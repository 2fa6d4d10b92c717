/** Working a project's queue to its end from the command line: progress on standard error, Ctrl+C saves and ends. */
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { foldLabel } from '../../domain/runs/foldLabel'
import { continueAfterErrors } from '../process/lastResort'
import type { Services } from '../services'
import type { ProjectStore } from '../storage'
import { message } from './outcome'
import { createProgress } from './progress'

/** Refuses a project whose queue another process works; this one does from here on. */
export function takeQueue(store: ProjectStore) {
  const holder = store.claims.take('queue')
  if (!holder) return
  const hint = 'Let it finish there, or end it first.'
  throw new StudioError('conflict', `Another process runs this project’s queue (${holder.process}).`, {
    file: store.folder,
    hint,
  })
}

/** Runs that failed, were stopped or paused are taken up again: asking again is asking for the whole. */
export function goOn(services: Services, runs: readonly RunInfo[]) {
  for (const { id, state } of runs) {
    if (state === 'failed' || state === 'stopped') services.runs.retry(id)
    else if (state === 'paused') services.runs.resume(id)
  }
}

/** Until nothing runs and nothing waits. Throws StudioError('cancelled') once interrupted; closing then saves. */
export async function workQueue(services: Services, signal: AbortSignal): Promise<void> {
  // Hours of training must not end because a listener failed.
  continueAfterErrors()
  const progress = createProgress()
  const unsubscribe = services.events.subscribe((name, payload) => {
    if (name !== 'run.changed') return
    const run = payload as RunInfo
    const { network, target, fold, folds } = run.config
    const title = `Run ${run.id} (${network}, ${target}, ${foldLabel(fold, folds)})`
    if (run.state === 'running' && run.progress) {
      const { step, steps, activity, imagesPerSecond } = run.progress
      const speed = imagesPerSecond === null ? '' : `, ${imagesPerSecond.toFixed(0)} images/s`
      progress.show(`${title}: ${activity}, step ${step} of ${steps}${speed}`)
    } else if (run.state === 'done' || run.state === 'failed') {
      progress.end()
      message(`${title}: ${run.state}`)
    }
  })
  const cancelled = () => new StudioError('cancelled', 'Interrupted: ask again to go on from here.')
  const interrupted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(cancelled())
    signal.addEventListener('abort', () => reject(cancelled()))
  })
  // Asked for by name it is worked, whatever was set in a window.
  services.runs.set({ held: false })
  try {
    await Promise.race([services.runs.idle(), interrupted])
  } finally {
    unsubscribe()
    progress.end()
  }
}
