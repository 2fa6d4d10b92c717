/**
 * What every door calls: a name, an input, a role. The input is validated against the contract before its handler
 * sees it, and what is thrown comes back as data. `Handlers` is the contract's map: a missing one does not compile.
 */
import type { z } from 'zod'
import { CALLS, SESSION_CALLS, type CallName, type Calls, type Output, type Reply } from '../../shared/contract'
import { StudioError } from '../../shared/errors'

export type Handlers = {
  [N in CallName]: (input: z.output<Calls[N]['input']>) => Output<N> | Promise<Output<N>>
}

/**
 * Who is asking: the owner, a participant by the token of one session, or somebody with a study's recruitment link. A
 * participant may call what belongs to a session, for that session alone.
 */
export type Role = 'owner' | { participant: string } | { join: string }

function requireRole(role: Role, name: CallName, input: { token?: unknown; join?: unknown }) {
  if (role === 'owner') return
  const mine =
    'participant' in role
      ? SESSION_CALLS.has(name) && input.token === role.participant
      : name === 'session.join' && input.join === role.join
  if (!mine) throw new StudioError('forbidden', 'This link does not allow that.')
}

const isCallName = (name: string): name is CallName => Object.hasOwn(CALLS, name)

/** The first thing wrong with an input, as a sentence that says where. */
function refusal(name: string, error: z.ZodError): StudioError {
  const issue = error.issues[0]
  const place = issue && issue.path.length > 0 ? issue.path.join('.') : undefined
  return new StudioError('bad-input', issue?.message ?? 'The input does not fit.', { file: name, place })
}

export function createDispatch(handlers: Handlers) {
  /** Never throws. `name` and `input` may be anything: they come from outside. */
  return async function dispatch(name: unknown, input: unknown, role: Role): Promise<Reply<unknown>> {
    try {
      if (typeof name !== 'string' || !isCallName(name))
        throw new StudioError('not-found', `There is no call ${JSON.stringify(String(name).slice(0, 100))}.`)
      const parsed = CALLS[name].input.safeParse(input)
      if (!parsed.success) throw refusal(name, parsed.error)
      requireRole(role, name, parsed.data as { token?: unknown; join?: unknown })
      const handler = handlers[name] as (value: unknown) => unknown
      return { ok: true, value: await handler(parsed.data) }
    } catch (error) {
      return { ok: false, error: StudioError.from(error).toData() }
    }
  }
}
export type Dispatch = ReturnType<typeof createDispatch>
