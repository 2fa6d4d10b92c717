/**
 * For whatever the event loop calls: timers, listeners, callbacks of sockets and child processes. Nobody above them
 * catches, so that what they throw, or reject with later, is logged here and ends nothing but itself.
 */
import { log } from './log'

/** `act`, with every failure of it logged under `what`; the function made never throws and answers nothing. */
export function guarded<A extends unknown[]>(what: string, act: (...args: A) => unknown): (...args: A) => void {
  const failed = (error: unknown) => log.error({ error }, `${what} failed`)
  return (...args) => {
    try {
      const result = act(...args)
      if (result instanceof Promise) result.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
