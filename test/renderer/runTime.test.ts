/** The time left of runs: one estimate of the services, of which all, one and some are parts. */
import { describe, expect, it } from 'vitest'
import { remainingSeconds, steadyEnd } from '../../src/renderer/lib/runTime'

describe('the time left', () => {
  const ends = [1, 2, 3].map((id) => ({ id, seconds: 40 * id }))
  const queue = { ends, order: [2, 3], secondsLeft: 120 }

  it('of all is the last end, of one its own, of some the latest of theirs', () => {
    expect(remainingSeconds(queue, null, null)).toBe(120)
    expect(remainingSeconds(queue, [1], null)).toBe(40)
    expect(remainingSeconds(queue, [1, 2, 99], null)).toBe(80)
  })

  it('is smoothed by one factor, so that a part is never more than the whole', () => {
    expect(remainingSeconds(queue, null, 60)).toBe(60)
    expect(remainingSeconds(queue, [1], 60)).toBe(20)
    expect(remainingSeconds(queue, [3], -5)).toBe(0)
  })

  it('is 0 of runs that neither run nor wait, and null where one waits whose speed is not known', () => {
    expect(remainingSeconds(queue, [99], null)).toBe(0)
    const unknown = { ends: ends.slice(0, 1), order: [2, 3], secondsLeft: null }
    expect(remainingSeconds(unknown, null, null)).toBeNull()
    expect(remainingSeconds(unknown, [1, 2], null)).toBeNull()
    expect(remainingSeconds(unknown, [1], null)).toBe(40)
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
