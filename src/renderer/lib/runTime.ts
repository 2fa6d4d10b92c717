/** The time left of runs, as the services estimate it. Pure. */
import type { QueueInfo } from '../../domain/runs/info'

/**
 * Seconds until these runs are done: the latest of their ends. 0 where none of them is at work or waits (paused, failed
 * and stopped runs wait for a person), null where one of them does and its end is not known.
 * @param ids null for all
 * @param smoothed seconds until all are done, smoothed; ends are scaled to it
 */
export function remainingSeconds(
  { ends, order, secondsLeft }: Pick<QueueInfo, 'ends' | 'order' | 'secondsLeft'>,
  ids: readonly number[] | null,
  smoothed: number | null,
): number | null {
  if (ids === null && secondsLeft === null) return null
  const wanted = ids && new Set(ids)
  const own = ends.filter(({ id }) => wanted === null || wanted.has(id))
  const known = new Set(own.map(({ id }) => id))
  if (order.some((id) => (wanted === null || wanted.has(id)) && !known.has(id))) return null
  const latest = own.reduce((most, { seconds }) => Math.max(most, seconds), 0)
  const factor = smoothed === null || !secondsLeft ? 1 : Math.max(0, smoothed) / secondsLeft
  return latest * factor
}

const MEMORY_MS = 60_000

/**
 * When all is done, in ms since the epoch: an exponential mean of the ends told over about a minute. Ends rather than
 * times left, which fall by themselves.
 * @param before the mean until now; null to begin anew
 * @param since ms since it was told before
 */
export function steadyEnd(before: number | null, secondsLeft: number | null, now: number, since: number) {
  if (secondsLeft === null) return null
  const told = now + secondsLeft * 1000
  return before === null ? told : before + (told - before) * (1 - Math.exp(-since / MEMORY_MS))
}
