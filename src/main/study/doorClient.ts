/**
 * What a participant's page asks of the door, from this process: calls with a session's token. A door that goes away
 * for a moment is waited for, so every call here must be one that may be sent twice.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallName, Input, Output, Reply } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'

/** What a session's token opens. */
type SessionCall = Exclude<Extract<CallName, `session.${string}`>, 'session.join'>

const RETRY_FIRST_MS = 100
const RETRY_MOST_MS = 2_000
/** As long as starting the program again takes, and longer than it waits for the project to be writable. */
const GIVE_UP_MS = 90_000
/** As the page does: what is no refusal is asked again. */
const mayPass = ({ kind }: ErrorData) => kind === 'internal' || kind === 'cancelled'
/** A door that takes a request and never answers it counts as gone. */
const UNANSWERED_MS = 20_000

export interface DoorClient {
  /** Throws what the door refuses with; StudioError('not-found') where it stays away. */
  call<N extends SessionCall>(name: N, input: Omit<Input<N>, 'token'>): Promise<Output<N>>
  /** How often a call had to be sent again. */
  retries(): number
}

export function doorClient(address: string, token: string, signal?: AbortSignal): DoorClient {
  let retries = 0

  /** Null where the door did not answer. */
  async function ask(name: string, body: string): Promise<Reply<unknown> | null> {
    const patience = AbortSignal.timeout(UNANSWERED_MS)
    try {
      const response = await fetch(new URL(`/api/${name}`, address), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body,
        signal: signal ? AbortSignal.any([signal, patience]) : patience,
      })
      return (await response.json()) as Reply<unknown>
    } catch (error) {
      signal?.throwIfAborted()
      // Refused, reset, cut off in the middle or never answered: the door is away.
      if (error instanceof TypeError || error instanceof SyntaxError || patience.aborted) return null
      throw error
    }
  }

  return {
    retries: () => retries,
    async call<N extends SessionCall>(name: N, input: Omit<Input<N>, 'token'>): Promise<Output<N>> {
      const body = JSON.stringify({ ...input, token })
      const since = Date.now()
      for (let wait = RETRY_FIRST_MS; ; wait = Math.min(2 * wait, RETRY_MOST_MS)) {
        const reply = await ask(name, body)
        if (reply?.ok) return reply.value as Output<N>
        if (reply && !mayPass(reply.error)) throw StudioError.fromData(reply.error)
        if (Date.now() - since > GIVE_UP_MS) {
          const hint = 'Open the door to participants again and rehearse once more.'
          throw new StudioError('not-found', 'The door does not answer.', { file: address, hint })
        }
        retries++
        await sleep(wait, undefined, { signal })
      }
    },
  }
}
