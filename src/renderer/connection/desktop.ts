/** The desktop door's client: the preload script's bridge as the contract's client. It cannot lose its connection. */
import type { Bridge, Client, EventName } from '../../contract'
import { StudioError } from '../../domain/errors'

type Listener = (payload: never) => void

export function desktopClient(bridge: Bridge): Client {
  const listeners = new Map<EventName, Set<Listener>>()
  bridge.onEvent((name, payload) => {
    for (const listener of listeners.get(name) ?? []) listener(payload as never)
  })
  return {
    async call(name, input) {
      // Plain data: the reactive proxies of a view cannot cross the bridge.
      const reply = await bridge.calls[name](JSON.parse(JSON.stringify(input)) as typeof input)
      if (reply.ok) return reply.value
      throw StudioError.fromData(reply.error)
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set<Listener>()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
    pathsOf(files) {
      const paths = files.map((file) => bridge.pathOf(file))
      const missing = files.find((_, at) => !paths[at])
      if (missing)
        return Promise.reject(
          new StudioError('bad-file', 'It does not lie on disk.', {
            file: missing.name,
            hint: 'Save it first, then drop the file.',
          }),
        )
      return Promise.resolve(paths)
    },
    onConnection: () => () => undefined,
  }
}
