/**
 * One training run at work: its worker, what it reports, and what comes of it, each stored before anything relies on
 * it. Where the project cannot take it (a full disk, a lock) the worker waits. Not here: which run is started when
 * (service.ts).
 */
import type { MetricPoint, RunInfo, RunProgress } from '../../domain/runs/info'
import type { RunConfig } from '../../domain/runs/config'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { RealDeviceId } from '../../engine/devices'
import type { LaunchWorker, Outcome } from '../workers/messages'
import { startTask, type RunningTask } from '../workers/startTask'
import { log } from '../process/log'
import type { ProjectStore } from '../storage'
import type { RunChange } from '../storage/runs'
import { toStudioError } from '../process/systemErrors'
import { untilStored } from './untilStored'

export interface ActiveRun {
  device: RealDeviceId
  task: RunningTask
  progress: RunProgress | null
  /** Settles, never rejects, when the run's worker has ended and what came of it is stored or given up. */
  ended: Promise<void>
  /** A pause for closing the project: it continues by itself at the next opening. */
  closing: boolean
  /** What keeps it from being saved at the moment. */
  trouble: ErrorData | null
  /** Ends the attempts to store what came of it. */
  abandon: AbortController
}

export interface ActiveRunOptions {
  store: ProjectStore
  launch: LaunchWorker
  run: RunInfo
  config: RunConfig & { device: RealDeviceId }
  threads: number
  /** Told of what is to be seen of the run: its progress, its device, a trouble. */
  onChange: () => void
  onPoints: (points: MetricPoint[]) => void
}

/** While a run cannot be saved, what it does is waiting. */
export function progressOf(entry: ActiveRun | undefined): RunProgress | null {
  if (!entry?.progress || !entry.trouble) return entry?.progress ?? null
  return { ...entry.progress, activity: 'waiting to be saved', secondsLeft: null }
}

/** Writes what has become of a run whose worker has ended. */
function keepOutcome(store: ProjectStore, id: number, outcome: Outcome | StudioError, entry: ActiveRun) {
  const { closing, progress } = entry
  const finishedAt = new Date().toISOString()
  const change = (to: RunChange) => void store.runs.change(id, { progress, ...to })
  if (outcome instanceof StudioError) return change({ state: 'failed', error: outcome.toData(), finishedAt })
  switch (outcome.kind) {
    case 'finished':
      return change({ state: 'done', result: outcome.result, finishedAt })
    case 'paused':
      return closing ? store.runs.requeueInPlace(id) : change({ state: 'paused' })
    case 'stopped':
      return change({ state: 'stopped', finishedAt })
    case 'added':
    case 'figures':
    case 'file':
    case 'report':
    case 'measured': {
      const error = new StudioError('internal', 'The worker did something else.').toData()
      return change({ state: 'failed', error, finishedAt })
    }
  }
}

/** Starts the run's worker. Throws where no process can be started. */
export function startRun(options: ActiveRunOptions): ActiveRun {
  const { store, launch, run, config, threads, onChange, onPoints } = options
  const abandon = new AbortController()

  /** Something keeps the run from being saved, or (null) does no longer: its row in the window says so. */
  function onTrouble(trouble: ErrorData | null) {
    const hint = [trouble?.hint, 'Nothing is lost: the run waits and continues by itself.'].filter(Boolean).join(' ')
    if (trouble && trouble.message !== entry.trouble?.message)
      log.warn({ run: run.id, trouble }, 'a run waits: it cannot be saved')
    entry.trouble = trouble && { ...trouble, hint }
    onChange()
  }
  const stored = <T>(write: () => T) =>
    untilStored(store, write, { onTrouble: (trouble) => onTrouble(trouble?.toData() ?? null), signal: abandon.signal })

  const work = { kind: 'run', project: store.folder, run: run.id, config, threads } as const
  const task = startTask(launch, work, {
    async onRun(news) {
      switch (news.type) {
        case 'opened': {
          const { device, engine, resumedAt } = news
          const opened = () => {
            store.runs.truncateMetrics(run.id, resumedAt)
            store.runs.change(run.id, { device, engine })
          }
          await stored(() => store.transaction(opened))
          return onChange()
        }
        case 'progress':
          entry.progress = news.progress
          return onChange()
        case 'points':
          await stored(() => store.runs.addMetrics(run.id, news.points))
          return onPoints(news.points)
      }
    },
    onTrouble,
  })
  const entry: ActiveRun = {
    device: config.device,
    task,
    progress: run.progress,
    closing: false,
    trouble: null,
    abandon,
    ended: Promise.resolve(),
  }
  entry.ended = task.outcome
    .catch((error: unknown) => toStudioError(error))
    .then((outcome) => stored(() => keepOutcome(store, run.id, outcome, entry)))
    .catch((error: unknown) => {
      const lost = 'what came of a run could not be stored; it continues from its last checkpoint at the next opening'
      log.error({ error, run: run.id }, lost)
    })
  return entry
}
