/** The waiting line of a recruitment link, on a clock of its own. */
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { LONGEST, waitingLine, type Waiting } from '../../../src/main/study/waitingLine'

function clocked() {
  const clock = { now: 1_000 }
  return { clock, line: waitingLine(() => clock.now) }
}
/** Asks as a page would until it is let in; answers when that was. */
interface Person {
  name: number
  next: number
  ticket: string | null
  joinedAt: number | null
  told: number[]
}

/** Everybody arrives at a time of their own and comes back when told. */
function simulate(arrivals: number[], perMinute: number): Person[] {
  const { clock, line } = clocked()
  const people: Person[] = arrivals.map((at, name) => ({
    name,
    next: 1_000 + at,
    ticket: null,
    joinedAt: null,
    told: [],
  }))
  for (;;) {
    const waiting = people.filter(({ joinedAt }) => joinedAt === null)
    if (waiting.length === 0) return people
    const one = waiting.reduce((a, b) => (b.next < a.next ? b : a))
    clock.now = one.next
    const answer = line.ask(one.ticket, perMinute)
    if (answer === null) one.joinedAt = clock.now
    else {
      one.ticket = answer.ticket
      one.told.push(answer.seconds)
      one.next = clock.now + answer.retryMs
    }
  }
}

describe('a waiting line', () => {
  test('lets in as many as a minute allows at once, and the others a minute later', () => {
    const people = simulate(Array<number>(25).fill(0), 10)
    const at = people.map(({ joinedAt }) => Math.round(((joinedAt ?? 0) - 1_000) / 60_000))
    expect(at).toEqual([...Array<number>(10).fill(0), ...Array<number>(10).fill(1), ...Array<number>(5).fill(2)])
    expect(people[10]?.told[0]).toBe(60)
    expect(people[24]?.told[0]).toBe(120)
  })

  test('never lets in more within a minute than allowed, and loses nobody', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 150_000 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 8 }), (given, perMinute) => {
        const times = simulate(given, perMinute).map(({ joinedAt }) => joinedAt ?? 0)
        for (const time of times)
          expect(times.filter((other) => other > time - 60_000 && other <= time).length).toBeLessThanOrEqual(perMinute)
      }),
    )
  })

  test('is first come, first served: a later arrival is never let in earlier than one retry', () => {
    const people = simulate(
      Array.from({ length: 40 }, (_, at) => at * 500),
      5,
    )
    const retry = 15_000
    for (const one of people)
      for (const later of people.slice(one.name + 1))
        expect((later.joinedAt ?? 0) + retry).toBeGreaterThanOrEqual(one.joinedAt ?? 0)
    // Whole minutes are in the order of arrival.
    const minute = ({ joinedAt }: Person) => Math.floor(((joinedAt ?? 0) - 1_000) / 60_000)
    expect(people.map(minute)).toEqual(people.map(minute).sort((a, b) => a - b))
  })

  test('a reload keeps the place; an unknown ticket gets a new one at the end', () => {
    const { line } = clocked()
    expect(line.ask(null, 1)).toBeNull()
    const first = line.ask(null, 1)
    const second = line.ask(null, 1)
    expect(first?.seconds).toBe(60)
    expect(second?.seconds).toBe(120)
    expect(line.ask(first?.ticket ?? '', 1)).toMatchObject({ ticket: first?.ticket, seconds: 60 })
    const forged = line.ask('forged', 1)
    expect(forged?.ticket).not.toBe('forged')
    expect(forged?.seconds).toBe(180)
  })

  test('a ticket is good for one entry', () => {
    const { clock, line } = clocked()
    line.ask(null, 1)
    const ticket = line.ask(null, 1)?.ticket ?? ''
    clock.now += 60_000
    expect(line.ask(ticket, 1)).toBeNull()
    expect(line.ask(ticket, 1)).not.toBeNull()
  })

  test('pages that do not come back hold nobody up, and keep their place when they wake', () => {
    const { clock, line } = clocked()
    line.ask(null, 1)
    const asleep = line.ask(null, 1)
    const flood = Array.from({ length: 500 }, () => line.ask(null, 1))
    expect(flood.every((each) => each !== null)).toBe(true)
    const honest = line.ask(null, 1)
    expect(honest?.seconds).toBeGreaterThan(10_000)
    clock.now += 25_000
    expect(line.ask(honest?.ticket ?? '', 1)?.seconds).toBe(35)
    // The page in the background was first; it is in front again.
    expect(line.ask(asleep?.ticket ?? '', 1)?.seconds).toBe(35)
    expect(line.ask(honest?.ticket ?? '', 1)?.seconds).toBe(95)
  })

  test('is bounded: beyond its length people wait without a place and still get in', () => {
    const { clock, line } = clocked()
    line.ask(null, 1)
    const all: (Waiting | null)[] = Array.from({ length: LONGEST + 10 }, () => line.ask(null, 1))
    expect(all.filter((each) => each?.ticket).length).toBe(LONGEST)
    expect(all.at(-1)).toMatchObject({ ticket: null })
    clock.now += 400_000
    expect(line.ask(null, 1)).toBeNull()
    clock.now += 61_000
    expect(line.isIdle()).toBe(true)
  })

  test('what was given back can be used by the next', () => {
    const { line } = clocked()
    expect(line.ask(null, 1)).toBeNull()
    line.giveBack()
    expect(line.ask(null, 1)).toBeNull()
  })
})
