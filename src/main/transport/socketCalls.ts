/**
 * Calls over one WebSocket, with back-pressure: while `MOST_CALLS` of them wait for their replies to be sent, or while
 * the peer does not read what was sent, nothing more is read from it. What one peer can make this process hold is thus
 * bounded: a few replies, and what arrived in one piece.
 */
import type { RawData, WebSocket } from 'ws'
import { guarded } from '../process/guarded'
import { closeSoon } from './socketRegistry'

/** Calls of one socket at once. A page has three: an answer, and the images of this trial and of the next. */
const MOST_CALLS = 8
/** Bytes sent that the peer has not read; a single reply may be larger. */
const MOST_UNREAD = 2 ** 20
/** Messages that arrived in one piece with the last one that was read; more is no page. */
const MOST_WAITING = 4096
/** A peer that reads nothing for this long is cut off, in ms. */
const STALLED_MS = 30_000

export interface SocketCallsOptions<Call> {
  /** Null for what is no call: the peer is disconnected. */
  parse: (data: RawData) => Call | null
  /** Never rejects; answers the message to send. */
  answer: (call: Call) => Promise<string>
  stalledMs?: number
}

/** Answers whether the socket is being read at the moment. */
export function answerCalls<Call>(
  client: WebSocket,
  { parse, answer, stalledMs = STALLED_MS }: SocketCallsOptions<Call>,
): { reads: () => boolean } {
  const waiting: Call[] = []
  let underWay = 0
  let sent = 0
  let taking = false
  let stalled: NodeJS.Timeout | undefined

  const mayTake = () => underWay < MOST_CALLS && client.bufferedAmount < MOST_UNREAD

  /**
   * The clock runs while something is on its way to the peer, and starts again with every message that arrives there.
   */
  function watch() {
    clearTimeout(stalled)
    if (sent > 0) stalled = setTimeout(() => client.terminate(), stalledMs).unref()
  }

  async function carryOut(call: Call) {
    const reply = await answer(call)
    if (client.readyState !== client.OPEN) return
    sent++
    if (sent === 1) watch()
    await new Promise<void>((resolve) => client.send(reply, () => resolve()))
    sent--
    watch()
  }

  /** Takes one call after the other, each in a turn of the event loop of its own. */
  async function take() {
    if (taking) return
    taking = true
    try {
      while (mayTake()) {
        const call = waiting.shift()
        if (call === undefined) break
        underWay++
        void carryOut(call)
          .catch(() => client.terminate())
          .finally(() => {
            underWay--
            next()
          })
        if (waiting.length > 0) await new Promise((resolve) => setImmediate(resolve))
      }
    } finally {
      taking = false
    }
    if (waiting.length === 0 && mayTake()) client.resume()
  }
  const next = guarded('answering calls over a socket', take)

  client.on(
    'message',
    guarded('reading a socket', (data: RawData, binary: boolean) => {
      if (client.readyState !== client.OPEN) return
      const call = binary ? null : parse(data)
      if (call === null || waiting.length >= MOST_WAITING) {
        waiting.length = 0
        return closeSoon(client, 1008, call === null ? 'Calls only' : 'Too many calls at once')
      }
      waiting.push(call)
      if (!mayTake() || waiting.length > 1) client.pause()
      next()
    }),
  )
  client.on('close', () => {
    clearTimeout(stalled)
    waiting.length = 0
  })
  return { reads: () => !client.isPaused }
}
