/**
 * The program behind the window, played by the test: it answers calls through the desktop bridge, so the real client
 * and the real stores run, and it sends events. A call that the test does not expect fails with its name.
 */
import type { Bridge, CallName, EventName, Events, Input, Output } from '../../../src/contract'
import { StudioError } from '../../../src/domain/errors'

type Answer<N extends CallName> = (input: Input<N>) => Output<N> | Promise<Output<N>>

const answers = new Map<string, (input: never) => unknown>()
const calls: { name: string; input: unknown }[] = []
const listeners: ((name: EventName, payload: Events[EventName]) => void)[] = []

/** What the program says to calls of this name from now on. It may throw a StudioError, or answer later. */
export function answer<N extends CallName>(name: N, given: Answer<N>) {
  answers.set(name, given)
}

/** The inputs of every call of this name so far. */
export const asked = <N extends CallName>(name: N): Input<N>[] =>
  calls.filter((each) => each.name === name).map(({ input }) => input as Input<N>)

export function tell<N extends EventName>(name: N, payload: Events[N]) {
  for (const listener of listeners) listener(name, payload)
}

/** A promise whose end the test decides: for what the window shows while it waits. */
export function pending<T>() {
  let settle: { resolve: (value: T) => void; reject: (error: StudioError) => void } | undefined
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }))
  return {
    promise,
    resolve: (value: T) => settle?.resolve(value),
    reject: (error: StudioError) => settle?.reject(error),
  }
}

export function forget() {
  answers.clear()
  calls.length = 0
}

async function reply(name: string, input: unknown) {
  calls.push({ name, input })
  const given = answers.get(name)
  if (!given) return { ok: false, error: { kind: 'internal', message: `The test has no answer to ${name}.` } }
  try {
    return { ok: true, value: await given(input as never) }
  } catch (thrown) {
    return { ok: false, error: StudioError.from(thrown).toData() }
  }
}

export const bridge: Bridge = {
  calls: new Proxy({}, { get: (_, name: string) => (input: unknown) => reply(name, input) }) as Bridge['calls'],
  onEvent(listener) {
    listeners.push(listener)
    return () => undefined
  },
  pathOf: () => '',
}
