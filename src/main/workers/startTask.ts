/**
 * One piece of work in a worker process, seen from the services: starts it, passes on what it says, and settles once
 * with its outcome. Any end without a last word is a failure that carries the last lines of its log.
 */
import { LIMITS } from '../../formats/encodings/limits'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { RunNews } from '../../domain/runs/news'
import type { Progress } from '../../domain/progress'
import { guarded } from '../process/guarded'
import { toStudioError } from '../process/systemErrors'
import type { FromWorker, LaunchWorker, Outcome, Task } from './messages'

const LOG_LINES = 40
/**
 * A worker that changes the project ends by itself; only one that hangs is killed, and repaired at the next opening.
 */
const ADDING_GRACE_MS = 30_000

export interface TaskListener {
  onProgress?(progress: Progress): void
  onAttacked?(run: number): void
  /** The worker waits for another process that is writing to the project. */
  onWaiting?(): void
  /** Something keeps the worker from saving (a full disk): it waits, and goes on by itself. Null when that is over. */
  onTrouble?(trouble: ErrorData | null): void
  /**
   * Must have stored points when it settles: the worker may write a checkpoint that relies on them. Until then the worker
   * waits. A rejection ends it.
   */
  onRun?(news: RunNews): void | Promise<void>
}

export interface RunningTask {
  readonly pid: number | undefined
  readonly outcome: Promise<Outcome>
  /** Asks the worker to save and end; killed after `graceMs`. */
  pause(graceMs: number): void
  /** Asks the worker to end; killed after `graceMs`. */
  stop(graceMs: number): void
  kill(): void
}

export function startTask(launch: LaunchWorker, task: Task, listener: TaskListener): RunningTask {
  const worker = launch()
  const log: string[] = []
  let asked: 'pause' | 'stop' | null = null
  let exited = false
  const kill = guarded('ending a worker', () => {
    // Its process number may belong to another process by now.
    if (!exited) worker.kill()
  })
  let timer: NodeJS.Timeout | undefined
  /** Import: ends reading that makes no progress, whatever it waits for or computes. */
  let stall: NodeJS.Timeout | undefined
  let stalled = false
  let adding = false
  const watch = () => {
    clearTimeout(stall)
    if (task.kind !== 'import' || adding) return
    stall = setTimeout(() => {
      stalled = true
      kill()
    }, LIMITS.stallMs)
  }
  const note = (line: string) => {
    log.push(line)
    if (log.length > LOG_LINES) log.shift()
  }

  const outcome = new Promise<Outcome>((resolve, reject) => {
    let last: (() => void) | null = null
    worker.onLine(note)
    function handle(message: FromWorker): void | Promise<void> {
      const acknowledge = (id: number) => worker.send({ type: 'ack', id })
      switch (message.type) {
        case 'progress':
          watch()
          return listener.onProgress?.(message.progress)
        case 'adding':
          adding = true
          clearTimeout(stall)
          if (asked) ask(asked, ADDING_GRACE_MS)
          return
        case 'waiting':
          return listener.onWaiting?.()
        case 'trouble':
          return listener.onTrouble?.(message.error)
        case 'attacked':
          return listener.onAttacked?.(message.run)
        case 'log':
          return note(message.line)
        case 'run': {
          const stored = listener.onRun?.(message.news)
          return stored ? stored.then(() => acknowledge(message.id)) : acknowledge(message.id)
        }
        case 'done':
          last = () => resolve(message.outcome)
          return acknowledge(message.id)
        case 'failed':
          last = () => reject(withLog(StudioError.fromData(message.error), log))
          return acknowledge(message.id)
      }
    }

    /** Dealt with one after the other: storing what one brings may take a while. */
    const messages: FromWorker[] = []
    let handling = false
    let onIdle = () => {}
    async function handleAll() {
      if (handling) return
      handling = true
      for (let message = messages.shift(); message; message = messages.shift()) {
        try {
          const pending = handle(message)
          if (pending) await pending
        } catch (error) {
          // The services could not store what came: nothing may go on as if they had.
          last = () => reject(toStudioError(error))
          kill()
        }
      }
      handling = false
      onIdle()
    }
    worker.onMessage((message: FromWorker) => {
      messages.push(message)
      void handleAll()
    })
    function settle(code: number | null, signal: string | null) {
      if (last) return last()
      if (asked) return resolve({ kind: asked === 'pause' ? 'paused' : 'stopped' })
      if (stalled && task.kind === 'import') {
        const reason = `Reading made no progress for ${LIMITS.stallMs / 1000} seconds and was ended.`
        return reject(new StudioError('bad-file', reason, { file: task.paths.join(', '), place: 'reading' }))
      }
      const how = signal ? `signal ${signal}` : `exit code ${code}`
      const hint = 'Start it again: it goes on from the last checkpoint.'
      reject(withLog(new StudioError('internal', `The worker process ended unexpectedly (${how}).`, { hint }), log))
    }
    worker.onExit((code, signal) => {
      exited = true
      clearTimeout(timer)
      clearTimeout(stall)
      onIdle = () => settle(code, signal)
      if (!handling) onIdle()
    })
  })
  // Handled by whoever awaits `outcome`; a rejection before that is not an unhandled one.
  outcome.catch(() => {})
  worker.send({ type: 'start', task })
  watch()

  const ask = (what: 'pause' | 'stop', graceMs: number) => {
    if (exited) return
    asked = what
    worker.send({ type: what })
    clearTimeout(timer)
    timer = setTimeout(kill, adding ? Math.max(graceMs, ADDING_GRACE_MS) : graceMs)
  }
  return {
    pid: worker.pid,
    outcome,
    pause: (graceMs) => ask('pause', graceMs),
    stop: (graceMs) => ask('stop', graceMs),
    kill,
  }
}

function withLog(error: StudioError, log: string[]): StudioError {
  if (log.length === 0) return error
  const details = [error.where.details, ...log].filter(Boolean).join('\n')
  return new StudioError(error.kind, error.message, { ...error.where, details }, { cause: error })
}
