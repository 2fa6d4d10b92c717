/** The session's state machine against a door in memory: what is stored, once, and what is on the screen when. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFlow } from '../../src/renderer/session/flow'
import { StudioError } from '../../src/domain/errors'
import { ENVIRONMENT, frames, scriptedDoor, settled, truth, type Scripted } from './session.door'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

function session(door: Scripted) {
  const screen = frames()
  const flow = createFlow({ door, surface: screen.surface, environment: async () => ENVIRONMENT, now: screen.now })
  return {
    ...screen,
    flow,
    state: flow.state,
    /** Opens and passes the ready screen. */
    async begin() {
      // Personal labelling has no ready screen: opening it paints.
      void flow.start()
      await settled()
      if (flow.state.screen === 'ready') void flow.advance()
      await screen.frame()
    },
    async answer(slot: number, afterMs: number) {
      const onset = screen.painted.at(-1)?.at ?? 0
      const taken = flow.press(slot, onset + afterMs)
      await screen.frame(afterMs + 16)
      return taken
    },
  }
}
const networkError = () => {
  throw new StudioError('internal', 'The study does not answer.')
}

describe('a session of trials', () => {
  it('stores every answer with its slot, label and times, then ends', async () => {
    const door = scriptedDoor({ elapsedMs: 500 })
    const s = session(door)
    await s.begin()
    const opened = 1_000
    const onsets: number[] = []
    for (const [trial, delay] of [300, 1, 0, 777.25, 2_000].entries()) {
      expect(s.state).toMatchObject({ screen: 'trial', trial, total: 5, practice: false })
      expect(s.painted.at(-1)?.picture).toBe(trial)
      onsets.push(s.painted.at(-1)?.at ?? 0)
      expect(await s.answer(trial % 4, delay)).toBe(true)
    }
    expect(s.state.screen).toBe('finished')
    expect(door.stored).toEqual(
      [300, 1, 0, 777.25, 2_000].map((reactionTimeMs, trial) => ({
        practice: false,
        trial,
        slot: trial % 4,
        chosen: ((trial % 4) + 1) % 4,
        reactionTimeMs,
        onsetMs: 500 + onsets[trial]! - opened,
        elapsedMs: 500 + onsets[trial]! - opened + reactionTimeMs,
        focusLosses: 0,
      })),
    )
  })

  it('takes nothing before the image is painted, and one answer after', async () => {
    const door = scriptedDoor()
    const s = session(door)
    await s.flow.start()
    expect(s.flow.press(0, 9_999)).toBe(false)
    void s.flow.advance()
    await settled()
    expect(s.flow.press(0, 9_999)).toBe(false)
    await s.frame()
    const onset = s.painted[0]!.at
    expect(s.flow.press(0, onset - 0.1)).toBe(false)
    expect(s.flow.press(4, onset + 1)).toBe(false)
    expect(s.flow.press(0, onset + 5)).toBe(true)
    expect(s.flow.press(1, onset + 5)).toBe(false)
    await settled()
    // Stored, but the next image is not painted yet.
    expect(door.stored).toHaveLength(1)
    expect(s.flow.press(1, onset + 400)).toBe(false)
    await s.frame()
    expect(s.flow.press(1, onset + 5)).toBe(false)
    expect(door.stored).toHaveLength(1)
  })

  it('shows the next image only once the judgment is stored, and asks for it ahead', async () => {
    const door = scriptedDoor()
    let release = () => {}
    door.before = () => new Promise<void>((resolve) => (release = resolve))
    const s = session(door)
    await s.begin()
    expect(door.images).toEqual([
      [false, 0],
      [false, 1],
    ])
    s.flow.press(2, s.painted[0]!.at + 1)
    expect(await s.frame()).toBe(false)
    expect(s.painted).toHaveLength(1)
    release()
    expect(await s.frame()).toBe(true)
    expect(s.painted.map(({ picture }) => picture)).toEqual([0, 1])
  })

  it('goes on where it was, after a page that says so', async () => {
    const s = session(scriptedDoor({ trials: { position: 3, total: 5 }, resumed: 'trial' }))
    await s.flow.start()
    expect(s.state).toMatchObject({ screen: 'ready', ready: 'again', trial: 3 })
    await s.begin()
    expect(s.painted.at(-1)?.picture).toBe(3)
  })

  it('counts focus losses of each trial, a pause among them, and answers nothing meanwhile', async () => {
    const door = scriptedDoor()
    const s = session(door)
    await s.begin()
    s.flow.losses.lose()
    s.flow.losses.lose()
    s.flow.losses.regain()
    s.flow.pause()
    expect(s.flow.press(0, s.painted[0]!.at + 1)).toBe(false)
    s.flow.resume()
    await s.answer(0, 100)
    await s.answer(0, 100)
    expect(door.stored.map(({ focusLosses }) => focusLosses)).toEqual([2, 0])
  })

  it('paints nothing behind the overlay', async () => {
    const s = session(scriptedDoor())
    await s.begin()
    s.flow.press(0, s.painted[0]!.at + 1)
    s.flow.pause()
    expect(await s.frame()).toBe(false)
    s.flow.resume()
    expect(await s.frame()).toBe(true)
  })

  it('walks through pages, practice and what comes after it', async () => {
    const door = scriptedDoor({ stage: 'consent', page: 'Yes?', practice: { position: 0, total: 2 } }, [
      'instructions',
      'practice',
    ])
    const s = session(door)
    await s.flow.start()
    expect(s.state.screen).toBe('page')
    await s.flow.advance()
    expect(s.state.view?.stage).toBe('instructions')
    void s.flow.advance()
    await s.frame()
    const slotOf = (label: number) => door.view.layout.indexOf(label)
    const right = truth(0, 4)
    const wrong = (right + 1) % 4
    await s.answer(slotOf(wrong), 50)
    expect(s.state).toMatchObject({
      practice: true,
      trial: 0,
      feedback: { correct: false, chosen: wrong, label: right },
    })
    await s.answer(slotOf(right), 60)
    expect(s.state).toMatchObject({ practice: true, trial: 1, feedback: { correct: true } })
    await s.answer(slotOf(truth(1, 4)), 70)
    expect(s.state).toMatchObject({ screen: 'ready', ready: 'after-practice', practice: false, trial: 0, total: 5 })
    expect(door.practice.map(({ trial, reactionTimeMs }) => [trial, reactionTimeMs])).toEqual([
      [0, 50],
      [0, 60],
      [1, 70],
    ])
    expect(door.stored).toEqual([])
    await s.begin()
    await s.answer(0, 80)
    expect(door.stored).toHaveLength(1)
  })

  it('withdraws', async () => {
    const s = session(scriptedDoor())
    await s.begin()
    s.flow.pause()
    await s.flow.withdraw()
    expect(s.state).toMatchObject({ screen: 'stopped', paused: false, view: { stopped: 'withdrawn' } })
  })
})

