/**
 * Waiting for the database's write lock, which one connection of all processes has at a time. SQLite itself waits by
 * blocking its thread; a process that serves others must not, so that it looks by a timer until the lock is free and
 * leaves SQLite `BRIEF_MS` only. Workers and commands, which serve nobody, block (`BLOCKING_MS`). Reads never wait.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { StudioError } from '../../domain/errors'
import { isBusy } from '../process/systemErrors'
import type { Claim } from './claims'
import type { Sqlite } from './database'

/** How long SQLite may block the thread of a process that serves others, in ms. */
export const BRIEF_MS = 50
/** How long SQLite may block a worker or a command, in ms. */
export const BLOCKING_MS = 180_000
/** How long SQLite may block a command or a worker that opens a project, in ms. */
const OPENING_MS = 60_000
/** How long a call waits before it is refused, in ms. */
export const CALL_PATIENCE_MS = 60_000
/** A command says that it waits when it has done so for this long, in ms. */
const SILENT_MS = 1_000

const FIRST_LOOK_MS = 10
const LAST_LOOK_MS = 100

export interface WriteLock {
  /**
   * Resolves when the lock was free a moment ago: write at once, another process may take it next. Throws
   * StudioError('conflict') where it is not free within `patienceMs` (default: for ever), or the project is closed.
   */
  whenWritable(patienceMs?: number): Promise<void>
}

/** What SQLite would have thrown: a refusal that is known to pass (systemErrors.ts). */
const busy = () => Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })

function lockedFor(ms: number, others: readonly Claim[]): StudioError {
  const seconds = Math.round(ms / 1000)
  const known = others.map(({ name, detail, process }) => `${name}${detail && ` (${detail})`} by ${process}`)
  const who = known.length > 0 ? ` At work in this project: ${known.join('; ')}.` : ''
  const message = `Another program has kept the project’s database locked for ${seconds} seconds: nothing was changed.`
  const hint = `Wait until it has finished (an import, a backup, a database viewer) or end it, then try again.${who}`
  return new StudioError('conflict', message, { hint }, { cause: busy() })
}

/** @param others the claims of other living processes, to name in a refusal */
export function writeLock(database: Sqlite, others: () => Claim[]): WriteLock {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const rollback = database.prepare('ROLLBACK')
  /** One series of looks for all who wait. */
  let looking: Promise<void> | null = null
  let waiting = 0

  function isFree(): boolean {
    if (!database.open) throw new StudioError('conflict', 'The project was closed meanwhile.')
    if (database.inTransaction) return true
    const [{ timeout = 0 } = {}] = database.pragma('busy_timeout') as { timeout?: number }[]
    database.pragma('busy_timeout = 0')
    try {
      begin.run()
      rollback.run()
      return true
    } catch (error) {
      // Any other trouble is for the write itself to meet and to name.
      return !isBusy(error)
    } finally {
      database.pragma(`busy_timeout = ${timeout}`)
    }
  }

  async function look() {
    try {
      for (let pauseMs = FIRST_LOOK_MS; waiting > 0; pauseMs = Math.min(pauseMs * 2, LAST_LOOK_MS)) {
        if (isFree()) return
        await sleep(pauseMs, undefined, { ref: false })
      }
    } finally {
      looking = null
    }
  }

  return {
    async whenWritable(patienceMs) {
      if (isFree()) return
      const since = Date.now()
      let timer: NodeJS.Timeout | undefined
      waiting++
      try {
        const free = (looking ??= look())
        if (patienceMs === undefined) return await free
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(lockedFor(Date.now() - since, others())), patienceMs)
        })
        await Promise.race([free, late])
      } finally {
        waiting--
        clearTimeout(timer)
      }
    },
  }
}

/**
 * Opens with SQLite's own waiting, and calls `onWait` once where that takes longer than a second.
 *
 * @param open opens; its argument is how long SQLite may block, in ms
 */
export function openBlocking<T>(open: (timeoutMs: number) => T, onWait?: () => void): T {
  if (onWait) {
    try {
      return open(SILENT_MS)
    } catch (error) {
      if (!isBusy(error)) throw error
      onWait()
    }
  }
  return open(OPENING_MS)
}

/** Transactions of a command: they block like its opening, and call `onWait` where that takes longer than a second. */
export function blockingTransaction(database: Sqlite, onWait: () => void) {
  return <T>(change: () => T): T => {
    const state = { begun: false }
    const transaction = database.transaction(() => {
      state.begun = true
      return change()
    })
    database.pragma(`busy_timeout = ${SILENT_MS}`)
    try {
      return transaction.immediate()
    } catch (error) {
      // Only what never began may be done again.
      if (state.begun || !isBusy(error)) throw error
      onWait()
    } finally {
      database.pragma(`busy_timeout = ${BLOCKING_MS}`)
    }
    return transaction.immediate()
  }
}
