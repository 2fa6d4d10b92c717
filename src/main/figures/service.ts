/**
 * The figures of the open project: worked out in a process of their own, kept until something they are made of changes,
 * written as files, and completed by queueing what they lack.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FilledFigure, FigureFormat } from '../../contract'
import type { FigureRow } from '../../domain/results/figureRow'
import { StudioError } from '../../domain/errors'
import type { PaperViews } from '../../domain/paper'
import type { LaunchWorker, Outcome, Task } from '../workers/messages'
import { startTask, type RunningTask } from '../workers/startTask'
import type { ProjectStore } from '../storage'
import { CALL_PATIENCE_MS } from '../storage/writeLock'
import type { EventHub } from '../project/events'
import type { ProjectService } from '../project/service'
import type { RunsService } from '../runs/service'
import type { FigureFile } from '../workers/messages'
import type { MadeFigures } from '../workers/messages'
import { reportFolder } from './report'
import { experimentOf } from '../experiments/scope'

/** When the project closes: what is nearly written is. */
const CLOSE_GRACE_MS = 700
/** Of the experiments looked at last. */
const KEPT = 4

export interface FiguresService {
  paper(experiment: number | null): Promise<PaperViews>
  table(experiment: number | null): Promise<FigureRow[]>
  file(request: { experiment: number | null; figure: string | null; formats: FigureFormat[] }): Promise<FigureFile>
  /** Queues what one of a figure's plans lacks. */
  fill(request: { experiment: number | null; figure: string; plan: number }): Promise<FilledFigure>
  report(experiment: number | null): Promise<{ folder: string; html: string }>
  /** The report's document, as it was written last. */
  document(experiment: number | null): Promise<FigureFile>
  /** Ends what is being worked out; those who wait for it are told. */
  stop(): void
}

interface Parts {
  project: ProjectService
  events: EventHub
  runs: RunsService
  launch: LaunchWorker
}

/** Another value whenever figures could come out otherwise. Points of curves change nothing, results do. */
function stampOf(store: ProjectStore): string {
  const speeds = statSync(join(store.folder, 'speeds.json'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  return [store.runs.stamp(), store.labelSets.list().length, store.imageSets.list().length, speeds].join()
}

export function figuresService({ project, events, runs, launch }: Parts): FiguresService {
  interface Kept {
    folder: string
    experiment: number | null
    version: string
    stamp: string
    made: Promise<MadeFigures>
  }
  let kept: Kept[] = []
  const working = new Set<RunningTask>()

  async function perform<K extends Outcome['kind']>(task: Task, kind: K): Promise<Extract<Outcome, { kind: K }>> {
    const started = startTask(launch, task, {})
    working.add(started)
    try {
      const outcome = await started.outcome
      if (outcome.kind === kind) return outcome as Extract<Outcome, { kind: K }>
      throw new StudioError('cancelled', 'Working out the figures was stopped.')
    } finally {
      working.delete(started)
    }
  }

  function figures(experiment: number | null): Promise<MadeFigures> {
    const store = project.store()
    const { folder } = store
    if (experiment !== null) experimentOf(store, experiment)
    const version = store.version()
    const before = kept.find((each) => each.folder === folder && each.experiment === experiment)
    if (before?.version === version) return before.made
    const stamp = `${stampOf(store)} ${experiment === null ? '' : experimentOf(store, experiment).runs.join()}`
    if (before?.stamp === stamp) {
      before.version = version
      return before.made
    }
    const made = perform({ kind: 'figures', project: folder, experiment }, 'figures').then((outcome) => outcome.made)
    const entry: Kept = { folder, experiment, version, stamp, made }
    kept = [entry, ...kept.filter((each) => each !== before)].slice(0, KEPT)
    // What failed is asked again.
    made.catch(() => (kept = kept.filter((each) => each !== entry)))
    return made
  }

  project.onClose(async () => {
    kept = []
    for (const task of working) task.stop(CLOSE_GRACE_MS)
    await Promise.allSettled([...working].map(({ outcome }) => outcome))
  })

  const service: FiguresService = {
    paper: async (experiment) => (await figures(experiment)).views,
    table: async (experiment) => (await figures(experiment)).rows,
    async file(request) {
      const { views } = await figures(request.experiment)
      const task = { kind: 'figureFiles', project: project.store().folder, views, ...request } as const
      return (await perform(task, 'file')).file
    },
    async fill({ experiment, figure, plan }) {
      const fill = (await figures(experiment)).fills[figure]?.[plan]
      if (!fill) throw new StudioError('not-found', `There is no such plan of ${figure}.`)
      const store = project.store()
      await store.whenWritable(CALL_PATIENCE_MS)
      if (experiment !== null && fill.adopt.length > 0) {
        store.transaction(() => {
          store.experiments.setRuns(experiment, [...experimentOf(store, experiment).runs, ...fill.adopt])
          for (const run of fill.adopt) store.runs.adopt(run, experiment)
        })
        events.emit('experiment.changed', experimentOf(store, experiment))
      }
      const queued = fill.queue.length > 0 ? await runs.queue(fill.queue, experiment) : []
      if (experiment !== null) events.emit('experiment.changed', experimentOf(store, experiment))
      return { queued: queued.length, adopted: fill.adopt.length }
    },
    async report(experiment) {
      const { folder, html } = await perform({ kind: 'report', project: project.store().folder, experiment }, 'report')
      return { folder, html }
    },
    async document(experiment) {
      const written = join(reportFolder(project.store(), experiment), 'report.html')
      const html = existsSync(written) ? written : (await service.report(experiment)).html
      return {
        name: experiment === null ? 'report.html' : `report-${experiment}.html`,
        bytes: new Uint8Array(readFileSync(html)),
      }
    },
    stop() {
      // It computes without a pause to listen in, and holds nothing that would be lost.
      for (const task of working) task.stop(0)
    },
  }
  return service
}