describe('trouble', () => {
  it.each(['before', 'after'] as const)('sends the same answer again when it is lost %s it is stored', async (when) => {
    const door = scriptedDoor()
    const sent: string[] = []
    const answer = door.answer.bind(door)
    door.answer = (given) => (sent.push(JSON.stringify(given)), answer(given))
    door[when] = (times) => (times <= 4 ? networkError() : undefined)
    const s = session(door)
    await s.begin()
    s.flow.press(1, s.painted[0]!.at + 10)
    await vi.advanceTimersByTimeAsync(900)
    expect(s.state.trouble).toBe(null)
    await vi.advanceTimersByTimeAsync(200)
    expect(s.state.trouble).toBe('saving')
    await vi.advanceTimersByTimeAsync(20_000)
    await s.frame()
    expect(s.state).toMatchObject({ trouble: null, trial: 1 })
    expect(door.stored).toHaveLength(1)
    expect(new Set(sent).size).toBe(1)
    expect(sent).toHaveLength(5)
  })

  it('takes an answer that never comes back for lost', async () => {
    const door = scriptedDoor()
    door.after = (times) => (times === 1 ? new Promise<never>(() => {}) : undefined)
    const s = session(door)
    await s.begin()
    s.flow.press(1, s.painted[0]!.at + 10)
    await vi.advanceTimersByTimeAsync(11_000)
    await s.frame()
    expect(s.state.trial).toBe(1)
    expect(door.stored).toHaveLength(1)
  })

  it('waits for an image that cannot be fetched', async () => {
    const door = scriptedDoor()
    door.imageFails = (times) => (times >= 2 && times <= 5 ? networkError() : undefined)
    const s = session(door)
    await s.begin()
    await s.answer(0, 100)
    await vi.advanceTimersByTimeAsync(1_100)
    expect(s.state.trouble).toBe('loading')
    await vi.advanceTimersByTimeAsync(20_000)
    await s.frame()
    expect(s.state).toMatchObject({ trouble: null, trial: 1 })
  })

  it('shows what a session has become when an answer is refused', async () => {
    const door = scriptedDoor()
    const s = session(door)
    await s.begin()
    Object.assign(door.view, { stage: 'stopped', stopped: 'closed' })
    await s.answer(0, 100)
    expect(s.state).toMatchObject({ screen: 'stopped', view: { stopped: 'closed' } })
  })

  it('goes on where another window brought the session', async () => {
    const door = scriptedDoor()
    const s = session(door)
    await s.begin()
    door.view.trials.position = 3
    await s.answer(0, 100)
    expect(s.state).toMatchObject({ screen: 'ready', trial: 3 })
    expect(door.stored).toEqual([])
  })

  it('says so when the program refuses for no reason that opening again would show, and tries again', async () => {
    const door = scriptedDoor()
    door.before = (times) => {
      if (times === 1) throw new StudioError('bad-input', 'No.')
    }
    const s = session(door)
    await s.begin()
    await s.answer(0, 100)
    expect(s.state).toMatchObject({ screen: 'failed', error: { message: 'No.' } })
    await s.begin()
    await s.answer(0, 100)
    expect(door.stored).toHaveLength(1)
  })

  it('fails to open with the reason', async () => {
    const door = scriptedDoor()
    door.open = () => Promise.reject(new StudioError('not-found', 'This link opens no session.'))
    const s = session(door)
    await s.flow.start()
    expect(s.state).toMatchObject({ screen: 'failed', error: { kind: 'not-found' } })
  })
})

