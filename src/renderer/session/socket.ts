/**
 * One session's calls over one WebSocket, or, while none is open, each as a request of its own. A socket that breaks
 * fails the calls that were under way: whoever asked tries again, and the same answer is stored once.
 */
import type { CallName, Input, Output, Reply } from '../../contract'
import { StudioError } from '../../domain/errors'
import { decode } from '../connection/wire'

/**
 * Between two attempts to connect, in ms: doubled each time, and scattered so that a hundred pages do not come at once.
 */
const RETRY_FIRST_MS = 500
const RETRY_MOST_MS = 30_000
/** A page that was replaced by others of the same link does not fight for its socket: each call is a request then. */
const REPLACED = 4008

export const unanswered = (cause: unknown): StudioError =>
  new StudioError('internal', 'The study does not answer.', {
    hint: 'Check your connection, then try again. What you answered so far is saved.',
    details: String(cause),
  })

/** Throws StudioError: `internal` where no answer came, the program's own refusal otherwise. */
export async function post<N extends CallName>(name: N, bearer: string, input: Input<N>): Promise<Output<N>> {
  let reply: Reply<Output<N>>
  try {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: JSON.stringify(input),
    })
    reply = decode(await response.text()) as Reply<Output<N>>
  } catch (cause) {
    throw unanswered(cause)
  }
  return valueOf(reply)
}

function valueOf<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value
  throw StudioError.fromData(reply.error)
}

export interface SessionSocket {
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  close(): void
}

interface Waiting {
  settle: (reply: Reply<unknown>) => void
  fail: (cause: unknown) => void
}

export function sessionSocket(token: string): SessionSocket {
  const waiting = new Map<number, Waiting>()
  let socket: WebSocket | null = null
  let last = 0
  let closed = false
  let retryMs = RETRY_FIRST_MS
  let timer: ReturnType<typeof setTimeout> | undefined

  function connect() {
    timer = undefined
    const address = new URL('/session', location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('token', token)
    const made = new WebSocket(address)
    socket = made
    made.addEventListener('message', (message) => {
      const { id, reply } = decode(String(message.data)) as { id: number; reply: Reply<unknown> }
      // It works: the next break is a new one.
      retryMs = RETRY_FIRST_MS
      waiting.get(id)?.settle(reply)
      waiting.delete(id)
    })
    made.addEventListener('close', ({ code }) => {
      for (const { fail } of waiting.values()) fail('The connection broke.')
      waiting.clear()
      if (code === REPLACED) retryMs = RETRY_MOST_MS
      if (!closed) timer ??= setTimeout(connect, retryMs * (0.5 + Math.random()))
      retryMs = Math.min(retryMs * 2, RETRY_MOST_MS)
    })
  }
  /** The first answer that comes says that the token is good: then a socket is worth opening. */
  async function request<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
    const value = await post(name, token, input)
    if (!socket && !closed) connect()
    return value
  }

  return {
    call(name, input) {
      const open = socket
      if (open?.readyState !== WebSocket.OPEN) return request(name, input)
      return new Promise((resolve, reject) => {
        const id = ++last
        waiting.set(id, {
          fail: (cause) => reject(unanswered(cause)),
          settle: (reply) => {
            if (reply.ok) resolve(reply.value as never)
            else reject(StudioError.fromData(reply.error))
          },
        })
        open.send(JSON.stringify({ id, name, input }))
      })
    },
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
