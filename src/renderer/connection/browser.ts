/**
 * The browser door's client: calls over HTTP, events over one WebSocket of the same origin. The token comes with the
 * first address, moves to sessionStorage and is taken out of the address bar so that it is not copied by accident.
 */
import type { CallName, Client, EventName, Events, Input, Output, Reply } from '../../contract'
import { EVENT_NAMES } from '../../contract'
import { ENDED_CODE, UNREACHABLE_MS, type ConnectionState } from '../../contract/connection'
import { StudioError } from '../../domain/errors'
import { decode } from './wire'

const TOKEN_KEY = 'second-guess-token'
const RETRY_FIRST_MS = 500
const RETRY_MOST_MS = 5_000
/** A program that takes a request and does not answer counts as gone. */
const PROBE_MS = 5_000

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

/** Status of a call that changes nothing; null where no program answers. */
async function callStatus(token: string): Promise<number | null> {
  try {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const signal = AbortSignal.timeout(PROBE_MS)
    return (await fetch('/api/project.recent', { method: 'POST', headers, body: '{}', signal })).status
  } catch {
    return null
  }
}

/**
 * Whether the page that is served now loads another script than this one did: names of built files carry their digest.
 */
async function servesAnotherBuild(): Promise<boolean> {
  const own = document.querySelector('script[type=module][src]')?.getAttribute('src')
  try {
    const page = await (await fetch('/index.html', { signal: AbortSignal.timeout(PROBE_MS) })).text()
    return own !== undefined && own !== null && page.includes('type="module"') && !page.includes(`"${own}"`)
  } catch {
    return false
  }
}

type Listener = (payload: never) => void

export function browserClient(): Client {
  const token = takeToken()
  const listeners = new Map<EventName, Set<Listener>>()
  const connectionListeners = new Set<(state: ConnectionState) => void>()
  let state: ConnectionState | null = null
  let retryMs = RETRY_FIRST_MS
  /** When the connection was lost, on the page's clock. */
  let lostAt: number | null = null

  function tellConnection(now: ConnectionState) {
    if (state === now) return
    // The first success is not news: views fetch on their own at the start.
    const news = state !== null || now !== 'connected'
    state = now
    if (news) for (const listener of connectionListeners) listener(now)
  }

  /** The program answered: it is the one of before, a newer build, or one that does not know this window. */
  async function opened() {
    const isNewer = lostAt !== null && (await servesAnotherBuild())
    lostAt = null
    retryMs = RETRY_FIRST_MS
    tellConnection(isNewer ? 'outdated' : 'connected')
  }

  /** A WebSocket does not say why it was refused; a call does. */
  async function lost(code: number) {
    lostAt ??= performance.now()
    if (code === ENDED_CODE) return tellConnection('ended')
    // Said at once: the answer to the question below may take a while.
    if (state === 'connected' || state === 'outdated') tellConnection('reconnecting')
    const status = await callStatus(token)
    if (status === 401) tellConnection('unauthorized')
    else if (status === 200) tellConnection(performance.now() - lostAt > UNREACHABLE_MS ? 'no-events' : 'reconnecting')
    else if (performance.now() - lostAt > UNREACHABLE_MS) {
      if (state !== 'ended') tellConnection('unreachable')
    }
    // Known to have ended: nothing truer is known while it stays away.
    else if (state !== 'ended' && state !== 'unreachable') tellConnection('reconnecting')
  }

  function connect() {
    const address = new URL('/events', location.href)
    address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
    address.searchParams.set('token', token)
    const socket = new WebSocket(address)
    socket.addEventListener('open', () => void opened())
    socket.addEventListener('message', (message) => {
      const { name, payload } = decode(String(message.data)) as { name: EventName; payload: Events[EventName] }
      if (!EVENT_NAMES.includes(name)) throw new Error(`The event ${name} is not in the contract.`)
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    })
    socket.addEventListener('close', ({ code }) => {
      void lost(code).then(() => {
        setTimeout(connect, retryMs)
        retryMs = Math.min(retryMs * 2, RETRY_MOST_MS)
      })
    })
  }
  connect()

  async function call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> {
    let reply: Reply<Output<N>>
    try {
      const response = await fetch(`/api/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      })
      // A proxy answers for a program that is away with a page of its own, which is no JSON.
      reply = decode(await response.text()) as Reply<Output<N>>
    } catch (cause) {
      throw new StudioError('internal', 'The program does not answer.', {
        hint: 'It may have been closed. Start it again and open the address it prints.',
        details: String(cause),
      })
    }
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
