/** The desktop door's client: the contract over the preload script's bridge. Errors cross it as data and are thrown here. */
import { EVENT_NAMES, type Bridge, type CallName, type Client, type EventName, type Reply } from '../../shared/contract'
import { StudioError } from '../../shared/errors'

type Listener = (payload: never) => void

export function desktopClient(bridge: Bridge): Client {
  const listeners = new Map<EventName, Set<Listener>>()
  bridge.onEvent((name, payload) => {
    if (!EVENT_NAMES.includes(name)) return console.warn(`Event ${String(name)} is not in the contract.`)
    for (const listener of listeners.get(name) ?? []) listener(payload as never)
  })
  return {
    async call(name, input) {
      const ask = bridge.calls[name] as (input: unknown) => Promise<Reply<never>>
      const reply = await ask(plain(input))
      if (reply.ok) return reply.value
      throw StudioError.fromData(reply.error)
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, set.add(listener as Listener))
      return () => set.delete(listener as Listener)
    },
    pathsOf: async (files) => files.map((file) => bridge.pathOf(file)).filter((path) => path !== ''),
    // The bridge lives as long as the window does.
    onConnection: () => () => {},
  }
}

/** Reactive proxies cannot be cloned across the bridge: inputs are plain JSON by contract. */
const plain = <N extends CallName>(input: Parameters<Bridge['calls'][N]>[0]): unknown =>
  JSON.parse(JSON.stringify(input))
