/** Work over many things in slices short enough that the process answers other calls in between. */
import { setImmediate } from 'node:timers/promises'

const SLICE_MS = 10

/** A function to await between pieces of work: it lets others have their turn once a slice is used up. */
export function breathing(): () => Promise<void> {
  let start = performance.now()
  return async () => {
    if (performance.now() - start < SLICE_MS) return
    await setImmediate()
    start = performance.now()
  }
}
