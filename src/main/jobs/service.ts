/** Imports and demo sets as jobs: each in a worker process, so that every door stays responsive. */
import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { JobInfo } from '../../contract'
import type { Progress } from '../../domain/progress'
import { StudioError } from '../../domain/errors'
import type { ImportChoices } from '../../domain/importChoices'
import type { Aggregation } from '../../domain/study'
import { guarded } from '../process/guarded'
import { startTask, type RunningTask, type TaskListener } from '../workers/startTask'
import type { LaunchWorker, Task } from '../workers/messages'
import { removeTemporariesOf } from '../storage/files'
import { toStudioError } from '../process/systemErrors'
import type { EventHub } from '../project/events'
import type { ProjectService } from '../project/service'

/** What a job does, wherever. */
type Work = Pick<RunningTask, 'pid' | 'outcome' | 'stop'>

const CANCEL_GRACE_MS = 700
const KEPT = 50

export interface JobsService {
  list(): JobInfo[]
  import(paths: string[], choices?: ImportChoices): JobInfo
  createDemo(seed: number, images: number): JobInfo
  /** Adds a label set made of another's judgments. */
  aggregate(labelSet: string, method: Aggregation): JobInfo
  /** Starts any work that ends by adding something. */
  start(kind: JobInfo['kind'], work: Task, listener?: Pick<TaskListener, 'onAttacked'>): JobInfo
  /** Work that needs several processes one after the other; answers what came of it, in sentences. */
  perform(kind: JobInfo['kind'], work: (control: ReadOptions) => Promise<string[]>): JobInfo
  cancel(id: string): void
  /** Settles when no job is under way. */
  idle(): Promise<void>
  /** Cancels everything and waits. */
  close(): Promise<void>
}

export function jobsService(project: ProjectService, events: EventHub, launch: LaunchWorker): JobsService {
  const jobs: JobInfo[] = []
  const running = new Map<string, { task: Work; ended: Promise<void> }>()

  const start: JobsService['start'] = (kind, work, listener = {}) => {
    const asked = work.kind === 'import' ? { paths: work.paths, choices: work.choices ?? {} } : null
    return watch(kind, (onProgress) => startTask(launch, work, { ...listener, onProgress }), asked)
  }

  function watch(
    kind: JobInfo['kind'],
    begin: (onProgress: (progress: Progress) => void) => Work,
    asked: JobInfo['asked'] = null,
  ): JobInfo {
    const store = project.store()
    const job: JobInfo = {
      id: randomUUID(),
      kind,
      state: 'running',
      progress: null,
      added: [],
      asked,
      said: [],
      error: null,
    }
    jobs.push(job)
    while (jobs.length > KEPT && jobs[0]?.state !== 'running') jobs.shift()
    const tell = (change: Partial<JobInfo>) => {
      Object.assign(job, change)
      events.emit('job.changed', { ...job })
    }
    const failed = (error: unknown) => {
      const data = toStudioError(error).toData()
      if (data.kind === 'cancelled') tell({ state: 'cancelled', progress: null })
      else tell({ state: 'failed', error: data })
    }
    let task: Work
    try {
      task = begin((progress) => tell({ progress }))
    } catch (error) {
      // No process could be started: nothing is under way.
      failed(error)
      throw error
    }
    const ended = task.outcome
      .then((outcome) => {
        if (outcome.kind === 'added') tell({ state: 'done', added: outcome.added, said: outcome.said ?? [] })
        else tell({ state: 'cancelled', progress: null })
      }, failed)
      .then(
        guarded('clearing up after a job', () => {
          running.delete(job.id)
          // A worker that had to be killed leaves its half-written files behind.
          if (task.pid) removeTemporariesOf(dirname(store.pixelsFile(0)), task.pid)
          if (job.state === 'done') project.changed()
        }),
      )
    running.set(job.id, { task, ended })
    events.emit('job.changed', { ...job })
    return { ...job }
  }

  const idle = async () => {
    await Promise.all([...running.values()].map(({ ended }) => ended))
  }
  const service: JobsService = {
    list: () => jobs.map((job) => ({ ...job })),
    import(paths, choices = {}) {
      // Said at once, before a process is started for it.
      const missing = paths.filter((path) => !existsSync(path))
      const [first, ...others] = missing
      if (first !== undefined && others.length === 0)
        throw new StudioError('bad-file', 'There is no such file or folder.', { file: first })
      if (first !== undefined)
        throw new StudioError('bad-file', `There are no such files or folders: ${missing.join(', ')}.`)
      return start('import', { kind: 'import', project: project.store().folder, paths, choices })
    },
    createDemo: (seed, images) => start('demo', { kind: 'demo', project: project.store().folder, seed, images }),
    aggregate: (labelSet, method) =>
      start('aggregate', { kind: 'aggregate', project: project.store().folder, labelSet, method }),
    start,
    perform: (kind, work) =>
      watch(kind, (onProgress) => {
        const abort = new AbortController()
        const said = work({ signal: abort.signal, onProgress })
        return {
          pid: undefined,
          outcome: said.then((lines) => ({ kind: 'added', added: [], said: lines })),
          stop: () => abort.abort(),
        }
      }),
    cancel(id) {
      if (!jobs.some((job) => job.id === id)) throw new StudioError('not-found', 'There is no such job.')
      running.get(id)?.task.stop(CANCEL_GRACE_MS)
    },
    idle,
    async close() {
      for (const { task } of running.values()) task.stop(CANCEL_GRACE_MS)
      await idle()
      jobs.length = 0
    },
  }
  project.onClose(() => service.close())
  return service
}
