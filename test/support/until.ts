/** Waiting for what another process does: for the state itself, never for a time that is usually enough. */
import type { ChildProcess } from 'node:child_process'

const LOOK_MS = 50

/** What is left of an answer when it is not one of those that say "not yet". */
type Found<T> = Exclude<T, false | null | undefined>

/**
 * Resolves with the first truthy answer. The limit only ends a test that would never end: it is far above what a loaded
 * machine needs. Throws when it is reached, or at once when `child` ends before.
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { child, seconds = 180, everyMs = LOOK_MS }: { child?: ChildProcess; seconds?: number; everyMs?: number } = {},
): Promise<Found<T>> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await ask()
    if (found) return found as Found<T>
    if (child && (child.exitCode !== null || child.signalCode !== null))
      throw new Error(`The process ended with ${child.exitCode ?? child.signalCode} before ${what}.`)
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain: ${what}`)
    await new Promise((done) => setTimeout(done, everyMs))
  }
}
