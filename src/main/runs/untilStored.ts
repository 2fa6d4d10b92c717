/**
 * Writes that must not be lost: the points of a run's curves and what came of it. Where the project cannot take them
 * (its disk is full, another process has the lock, a drive is away) they are tried again until it can.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { isBusy, mayPass, toStudioError } from '../process/systemErrors'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000
/** Waiting for a lock is told of after this long, in ms: most last for moments. */
const LOCK_QUIET_MS = 2_000

export interface StoringOptions {
  /** Told when writing has failed, with why, and with null when it has succeeded after all. */
  onTrouble: (trouble: StudioError | null) => void
  /** Ends the attempts: what was not stored by then is rejected with the reason of the last one. */
  signal?: AbortSignal
}

/**
 * Repeats `write`, one transaction, until it is stored; answers what it answers. Throws what no waiting mends, and the
 * last trouble once `signal` is aborted.
 */
export async function untilStored<T>(
  store: ProjectStore,
  write: () => T,
  { onTrouble, signal }: StoringOptions,
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS, told = false; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      await store.whenWritable(LOCK_QUIET_MS)
      const done = write()
      if (told) onTrouble(null)
      return done
    } catch (error) {
      if (!mayPass(error) || signal?.aborted) throw error
      // A lock by its cause: how long it was waited for here says nothing.
      onTrouble(toStudioError(isBusy(error) ? new Error('locked', { cause: error }) : error))
      told = true
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
