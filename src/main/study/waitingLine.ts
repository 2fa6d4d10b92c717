/**
 * The waiting line of a recruitment link: at most so many people join within any minute, the others wait and are let in
 * first come, first served. A place in the line is a random ticket that the page keeps (it survives a reload) and shows
 * again at the time it is told. Who does not come back in time is passed over, so that nobody waits for pages that were
 * closed or never read, but keeps the place for a while: browsers let a page in the background sleep.
 *
 * Nothing is stored: after a restart of the program everybody lines up again. Memory and time are bounded by LONGEST.
 */
import { randomBytes } from 'node:crypto'

const MINUTE_MS = 60_000
/** People in one line; beyond it people wait without a place and get one when there is room. */
export const LONGEST = 2_000
/** How soon a waiting page comes back: a quarter of the time it has to wait, within these bounds. */
const SOONEST_MS = 1_000
const LATEST_MS = 15_000
/** After this much delay a place no longer counts for those behind it. */
const LATE_MS = 5_000
/** A page in the background may wake up only once a minute. */
const KEEP_MS = 150_000

interface Place {
  /** When the page was told to come back. */
  dueAt: number
  keepUntil: number
}

export interface Waiting {
  /** Null where the line is too long for a place of one's own. */
  ticket: string | null
  /** Expected time until this person is let in. */
  seconds: number
  /** When to ask again. */
  retryMs: number
}

export interface WaitingLine {
  /**
   * Null where the person is let in now, which counts as one of this minute's; how to wait otherwise.
   *
   * @param ticket from an earlier answer; an unknown one is a new person
   */
  ask(ticket: string | null, perMinute: number): Waiting | null
  /** Takes back the last admission: the person did not become a participant. */
  giveBack(): void
  /** Nobody waits and nothing has to be remembered. */
  isIdle(): boolean
}

/** @param now milliseconds; monotonic */
export function waitingLine(now: () => number = () => performance.now()): WaitingLine {
  /** In the order of arrival. */
  const places = new Map<string, Place>()
  /** When people were let in, within the last minute. */
  let admitted: number[] = []

  function tidy(at: number) {
    admitted = admitted.filter((time) => time > at - MINUTE_MS)
    for (const [ticket, { keepUntil }] of places) if (keepUntil < at) places.delete(ticket)
  }

  /** People before this one who are expected to be let in. */
  function ahead(own: string | null, at: number): number {
    let count = 0
    for (const [ticket, { dueAt }] of places) {
      if (ticket === own) break
      if (dueAt + LATE_MS >= at) count++
    }
    return count
  }

  /** Until somebody with so many people before them is let in. Entries free up a minute after they were used. */
  function waitMs(before: number, perMinute: number, at: number): number {
    const freeAt = admitted.slice(-perMinute).map((time) => time + MINUTE_MS)
    while (freeAt.length < perMinute) freeAt.push(at)
    freeAt.sort((a, b) => a - b)
    const round = Math.floor(before / perMinute)
    return Math.max(0, (freeAt[before % perMinute] ?? at) - at) + round * MINUTE_MS
  }

  return {
    ask(given, perMinute) {
      const at = now()
      tidy(at)
      const known = given !== null && places.has(given) ? given : null
      const before = ahead(known, at)
      const wait = waitMs(before, perMinute, at)
      if (wait === 0) {
        if (known !== null) places.delete(known)
        admitted.push(at)
        return null
      }
      const ticket = known ?? (places.size < LONGEST ? randomBytes(12).toString('base64url') : null)
      const retryMs = Math.round(Math.min(Math.max(wait / 4, SOONEST_MS), LATEST_MS, Math.max(wait, 50)))
      // A ticket that is known keeps its position in the map.
      if (ticket !== null) places.set(ticket, { dueAt: at + retryMs, keepUntil: at + retryMs + KEEP_MS })
      return { ticket, seconds: Math.ceil(wait / 1000), retryMs }
    },
    giveBack: () => void admitted.pop(),
    isIdle() {
      tidy(now())
      return places.size === 0 && admitted.length === 0
    },
  }
}
