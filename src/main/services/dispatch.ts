/**
 * What every door calls: a name, an input, a role. The input is validated against the contract before its handler
 * sees it, and what is thrown comes back as data. `Handlers` is the contract's map: a missing one does not compile.
 */
import type { z } from 'zod'
import { CALLS, SESSION_CALLS, type CallName, type Reply } from '../../contract'
import type { Handlers, Role } from '../../contract/handlers'
import { StudioError } from '../../domain/errors'
import { log } from '../process/log'
import type { ProjectStore } from '../storage'
import { CALL_PATIENCE_MS } from '../storage/writeLock'
import { isBusy, isSystemError, toStudioError } from '../process/systemErrors'
import { WRITES } from './writes'
import { refusalFor } from './refusals'

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

/** The open project as far as waiting for its write lock goes. */
export type WritableStore = Pick<ProjectStore, 'whenWritable' | 'ownVersion'>

/**
 * Handles a call that writes once the write lock is free. Where another process took it in between, before the handler
 * had changed anything, it is handled again. Throws StudioError('conflict') where the lock is not free
 * within the patience.
 */
async function whenWritable(store: WritableStore, handle: () => unknown): Promise<unknown> {
  const until = Date.now() + CALL_PATIENCE_MS
  for (;;) {
    await store.whenWritable(Math.max(0, until - Date.now()))
    const before = store.ownVersion()
    try {
      return await handle()
    } catch (error) {
      if (!isBusy(error) || store.ownVersion() !== before || Date.now() > until) throw error
    }
  }
}

/** @param openStore the open project's store, null where none is open */
export function createDispatch(handlers: Handlers, openStore: () => WritableStore | null = () => null) {
  /** Never throws. `name` and `input` may be anything: they come from outside. */
  return async function dispatch(name: unknown, input: unknown, role: Role): Promise<Reply<unknown>> {
    let called: CallName | null = null
    try {
      if (typeof name !== 'string' || !isCallName(name))
        throw new StudioError('not-found', `There is no call ${JSON.stringify(String(name).slice(0, 100))}.`)
      called = name
      const parsed = CALLS[name].input.safeParse(input)
      if (!parsed.success) throw refusal(name, parsed.error)
      requireRole(role, name, parsed.data as { token?: unknown; join?: unknown })
      const handler = handlers[name] as (value: unknown) => unknown
      const store = WRITES[name] ? openStore() : null
      const handle = () => handler(parsed.data)
      return { ok: true, value: await (store ? whenWritable(store, handle) : handle()) }
    } catch (error) {
      // What a participant is not told, the owner finds in the log.
      if ((role !== 'owner' && isSystemError(error)) || toStudioError(error).kind === 'internal')
        log.error({ error, call: called }, 'a call failed')
      return { ok: false, error: refusalFor(error, role, called) }
    }
  }
}
export type Dispatch = ReturnType<typeof createDispatch>
