/** Clocks, focus losses and keys of a session. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../src/renderer/session/address'
import { HeldKeys, keyOfSlot, slotOfKey } from '../../src/renderer/session/keys'
import { FocusLosses, reactionTimeMs, sessionClock } from '../../src/renderer/session/timing'

describe('times', () => {
  it('run from the frame to the event, never below zero', () => {
    expect(reactionTimeMs(1_500.25, 1_000)).toBe(500.25)
    expect(reactionTimeMs(999, 1_000)).toBe(0)
  })
  it('of a session go on from those of earlier openings', () => {
    const clock = sessionClock(60_000, 250)
    expect(clock(250)).toBe(60_000)
    expect(clock(1_250)).toBe(61_000)
    // A frame may have begun just before the opening was answered.
    expect(sessionClock(0, 250)(240)).toBe(0)
  })
})

describe('focus losses', () => {
  it('count leaving once, however many signs of it there are', () => {
    const losses = new FocusLosses()
    for (const act of ['lose', 'lose', 'regain', 'regain', 'lose', 'add'] as const) losses[act]()
    expect(losses.count).toBe(3)
    losses.reset()
    // Still away: coming back and leaving again is the next loss.
    losses.lose()
    expect(losses.count).toBe(0)
    losses.regain()
    losses.lose()
    expect(losses.count).toBe(1)
  })
})

const key = (name: string, change: Partial<KeyboardEvent> = {}) => ({
  key: name,
  code: `Digit${name}`,
  repeat: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...change,
})

describe('keys', () => {
  it('are drawn on the slots they stand for', () => {
    for (let slot = 0; slot < 10; slot++) expect(slotOfKey(key(keyOfSlot(slot)))).toBe(slot)
    expect(keyOfSlot(10)).toBe('')
  })
  it('count by their place where digits need Shift, and on the number pad', () => {
    expect(slotOfKey(key('&', { code: 'Digit1' }))).toBe(0)
    expect(slotOfKey(key('à', { code: 'Digit0' }))).toBe(9)
    expect(slotOfKey(key('7', { code: 'Numpad7' }))).toBe(6)
    expect(slotOfKey(key('Home', { code: 'Numpad7' }))).toBe(null)
  })
  it('are none with a modifier, or others', () => {
    for (const change of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }])
      expect(slotOfKey(key('1', change))).toBe(null)
    for (const name of ['a', 'Enter', ' ', 'F1', '10']) expect(slotOfKey(key(name, { code: name }))).toBe(null)
  })
  it('are new once until they are let go, whichever others are down', () => {
    const press = fc.record({ name: fc.constantFrom('1', '2', '3'), down: fc.boolean() })
    fc.assert(
      fc.property(fc.array(press), (events) => {
        const held = new HeldKeys()
        const down = new Set<string>()
        for (const { name, down: goesDown } of events) {
          const event = key(name)
          if (goesDown) expect(held.press(event)).toBe(!down.has(name))
          else held.release(event)
          if (goesDown) down.add(name)
          else down.delete(name)
        }
      }),
    )
    const held = new HeldKeys()
    held.press(key('1'))
    held.clear()
    expect(held.press(key('1', { repeat: true }))).toBe(false)
    held.release(key('1'))
    expect(held.press(key('1'))).toBe(true)
  })
})

describe('the participants’ address', () => {
  const at = (rest: string) => readAddress(`http://127.0.0.1:4000/study.html${rest}`)
  it('names a session, or nothing', () => {
    expect(at('#abc')).toEqual({ kind: 'session', token: 'abc' })
    expect(at('')).toEqual({ kind: 'nothing' })
    expect(at('?PROLIFIC_PID=x')).toEqual({ kind: 'nothing' })
  })
  it('joins with what Prolific, Mechanical Turk or another service adds', () => {
    const external = (rest: string) => (at(`?join=j&${rest}`) as { external: unknown }).external
    expect(external('PROLIFIC_PID=p&STUDY_ID=s&SESSION_ID=t')).toEqual({
      service: 'prolific',
      participant: 'p',
      study: 's',
      session: 't',
    })
    expect(external('workerId=w&hitId=h&assignmentId=a')).toEqual({
      service: 'mturk',
      participant: 'w',
      study: 'h',
      session: 'a',
    })
    expect(external('participant=p')).toEqual({ service: 'other', participant: 'p', study: '', session: '' })
    expect(external('')).toBe(null)
    // Cut off, two people could become one: the program refuses it instead.
    expect(external(`workerId=${'w'.repeat(300)}`)).toMatchObject({ participant: 'w'.repeat(300) })
    expect(external('participant=%20P1%20%0A')).toMatchObject({ participant: 'P1' })
    expect(external('participant=%20')).toBe(null)
  })
  it('waits for a task that is not accepted', () => {
    expect(at('?join=j&assignmentId=ASSIGNMENT_ID_NOT_AVAILABLE&hitId=h')).toEqual({ kind: 'preview' })
  })
})
