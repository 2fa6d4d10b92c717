/**
 * One piece of work in a worker process, seen from the services: starts it, passes on what it says, and settles once
 * with its outcome. Any end without a last word is a failure that carries the last lines of its log.
 */
import { LIMITS } from '../../data/limits'
import { StudioError } from '../../shared/errors'
import type { MetricPoint, Progress, RunProgress } from '../../shared/domain'
import type { FromWorker, LaunchWorker, Outcome, Task } from './messages'

const LOG_LINES = 40
/** A worker that changes the project ends by itself; only one that hangs is killed, and repaired at the next opening. */
const ADDING_GRACE_MS = 30_000

export interface TaskListener {
  onProgress?(progress: Progress): void
  onOpened?(opened: { device: string; engine: string; resumedAt: number }): void
  onAttacked?(run: number): void
  /** Must have stored the points when it returns: the worker may write a checkpoint that relies on them. */
  onPoints?(points: MetricPoint[], progress: RunProgress | null): void
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
      worker.kill()
    }, LIMITS.stallMs)
  }
  const note = (line: string) => {
    log.push(line)
    if (log.length > LOG_LINES) log.shift()
  }

  const outcome = new Promise<Outcome>((resolve, reject) => {
    let last: (() => void) | null = null
    worker.onLine(note)
    worker.onMessage((message: FromWorker) => {
      try {
        switch (message.type) {
          case 'progress':
            watch()
            return listener.onProgress?.(message.progress)
          case 'opened':
            return listener.onOpened?.(message)
          case 'adding':
            adding = true
            clearTimeout(stall)
            if (asked) ask(asked, ADDING_GRACE_MS)
            return
          case 'attacked':
            return listener.onAttacked?.(message.run)
          case 'log':
            return note(message.line)
          case 'points':
            listener.onPoints?.(message.points, message.progress)
            return worker.send({ type: 'ack', id: message.id })
          case 'done':
            last = () => resolve(message.outcome)
            return worker.send({ type: 'ack', id: message.id })
          case 'failed':
            last = () => reject(withLog(StudioError.fromData(message.error), log))
            return worker.send({ type: 'ack', id: message.id })
        }
      } catch (error) {
        // The services could not store what came: nothing may go on as if they had.
        last = () => reject(StudioError.from(error))
        worker.kill()
      }
    })
    worker.onExit((code, signal) => {
      clearTimeout(timer)
      clearTimeout(stall)
      if (last) return last()
      if (asked) return resolve({ kind: asked === 'pause' ? 'paused' : 'stopped' })
      if (stalled && task.kind === 'import') {
        const reason = `Reading made no progress for ${LIMITS.stallMs / 1000} seconds and was ended.`
        return reject(new StudioError('bad-file', reason, { file: task.paths.join(', '), place: 'reading' }))
      }
      const how = signal ? `signal ${signal}` : `exit code ${code}`
      const hint = 'Start it again: it goes on from the last checkpoint.'
      reject(withLog(new StudioError('internal', `The worker process ended unexpectedly (${how}).`, { hint }), log))
    })
  })
  // Handled by whoever awaits `outcome`; a rejection before that is not an unhandled one.
  outcome.catch(() => {})
  worker.send({ type: 'start', task })
  watch()

  const ask = (what: 'pause' | 'stop', graceMs: number) => {
    asked = what
    worker.send({ type: what })
    clearTimeout(timer)
    timer = setTimeout(() => worker.kill(), adding ? Math.max(graceMs, ADDING_GRACE_MS) : graceMs)
  }
  return {
    pid: worker.pid,
    outcome,
    pause: (graceMs) => ask('pause', graceMs),
    stop: (graceMs) => ask('stop', graceMs),
    kill: () => worker.kill(),
  }
}

function withLog(error: StudioError, log: string[]): StudioError {
  if (log.length === 0) return error
  const details = [error.where.details, ...log].filter(Boolean).join('\n')
  return new StudioError(error.kind, error.message, { ...error.where, details }, { cause: error })
}
