/**
 * The participants' page's address. `#<token>` is a session; `?join=<token>` makes one, with what a recruitment service
 * adds: Prolific's PROLIFIC_PID, STUDY_ID, SESSION_ID; Mechanical Turk's workerId, hitId, assignmentId; or
 * participant, study, session of any other.
 */
import type { External } from '../../shared/study'

export type Asked =
  | { kind: 'session'; token: string }
  | { kind: 'join'; token: string; external: External | null }
  /** Mechanical Turk shows the page before the task is accepted. */
  | { kind: 'preview' }
  | { kind: 'nothing' }

const NOT_ACCEPTED = 'ASSIGNMENT_ID_NOT_AVAILABLE'
const LONGEST = 200

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
  const read = (name: string) => (given.get(name) ?? '').slice(0, LONGEST)
  const as = (service: External['service'], participant: string, study: string, session: string): External | null =>
    read(participant) ? { service, participant: read(participant), study: read(study), session: read(session) } : null
  return (
    as('prolific', 'PROLIFIC_PID', 'STUDY_ID', 'SESSION_ID') ??
    as('mturk', 'workerId', 'hitId', 'assignmentId') ??
    as('other', 'participant', 'study', 'session')
  )
}
