/** Time left of a list of runs: from its own finished runs, from the running one where none is done, or not known. */
import { describe, expect, it } from 'vitest'
import { secondsLeft, steadyEnd } from '../../src/renderer/lib/runTime'
import type { RunInfo } from '../../src/shared/domain'

const at = (seconds: number) => new Date(seconds * 1000).toISOString()
const run = (state: RunInfo['state'], change: Partial<RunInfo> = {}) => ({ state, progress: null, startedAt: null, finishedAt: null, ...change }) as RunInfo // prettier-ignore
const progress = (step: number, left: number | null) => ({ step, steps: 100, secondsLeft: left }) as RunInfo['progress']
const done = (took: number) => run('done', { startedAt: at(0), finishedAt: at(took) })

describe('the time left of a list of runs', () => {
  it('is what the finished ones took, for each that waits, and what the running one says', () => {
    const running = run('running', { startedAt: at(100), progress: progress(50, 40) })
    expect(secondsLeft([done(100), done(60), running, run('queued'), run('queued')], at(150))).toBe(40 + 2 * 80)
  })

  it('is shared by as many as run at once', () => {
    const running = run('running', { startedAt: at(100), progress: progress(50, 30) })
    expect(secondsLeft([done(80), running, running, run('queued'), run('queued')], at(150))).toBe(30 + 80)
  })

  it('is judged by the running one where none is done, once its share says anything', () => {
    const early = run('running', { startedAt: at(0), progress: progress(2, null) })
    expect(secondsLeft([early, run('queued')], at(10))).toBeNull()
    const later = run('running', { startedAt: at(0), progress: progress(25, null) })
    expect(secondsLeft([later, run('queued')], at(10))).toBe(30 + 40)
  })

  it('is nothing where nothing waits: paused, failed and stopped runs wait for a person', () => {
    expect(secondsLeft([done(10), run('paused'), run('failed'), run('stopped')], at(0))).toBe(0)
    expect(secondsLeft([run('queued')], at(0))).toBeNull()
  })
})

describe('the end of all runs, smoothed', () => {
  it('stays where each answer says the same end, follows a change over about a minute, and forgets where nothing is known', () => {
    let end = steadyEnd(null, 600, 0, 0)
    expect(end).toBe(600_000)
    for (let now = 1_000; now <= 10_000; now += 1_000) end = steadyEnd(end, 600 - now / 1000, now, 1_000)
    expect(end).toBeCloseTo(600_000, 6)
    // A minute of answers that say 100 s more.
    for (let now = 11_000; now <= 70_000; now += 1_000) end = steadyEnd(end, 700 - now / 1000, now, 1_000)
    expect(end).toBeCloseTo(600_000 + 100_000 * (1 - Math.exp(-1)), 6)
    expect(steadyEnd(end, null, 0, 0)).toBeNull()
  })
})
