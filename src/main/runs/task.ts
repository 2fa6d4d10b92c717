/**
 * A training run inside its worker process: starts the engine's thread, passes its events on, and keeps the run's
 * folder. Points are stored by the services before the checkpoint that relies on them is written, so a run that was
 * killed goes on from its checkpoint without a gap in its curves.
 */
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { StudioError } from '../../domain/errors'
import type { RunNews } from '../../domain/runs/news'
import { encodeCheckpoint } from '../../engine/training/checkpoint'
import { entryPath } from '../process/entries'
import { keepFiles } from './attackFiles'
import { openProject } from '../storage'
import { writeAtomically } from '../storage/files'
import { BEST, CHECKPOINT, writeConfig, writePredictions, writeSetPredictions } from '../storage/runFiles'
import { toStudioError } from '../process/systemErrors'
import { diskPatience } from './diskPatience'
import { PAUSE, STOP, type EngineWork, type FromEngine } from './engineMessages'
import type { Outcome, Task } from '../workers/messages'
import { requireUnchanged, runInputs } from './inputs'
import type { Parent } from '../workers/parent'

type RunTask = Extract<Task, { kind: 'run' }>

/** The database is closed again before training begins. */
function prepare({ project, run, config, threads }: RunTask): { folder: string; work: EngineWork } {
  const store = openProject(project, { mustExist: true, repair: false })
  try {
    const folder = store.runFolder(run)
    const { work, data } = runInputs(store, run, config)
    requireUnchanged(store, run, data)
    writeConfig(folder, config, data)
    return { folder, work: { ...work, config, threads, flag: new SharedArrayBuffer(4) } }
  } finally {
    store.close()
  }
}

/**
 * Training takes all the processor there is; whoever labels meanwhile must not wait for it. The engine's threads
 * inherit what is set here. Beside programs of normal priority that means next to nothing: a machine that nobody labels
 * at may say SECOND_GUESS_PRIORITY=normal.
 */
export function yieldToPeople() {
  if (process.env['SECOND_GUESS_PRIORITY'] === 'normal') return
  try {
    setPriority(constants.priority.PRIORITY_LOW)
  } catch {
    // Where a process may not lower itself, it stays as it is.
  }
}

/** The engine knows no process: what it takes of the machine is added here. */
function withMemory(news: RunNews): RunNews {
  const residentMb = Math.round(process.memoryUsage.rss() / 2 ** 20)
  switch (news.type) {
    case 'opened':
      return news
    case 'progress':
      return { ...news, progress: { ...news.progress, residentMb } }
    case 'points':
      return { ...news, points: news.points.map((point) => ({ ...point, residentMb })) }
  }
}

export async function performRun(task: RunTask, parent: Parent): Promise<Outcome> {
  yieldToPeople()
  const save = diskPatience(parent)
  const { folder, work } = await save(() => prepare(task))
  const flag = new Int32Array(work.flag)
  parent.onPause(() => Atomics.store(flag, 0, PAUSE))
  parent.onStop(() => Atomics.store(flag, 0, STOP))

  return new Promise<Outcome>((resolve, reject) => {
    const thread = new Worker(entryPath('engineThread'), { workerData: work })
    let ended: Outcome | null = null
    const refuse = (error: unknown) => reject(toStudioError(error))

    async function handle({ event }: FromEngine) {
      switch (event.type) {
        case 'opened':
        case 'progress':
        case 'points':
          return parent.report({ type: 'run', news: withMemory(event) })
        case 'checkpoint':
          await save(() => writeAtomically(join(folder, CHECKPOINT), encodeCheckpoint(event.checkpoint)))
          if (event.reason === 'pause') ended = { kind: 'paused' }
          if (event.reason === 'stop') ended = { kind: 'stopped' }
          return
        case 'best':
          return save(() => writeAtomically(join(folder, BEST), encodeCheckpoint(event.checkpoint)))
        case 'measured':
          return save(() => writeSetPredictions(folder, event.index + 1, event.predictions, event.indices))
        case 'attack':
          return save(() => keepFiles(folder, work.images, event.index + 1, event))
        case 'done':
          await save(() => writePredictions(folder, event))
          ended = { kind: 'finished', result: event.result }
          return
        case 'failed':
          throw StudioError.fromData(event.error)
      }
    }

    // One after the other, in the order of the engine; what it sends next waits for the acknowledgement.
    let queue = Promise.resolve()
    thread.on('message', (message: FromEngine) => {
      queue = queue.then(() => handle(message)).then(() => thread.postMessage(message.id))
      queue.catch(refuse)
    })
    thread.on('error', refuse)
    thread.on('exit', (code) => {
      queue
        .then(() => {
          if (ended) resolve(ended)
          else reject(new StudioError('internal', `The engine's thread ended early (exit code ${code}).`))
        })
        .catch(refuse)
    })
  })
}
