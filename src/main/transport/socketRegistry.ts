/**
 * Which WebSockets are open, and how many may be: in all and by token. A new one beyond its token's bound closes the
 * token's oldest, so that a person who reloads a page is never locked out by what they left behind. Dead peers are
 * found by pings. Not here: what is said over a socket.
 */
import type { WebSocket } from 'ws'
import { guarded } from '../process/guarded'

/** Close code: the same link was opened more often than may be at once. The page does not come back by itself soon. */
export const REPLACED = 4008
/** Close code of the WebSocket protocol: try again later. */
export const OVERLOADED = 1013

/** A peer that sends pings and reads nothing gets no more answers from here on, in bytes. */
const MOST_UNREAD_PONGS = 2 ** 16
/** A peer that answers no ping for this long is gone, in ms. */
const PING_MS = 30_000
/** After this long without its answer, a socket that was told to close is cut off, in ms. */
const CLOSING_MS = 2_000

export interface SocketBounds {
  /** Of all tokens together. */
  inAll: number
  ofOneToken: number
}

export interface SocketRegistry {
  /** Whether one more may be opened at all. */
  hasRoom(): boolean
  /**
   * Takes in a socket that was made without `autoPong`. `reads` says whether it is read at the moment: one that is not
   * cannot answer a ping.
   */
  add(socket: WebSocket, token: string, reads?: () => boolean): void
  /** Cuts all of them off, and pings no more. */
  close(): void
}

/** Tells the peer why, and cuts it off where it does not answer. */
export function closeSoon(socket: WebSocket, code: number, reason: string) {
  socket.close(code, reason)
  // One that is not read would never hear of the close frame's answer.
  socket.resume()
  const cut = setTimeout(() => socket.terminate(), CLOSING_MS)
  socket.once('close', () => clearTimeout(cut))
}

export function socketRegistry({ inAll, ofOneToken }: SocketBounds, pingMs = PING_MS): SocketRegistry {
  const all = new Map<WebSocket, { alive: boolean; reads: () => boolean }>()
  /** Of a token, the oldest first. */
  const byToken = new Map<string, Set<WebSocket>>()

  const ping = guarded('pinging sockets', () => {
    for (const [socket, state] of all) {
      if (!state.reads()) continue
      if (!state.alive) socket.terminate()
      state.alive = false
      if (socket.readyState === socket.OPEN) socket.ping()
    }
  })
  const timer = setInterval(ping, pingMs).unref()

  function forget(token: string, socket: WebSocket) {
    const mine = byToken.get(token)
    mine?.delete(socket)
    if (mine?.size === 0) byToken.delete(token)
  }

  return {
    hasRoom: () => all.size < inAll,
    add(socket, token, reads = () => true) {
      const state = { alive: true, reads }
      all.set(socket, state)
      const mine = byToken.get(token) ?? new Set()
      byToken.set(token, mine.add(socket))
      const hear = () => (state.alive = true)
      socket.on('pong', hear)
      // Instead of the library's own answers (autoPong), which pile up without bound where they are not read.
      socket.on('ping', (data) => {
        if (socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_UNREAD_PONGS) socket.pong(data)
      })
      socket.on('message', hear)
      socket.on('close', () => {
        all.delete(socket)
        forget(token, socket)
      })
      const [oldest] = mine
      if (oldest === undefined || mine.size <= ofOneToken) return
      forget(token, oldest)
      closeSoon(oldest, REPLACED, 'Opened too often')
    },
    close() {
      clearInterval(timer)
      for (const socket of all.keys()) socket.terminate()
    },
  }
}
