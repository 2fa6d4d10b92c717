/**
 * The browser door's WebSockets: `/events` tells the owner's window what happens; `/session` carries one participant's
 * calls. A call over a socket is acknowledged in a fifth of the time a request of its own takes, and the next image of
 * a session waits for that. What a peer may take of this process is bounded: socketCalls.ts, socketRegistry.ts.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { z } from 'zod'
import { ENDED_CODE } from '../../contract/connection'
import { guarded } from '../process/guarded'
import { log } from '../process/log'
import type { Services } from '../services'
import type { Role } from '../../contract/handlers'
import { encode } from './wire'
import type { Access } from './access'
import { answerCalls } from './socketCalls'
import { closeSoon, socketRegistry } from './socketRegistry'

/** A browser that does not read its events is disconnected; it fetches anew when it comes back. */
const UNREAD_BYTES = 16 * 2 ** 20
/** How long a refused peer has to read why, in ms. */
const REFUSED_MS = 2_000

/**
 * Windows of the owner, and pages of participants. A participant's token is one person's: a page, and what a reload
 * leaves.
 */
const EVENT_SOCKETS = { inAll: 64, ofOneToken: 32 }
const SESSION_SOCKETS = { inAll: 4096, ofOneToken: 4 }

/** A browser that does not answer the end of a connection is not waited for longer. */
const FAREWELL_MS = 500

export interface SocketOptions {
  services: Services
  access: () => Access
  /** Who a token is; null for nobody. Host and Origin have been checked. */
  roleOf: (token: string) => Role | null
  /** The largest message a participant may send. */
  participantBytes: number
}

/** Answers the function that ends every connection, after saying so. */
export function serveSockets(server: Server, options: SocketOptions): () => Promise<void> {
  const socketServer = (maxPayload: number) => new WebSocketServer({ noServer: true, autoPong: false, maxPayload })
  const events = { sockets: socketServer(4096), open: socketRegistry(EVENT_SOCKETS) }
  const sessions = { sockets: socketServer(options.participantBytes), open: socketRegistry(SESSION_SOCKETS) }

  /** The status to refuse with, or null. */
  function refusal(request: IncomingMessage, path: string | undefined, role: Role | null): number | null {
    const { host, origin } = request.headers
    const refused = options.access().foreign({ host, origin }) ?? (mayOpen(path, role) ? null : 401)
    if (refused) return refused
    return (path === '/events' ? events : sessions).open.hasRoom() ? null : 503
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
    const url = URL.parse(request.url ?? '/', 'http://door.invalid')
    const token = url?.searchParams.get('token') ?? ''
    const role = options.roleOf(token)
    const refused = refusal(request, url?.pathname, role)
    if (refused) return refuse(socket, refused)
    const kind = url?.pathname === '/events' ? events : sessions
    kind.sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate())
      if (kind === events) {
        events.open.add(client, token)
        tellEvents(client, options.services)
      } else if (role !== null) {
        const { reads } = answerParticipant(client, options.services, role)
        sessions.open.add(client, token, reads)
      }
    })
  }

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      upgrade(request, socket, head)
    } catch (error) {
      // The project could not be asked whose token it is.
      log.error({ error }, 'opening a socket failed')
      refuse(socket, 503)
    }
  })
  return async () => {
    const clients = [...events.sockets.clients, ...sessions.sockets.clients]
    for (const { sockets } of [events, sessions]) sockets.close()
    // The code tells windows and participants' pages that this is no lost connection.
    for (const client of clients) client.close(ENDED_CODE, 'The program ends')
    await Promise.race([Promise.all(clients.map(closed)), sleep(FAREWELL_MS, undefined, { ref: false })])
    for (const { open } of [events, sessions]) open.close()
  }
}

const closed = (client: WebSocket): Promise<void> =>
  new Promise((resolve) => (client.readyState === client.CLOSED ? resolve() : client.once('close', () => resolve())))

function refuse(socket: Duplex, status: number) {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`)
  // Half-closed, a peer could hold the connection for as long as it likes.
  setTimeout(() => socket.destroy(), REFUSED_MS).unref()
}

/** A recruitment link is many people's and makes one call; only a session has a socket. */
const mayOpen = (path: string | undefined, role: Role | null): boolean =>
  role !== null &&
  (path === '/events' ? role === 'owner' : path === '/session' && role !== 'owner' && 'participant' in role)

function tellEvents(client: WebSocket, { events }: Services) {
  const unsubscribe = events.subscribe((name, payload) => {
    if (client.bufferedAmount > UNREAD_BYTES) client.terminate()
    else client.send(encode({ name, payload }))
  })
  client.on('close', unsubscribe)
  // Events go one way: whoever sends is not the window.
  client.on(
    'message',
    guarded('refusing a message', () => {
      if (client.readyState === client.OPEN) closeSoon(client, 1008, 'Events only')
    }),
  )
}

/** `id` comes back with the reply; names and inputs are dispatch's to judge. */
const question = z.strictObject({ id: z.number().int().nonnegative(), name: z.string().max(100), input: z.unknown() })

const answerParticipant = (client: WebSocket, services: Services, role: Role) =>
  answerCalls(client, {
    parse,
    answer: async ({ id, name, input }) => encode({ id, reply: await services.dispatch(name, input, role) }),
  })

function parse(data: RawData): z.infer<typeof question> | null {
  try {
    // A text message arrives in one piece.
    return question.parse(JSON.parse((data as Buffer).toString()))
  } catch {
    return null
  }
}
