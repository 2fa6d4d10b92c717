/** How long a list of runs still takes, from how long its own have taken. Pure. */
import type { RunInfo } from '../../shared/domain'
import { runShare } from './runWords'

const seconds = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 1000
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * Seconds until all that run or wait are done, as many at once as run now; null where none has gone far enough to tell.
 * Paused, failed and stopped runs wait for a person and are not counted.
 */
export function secondsLeft(runs: readonly RunInfo[], now: string): number | null {
  const running = runs.filter(({ state }) => state === 'running')
  const waiting = runs.filter(({ state }) => state === 'queued')
  if (running.length + waiting.length === 0) return 0
  const took = runs.flatMap(({ state, startedAt, finishedAt }) => state === 'done' && startedAt && finishedAt ? [seconds(startedAt, finishedAt)] : []) // prettier-ignore
  // None done yet: what the running ones will have taken in all.
  const whole = took.length > 0 ? took : running.flatMap((run) => wholeTime(run, now))
  if (whole.length === 0) return null
  const each = mean(whole)
  const left = running.map((run) => run.progress?.secondsLeft ?? each * (1 - runShare(run)))
  const queue = (waiting.length * each) / Math.max(1, running.length)
  return (left.length > 0 ? Math.max(...left) : 0) + queue
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

/** By the share of its steps, once that says anything. */
function wholeTime(run: RunInfo, now: string): number[] {
  const share = runShare(run)
  return run.startedAt && share > 0.05 ? [seconds(run.startedAt, now) / share] : []
}
