/** Time left of a list of runs: from its own finished runs, from the running one where none is done, or not known. */
import { describe, expect, it } from 'vitest'
import { secondsLeft } from '../../src/renderer/lib/runTime'
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
