/**
 * The participants' page's address. `#<token>` is a session; `?join=<token>` makes one, with what a recruitment service
 * adds: Prolific's PROLIFIC_PID, STUDY_ID, SESSION_ID; Mechanical Turk's workerId, hitId, assignmentId; or
 * participant, study, session of any other.
 */
import type { Input } from '../../contract'
import { normalizeIdentifier } from '../../domain/identifiers'

/** What a recruitment service passed on about a person. */
export type External = NonNullable<Input<'session.join'>['external']>

export type Asked =
  | { kind: 'session'; token: string }
  | { kind: 'join'; token: string; external: External | null }
  /** Mechanical Turk shows the page before the task is accepted. */
  | { kind: 'preview' }
  | { kind: 'nothing' }

const NOT_ACCEPTED = 'ASSIGNMENT_ID_NOT_AVAILABLE'

export function readAddress(address: string): Asked {
  const url = new URL(address)
  const token = url.hash.slice(1)
  if (token) return { kind: 'session', token }
  const join = url.searchParams.get('join')
  if (!join) return { kind: 'nothing' }
  if (url.searchParams.get('assignmentId') === NOT_ACCEPTED) return { kind: 'preview' }
  return { kind: 'join', token: join, external: readExternal(url.searchParams) }
}

function readExternal(given: URLSearchParams): External | null {
  // What is no identifier is sent as it is: the program refuses it by name. Cut off, two people could become one.
  const read = (name: string) => {
    const text = given.get(name) ?? ''
    return normalizeIdentifier(text) ?? text
  }
  const as = (service: External['service'], participant: string, study: string, session: string): External | null =>
    read(participant) ? { service, participant: read(participant), study: read(study), session: read(session) } : null
  return (
    as('prolific', 'PROLIFIC_PID', 'STUDY_ID', 'SESSION_ID') ??
    as('mturk', 'workerId', 'hitId', 'assignmentId') ??
    as('other', 'participant', 'study', 'session')
  )
}
