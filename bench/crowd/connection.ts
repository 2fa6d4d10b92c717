/**
 * How a participant's page talks to the server (renderer/session/socket.ts), from Node: each call as a request of its
 * own until one was answered, then over one WebSocket, which is opened again when it breaks. A call that breaks fails;
 * whoever made it tries again.
 */
import { Agent, request } from 'node:http'
import { WebSocket } from 'ws'
import type { CallName, Input, Output, Reply } from '../../src/contract'
import { StudioError } from '../../src/domain/errors'

const RETRY_MS = 1_000
/** Connections that a browser opens to one server. */
const BROWSER_CONNECTIONS = 6

export interface Connection {
  /** Throws StudioError: `internal` where no answer came, the server's own refusal otherwise. */
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  /** The same as a request of its own, which opens no socket. */
  post<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  /** Loads a page with the scripts and styles it names, as a browser does with an empty cache; answers its bytes. */
  load(path: string): Promise<number>
  close(): void
}

const noAnswer = (cause: unknown) =>
  new StudioError('internal', 'The server does not answer.', { details: String(cause) })

export function connect(origin: string, token: string): Connection {
  const agent = new Agent({ keepAlive: true, maxSockets: BROWSER_CONNECTIONS })
  const waiting = new Map<number, { settle: (reply: Reply<unknown>) => void; fail: (cause: unknown) => void }>()
  let socket: WebSocket | null = null
  let timer: NodeJS.Timeout | undefined
  let last = 0
  let closed = false

  function openSocket() {
    const made = new WebSocket(`${origin.replace(/^http/, 'ws')}/session?token=${encodeURIComponent(token)}`, {
      origin,
    })
    socket = made
    made.on('message', (data: Buffer) => {
      const { id, reply } = JSON.parse(data.toString()) as { id: number; reply: Reply<unknown> }
      waiting.get(id)?.settle(reply)
      waiting.delete(id)
    })
    // Told by 'close' too.
    made.on('error', () => {})
    made.on('close', () => {
      for (const { fail } of waiting.values()) fail(noAnswer('The connection broke.'))
      waiting.clear()
      if (!closed) timer = setTimeout(openSocket, RETRY_MS)
    })
  }

  const send = (method: string, path: string, body?: string) =>
    new Promise<string>((done, fail) => {
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const asked = request(`${origin}${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (cause) => fail(noAnswer(cause)))
        response.on('end', () => {
          if (method === 'GET' && response.statusCode !== 200) fail(noAnswer(`${path}: ${response.statusCode}`))
          else done(Buffer.concat(chunks).toString())
        })
      })
      asked.on('error', (cause) => fail(noAnswer(cause)))
      asked.end(body)
    })

  async function post<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
    const body = await send('POST', `/api/${name}`, JSON.stringify(input))
    let reply: Reply<Output<N>>
    try {
      reply = JSON.parse(body) as Reply<Output<N>>
    } catch (cause) {
      throw noAnswer(cause)
    }
    if (!reply.ok) throw StudioError.fromData(reply.error)
    return reply.value
  }

  /** The first answer says that the token is good: then a socket is worth opening. */
  async function firstCall<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
    const value = await post(name, input)
    if (!socket && !closed) openSocket()
    return value
  }

  return {
    post,
    call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
      const open = socket
      if (open?.readyState !== WebSocket.OPEN) return firstCall(name, input)
      return new Promise((done, fail) => {
        const id = ++last
        waiting.set(id, {
          fail,
          settle: (reply) => (reply.ok ? done(reply.value as Output<N>) : fail(StudioError.fromData(reply.error))),
        })
        open.send(JSON.stringify({ id, name, input }))
      })
    },
    async load(path) {
      const page = await send('GET', path)
      const assets = [...page.matchAll(/(?:src|href)="\.(\/assets\/[^"]+)"/g)].map(([, asset = '']) => asset)
      const loaded = await Promise.all(assets.map((asset) => send('GET', asset)))
      return [page, ...loaded].reduce((sum, { length }) => sum + length, 0)
    },
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
      agent.destroy()
    },
  }
}
