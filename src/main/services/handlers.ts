/**
 * What every door calls: a name, an input, a role. The input is validated against the contract before its handler
 * sees it, and what is thrown comes back as data. `Handlers` is the contract's map: a missing one does not compile.
 */
import type { z } from 'zod'
import { CALLS, type CallName, type Calls, type Output, type Reply } from '../../shared/contract'
import { StudioError } from '../../shared/errors'

export type Handlers = {
  [N in CallName]: (input: z.output<Calls[N]['input']>) => Output<N> | Promise<Output<N>>
}

/** Who is asking. Participants of a study come with their own role, which may call nothing of this map. */
export type Role = 'owner'

const isCallName = (name: string): name is CallName => Object.hasOwn(CALLS, name)

/** The first thing wrong with an input, as a sentence that says where. */
function refusal(name: string, error: z.ZodError): StudioError {
  const issue = error.issues[0]
  const place = issue && issue.path.length > 0 ? issue.path.join('.') : undefined
  return new StudioError('bad-input', issue?.message ?? 'The input does not fit.', { file: name, place })
}

export function createDispatch(handlers: Handlers) {
  /** Never throws. `name` and `input` may be anything: they come from outside. */
  return async function dispatch(name: unknown, input: unknown, _role: Role): Promise<Reply<unknown>> {
    try {
      if (typeof name !== 'string' || !isCallName(name))
        throw new StudioError('not-found', `There is no call ${JSON.stringify(String(name).slice(0, 100))}.`)
      const parsed = CALLS[name].input.safeParse(input)
      if (!parsed.success) throw refusal(name, parsed.error)
      const handler = handlers[name] as (value: unknown) => unknown
      return { ok: true, value: await handler(parsed.data) }
    } catch (error) {
      return { ok: false, error: StudioError.from(error).toData() }
    }
  }
}
export type Dispatch = ReturnType<typeof createDispatch>
