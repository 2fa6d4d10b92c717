/**
 * The browser door's client: calls over HTTP, events over one WebSocket of the same origin. The token comes with the
 * first address, moves to sessionStorage and is taken out of the address bar so that it is not copied by accident.
 */
import type { CallName, Client, EventName, Events, Input, Output, Reply } from '../../shared/contract'
import { EVENT_NAMES } from '../../shared/contract'
import { StudioError } from '../../shared/errors'
import { decode } from './wire'

const TOKEN_KEY = 'second-guess-token'
const RETRY_FIRST_MS = 500
const RETRY_MOST_MS = 5_000

/** Takes the token from the address once, else from this tab's storage; empty where neither has one. */
export function takeToken(): string {
  const url = new URL(location.href)
  const given = url.searchParams.get('token')
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given)
    url.searchParams.delete('token')
    history.replaceState(history.state, '', url)
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY) ?? ''
}

type Listener = (payload: never) => void

export function browserClient(): Client {
  const token = takeToken()
  const listeners = new Map<EventName, Set<Listener>>()
  const connectionListeners = new Set<(connected: boolean) => void>()
  let connected: boolean | null = null
  let retryMs = RETRY_FIRST_MS

  function tellConnection(now: boolean) {
    if (connected === now) return
    // The first success is not news: views fetch on their own at the start.
    const news = connected !== null || !now
    connected = now
    if (news) for (const listener of connectionListeners) listener(now)
  }

  function connect() {
    const address = new URL('/events', location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('token', token)
    const socket = new WebSocket(address)
    socket.addEventListener('open', () => {
      retryMs = RETRY_FIRST_MS
      tellConnection(true)
    })
    socket.addEventListener('message', (message) => {
      const { name, payload } = decode(String(message.data)) as { name: EventName; payload: Events[EventName] }
      if (!EVENT_NAMES.includes(name)) throw new Error(`The event ${name} is not in the contract.`)
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    })
    socket.addEventListener('close', () => {
      tellConnection(false)
      setTimeout(connect, retryMs)
      retryMs = Math.min(retryMs * 2, RETRY_MOST_MS)
    })
  }
  connect()

  async function call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
    let response: Response
    try {
      response = await fetch(`/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      })
    } catch (cause) {
      throw new StudioError('internal', 'The program does not answer.', {
        hint: 'It may have been closed. Start it again and open the address it prints.',
        details: String(cause),
      })
    }
    const reply = decode(await response.text()) as Reply<Output<N>>
    if (reply.ok) return reply.value
    throw StudioError.fromData(reply.error)
  }

  return {
    call,
    on(name, listener) {
      const set = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
    onConnection(listener) {
      connectionListeners.add(listener)
      return () => connectionListeners.delete(listener)
    },
    async pathsOf(files) {
      const form = new FormData()
      for (const file of files) form.append('file', file, file.webkitRelativePath || file.name)
      const response = await fetch('/upload', {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: form,
      })
      const reply = decode(await response.text()) as Reply<string[]>
      if (reply.ok) return reply.value
      throw StudioError.fromData(reply.error)
    },
  }
}
