/**
 * What becomes of an error that nothing caught. A process that serves people (the server, the desktop, a command that
 * works the queue) logs it and continues: one study, run or client must not end it for everybody. A short command ends
 * with exit code 1 and the reason as its last line. Worker processes have none of this: they end, which fails their
 * job.
 */
import { log } from './log'

/** Errors logged in full within `WINDOW_MS`; more are only counted, so that a fault in a loop does not fill a disk. */
const MOST_LOGGED = 20
const WINDOW_MS = 10_000

type Handler = (error: unknown) => void

let handle: Handler | null = null
let logged = 0
let unlogged = 0
let windowSince = 0

function install(handler: Handler) {
  const first = handle === null
  handle = handler
  if (!first) return
  const pass = (error: unknown) => {
    try {
      handle?.(error)
    } catch {
      // An error here would end the process after all: where it cannot even be logged, there is nobody to tell.
    }
  }
  process.on('uncaughtException', pass)
  process.on('unhandledRejection', pass)
  // A terminal that was closed, a log file on a full disk: writing to them fails later, as an event.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
}

function logAndContinue(error: unknown) {
  const now = Date.now()
  if (now - windowSince > WINDOW_MS) {
    if (unlogged > 0) log.error({ unlogged }, 'more errors were not caught than were logged')
    windowSince = now
    logged = unlogged = 0
  }
  if (logged++ < MOST_LOGGED) log.error({ error }, 'an error was not caught; the program continues')
  else unlogged++
}

/** From here on an error that nothing caught is logged, and the process continues. */
export const continueAfterErrors = () => install(logAndContinue)

/**
 * From here on, until `continueAfterErrors`, an error that nothing caught is handed to `end`, which ends the process.
 */
export const endAfterError = (end: Handler) => install(end)
