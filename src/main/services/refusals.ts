/**
 * An error as it is told to whoever asked. The owner gets all of it. A participant gets what concerns their own
 * session: never a stack, a path of this computer or the state of its disks, and for every trouble that is not theirs a
 * sentence that says what happens to their answer.
 */
import type { CallName } from '../../contract'
import type { ErrorData, ErrorKind } from '../../domain/errors'
import { isSystemError, toStudioError } from '../process/systemErrors'
import type { Role } from '../../contract/handlers'

/** What services refuse participants with, in words that were written for them. */
const FOR_PARTICIPANTS: ReadonlySet<ErrorKind> = new Set([
  'bad-input',
  'not-found',
  'conflict',
  'forbidden',
  'cancelled',
])

/** `internal` is the kind that the participants' page sends again by itself (renderer/session/storing.ts). */
function troubleFor(name: CallName | null): ErrorData {
  if (name === 'session.answer') {
    const message = 'Your answer could not be saved yet. It will be sent again; please leave this page open.'
    return { kind: 'internal', message }
  }
  const message = 'The study cannot answer at the moment.'
  return { kind: 'internal', message, hint: 'Please try again in a minute. What you have answered so far is saved.' }
}

/** @param name the call, null where there is no such call */
export function refusalFor(error: unknown, role: Role, name: CallName | null): ErrorData {
  const found = toStudioError(error)
  if (role === 'owner') return found.toData()
  if (isSystemError(error) || !FOR_PARTICIPANTS.has(found.kind)) return troubleFor(name)
  const { kind, message, where } = found
  const data: ErrorData = { kind, message }
  // The place in the call's input; a file only where it is the call itself.
  if (where.place !== undefined) data.place = where.place
  if (where.file !== undefined && where.file === name) data.file = where.file
  if (where.hint !== undefined) data.hint = where.hint
  return data
}
