/**
 * A full disk does not end hours of training: what is to be saved is saved once there is room again. The run waits
 * meanwhile and says why. Asked to pause or stop, it still waits, until its parent loses patience and ends the process:
 * the run is then as its last checkpoint has it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { isFull, toStudioError } from '../process/systemErrors'
import type { Parent } from '../workers/parent'

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 10_000

/** Answers a function that repeats `act` until the disk has room for it, and throws whatever else `act` throws. */
export function diskPatience({ tell }: Pick<Parent, 'tell'>) {
  return async function save<T>(act: () => T): Promise<T> {
    for (let waitMs = FIRST_WAIT_MS, told = false; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        const done = act()
        if (told) tell({ type: 'trouble', error: null })
        return done
      } catch (error) {
        if (!isFull(error)) throw error
        if (!told) tell({ type: 'trouble', error: toStudioError(error).toData() })
        told = true
      }
      await sleep(waitMs)
    }
  }
}
