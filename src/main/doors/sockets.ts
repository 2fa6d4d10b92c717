/**
 * The browser door's WebSockets: `/events` tells the owner's window what happens; `/session` carries one participant's
 * calls. A call over a socket is acknowledged in a fifth of the time a request of its own takes, and the next image of a
 * session waits for that.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { z } from 'zod'
import type { Services } from '../services'
import type { Role } from '../services/handlers'
import { encode } from '../wire'
import type { Access } from './access'

/** A browser that does not read its events is disconnected; it fetches anew when it comes back. */
const UNREAD_BYTES = 16 * 2 ** 20

export interface SocketOptions {
  services: Services
  access: () => Access
  /** Who a token is; null for nobody. Host and Origin have been checked. */
  roleOf: (token: string) => Role | null
  /** The largest message a participant may send. */
  participantBytes: number
}

/** Answers the function that ends every connection. */
export function serveSockets(server: Server, options: SocketOptions): () => void {
  const events = new WebSocketServer({ noServer: true, maxPayload: 4096 })
  const sessions = new WebSocketServer({ noServer: true, maxPayload: options.participantBytes })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = URL.parse(request.url ?? '/', 'http://door.invalid')
    const { host, origin } = request.headers
    const token = url?.searchParams.get('token') ?? ''
    const role = options.roleOf(token)
    const refused = options.access().foreign({ host, origin }) ?? (mayOpen(url?.pathname, role) ? null : 401)
    if (refused) {
      socket.on('error', () => {})
      return socket.end(`HTTP/1.1 ${refused} Refused\r\nConnection: close\r\n\r\n`)
    }
    const sockets = url?.pathname === '/events' ? events : sessions
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => client.terminate())
      if (sockets === events) tellEvents(client, options.services)
      else if (role !== null) answerCalls(client, options.services, role)
    })
  })
  return () => {
    for (const sockets of [events, sessions]) {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
    }
  }
}

const mayOpen = (path: string | undefined, role: Role | null): boolean =>
  role !== null && (path === '/events' ? role === 'owner' : path === '/session' && role !== 'owner')

function tellEvents(client: WebSocket, { events }: Services) {
  const unsubscribe = events.subscribe((name, payload) => {
    if (client.bufferedAmount > UNREAD_BYTES) client.terminate()
    else client.send(encode({ name, payload }))
  })
  client.on('close', unsubscribe)
  // Events go one way: whoever sends is not the window.
  client.on('message', () => client.close(1008, 'Events only'))
}

/** `id` comes back with the reply; names and inputs are dispatch's to judge. */
const question = z.strictObject({ id: z.number().int().nonnegative(), name: z.string().max(100), input: z.unknown() })

function answerCalls(client: WebSocket, services: Services, role: Role) {
  client.on('message', (data: RawData, binary: boolean) => {
    const asked = binary ? null : parse(data)
    if (!asked) return client.close(1008, 'Calls only')
    return void services.dispatch(asked.name, asked.input, role).then((reply) => {
      if (client.readyState === client.OPEN) client.send(encode({ id: asked.id, reply }))
    })
  })
}

function parse(data: RawData): z.infer<typeof question> | null {
  try {
    // A text message arrives in one piece.
    return question.parse(JSON.parse((data as Buffer).toString()))
  } catch {
    return null
  }
}
