/** Events from the services to every door that is open: typed by the contract, a listener's failure is its own. */
import type { EventName, Events } from '../../contract'

export type EventListener = <N extends EventName>(name: N, payload: Events[N]) => void

export interface EventHub {
  emit: EventListener
  /** Answers the function that ends the subscription. */
  subscribe(listener: EventListener): () => void
}

export function createEventHub(onError: (error: unknown) => void): EventHub {
  const listeners = new Set<EventListener>()
  return {
    emit(name, payload) {
      for (const listener of listeners) {
        try {
          listener(name, payload)
        } catch (error) {
          onError(error)
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
