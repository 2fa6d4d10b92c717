/**
 * When each run at work or waiting will be done: the one estimate that the queue, a run's row and the figures show.
 * Pure.
 */

export interface RemainingWork {
  id: number
  /** Of a machine that does nothing else. */
  seconds: number
}

/**
 * Seconds from now until each run is done, in the order in which they will be. Runs at work share the machine equally;
 * whenever one is done the next of the waiting ones takes its place. The last end is the sum of all work.
 */
export function runEnds(running: readonly RemainingWork[], waiting: readonly RemainingWork[]): RemainingWork[] {
  const ends: RemainingWork[] = []
  const next = waiting.values()
  const start = () => {
    const { value } = next.next()
    return value ? [{ ...value }] : []
  }
  const active = running.length > 0 ? running.map((each) => ({ ...each })) : start()
  let now = 0
  while (active.length > 0) {
    const least = Math.min(...active.map(({ seconds }) => seconds))
    now += least * active.length
    for (const each of active) each.seconds -= least
    for (let at = active.length - 1; at >= 0; at--) {
      const each = active[at]
      if (!each || each.seconds > 0) continue
      ends.push({ id: each.id, seconds: now })
      active.splice(at, 1, ...start())
    }
  }
  return ends
}