describe('personal labelling', () => {
  it('goes back as far as wanted, shows what was chosen, and keeps or corrects it', async () => {
    const door = scriptedDoor({ kind: 'personal' })
    const s = session(door)
    await s.begin()
    expect(s.flow.back()).toBe(false)
    expect(s.flow.forward()).toBe(false)
    for (const slot of [0, 1, 2]) await s.answer(slot, 100)
    for (const trial of [2, 1, 0]) {
      expect(s.flow.back()).toBe(true)
      await s.frame()
      expect(s.state).toMatchObject({ trial, chosen: trial + 1 })
    }
    expect(s.flow.back()).toBe(false)
    expect(s.flow.forward()).toBe(true)
    await s.frame()
    await s.answer(3, 50)
    expect(s.state).toMatchObject({ trial: 2, chosen: 3 })
    expect(s.flow.forward()).toBe(true)
    await s.frame()
    expect(s.state).toMatchObject({ trial: 3, chosen: null })
    expect(s.flow.forward()).toBe(false)
    expect(door.stored.map(({ trial, slot }) => [trial, slot])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [1, 3],
    ])
  })

  it('goes back from the end too, and to the end again', async () => {
    const door = scriptedDoor({ kind: 'personal' })
    const s = session(door)
    await s.begin()
    for (const slot of [0, 1, 2, 3, 0]) await s.answer(slot, 100)
    expect(s.state.screen).toBe('finished')
    expect(s.flow.back()).toBe(true)
    await s.frame()
    expect(s.state).toMatchObject({ screen: 'trial', trial: 4, chosen: 1 })
    await s.answer(2, 30)
    expect(s.state.screen).toBe('finished')
    expect(door.stored.at(-1)).toMatchObject({ trial: 4, slot: 2 })
  })

  it('goes nowhere in a study', async () => {
    const s = session(scriptedDoor())
    await s.begin()
    await s.answer(0, 10)
    expect(s.flow.back()).toBe(false)
    expect(s.flow.forward()).toBe(false)
  })
})

it('loses, doubles and mixes nothing, whatever is pressed and whatever is lost', async () => {
  const act = fc.record({
    slots: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    delay: fc.double({ min: 0, max: 3_000, noNaN: true }),
    lostBefore: fc.integer({ min: 0, max: 2 }),
    lostAfter: fc.integer({ min: 0, max: 2 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
      const door = scriptedDoor({ trials: { position: 0, total: 12 } })
      const s = session(door)
      await s.begin()
      const expected: unknown[] = []
      for (const { slots, delay, lostBefore, lostAfter } of acts) {
        const first = slots.find((slot) => slot < 4)
        let failures = 0
        door.before = () => (failures++ < lostBefore ? networkError() : undefined)
        door.after = () => (failures++ < lostBefore + lostAfter ? networkError() : undefined)
        const { picture, at } = s.painted.at(-1)!
        for (const slot of slots) s.flow.press(slot, at + delay)
        await vi.advanceTimersByTimeAsync(30_000)
        await s.frame(delay + 40)
        if (first !== undefined)
          expected.push({ trial: picture, slot: first, chosen: (first + 1) % 4, reactionTimeMs: at + delay - at })
      }
      expect(
        door.stored.map(({ trial, slot, chosen, reactionTimeMs }) => ({ trial, slot, chosen, reactionTimeMs })),
      ).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
