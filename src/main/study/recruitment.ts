/**
 * Joining by a recruitment link, within the study's limits, and clearing sessions that never began. Limits are per
 * study and link, never per address: laboratories and recruitment services send many people from one.
 */
import type { Input, Output } from '../../contract'
import { StudioError } from '../../domain/errors'
import { normalizeIdentifier } from '../../domain/identifiers'
import type { External } from '../../domain/study'
import { stageAfter } from '../../domain/study/protocol'
import { newToken } from '../process/token'
import type { ProjectStore } from '../storage'
import { sameIdentity, type SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import { waitingLine, type WaitingLine } from './waitingLine'

/** Also the most that a study without a limit of its own takes. */
export const MOST_SESSIONS = 50_000
/** How long "full" is believed without counting again. */
const FULL_MS = 1_000
/** Somebody who has just joined is about to begin. */
const JUST_MADE_MS = 60_000

/** What is stored of somebody who came by the link without an identifier. */
const UNIDENTIFIED: External = { service: 'link', participant: '', study: '', session: '' }

export interface Recruitment {
  join(input: Input<'session.join'>): { reply: Output<'session.join'>; joined: SessionRow | null }
}

export function recruitment(store: ProjectStore): Recruitment {
  const lines = new Map<number, WaitingLine>()
  const fullUntil = new Map<number, number>()
  const earlier = new Map<number, Map<string, number[]>>()

  function lineOf(study: number): WaitingLine {
    for (const [id, line] of lines) if (id !== study && line.isIdle()) lines.delete(id)
    const line = lines.get(study) ?? waitingLine()
    lines.set(study, line)
    return line
  }

  /** Sessions of earlier versions whose identifier is not in its normal form, by the form it would have. */
  function earlierSessions(study: number, external: External): SessionRow[] {
    let found = earlier.get(study)
    if (!found) {
      found = new Map()
      for (const { id, external: stored } of store.sessions.identified(study)) {
        const participant = normalizeIdentifier(stored.participant)
        if (participant === null || participant === stored.participant) continue
        const key = sameIdentity({ ...stored, participant })
        if (key !== null) found.set(key, [...(found.get(key) ?? []), id])
      }
      earlier.set(study, found)
    }
    const ids = found.get(sameIdentity(external) ?? '') ?? []
    return ids.flatMap((id) => store.sessions.get(id) ?? [])
  }

  /** Throws StudioError('conflict') where the person has begun already: identifiers in an address are no secret. */
  function knownSession(study: StudyRow, external: External): SessionRow | null {
    const exact = store.sessions.byExternal(study.id, external)
    const sessions = [...(exact ? [exact] : []), ...earlierSessions(study.id, external)]
    if (sessions.some(({ layout }) => layout !== null))
      throw new StudioError('conflict', 'You have taken part already.', {
        hint: 'To continue, use the browser in which you started, or ask the people who run the study for your own link.',
      })
    return sessions[0] ?? null
  }

  function requireRoom({ id, config }: StudyRow) {
    const full = new StudioError('conflict', 'This study is full: it has all the participants it needs.', {
      hint: 'Thank you for your interest. You can close this page.',
    })
    const now = performance.now()
    if ((fullUntil.get(id) ?? 0) > now) throw full
    const { mostParticipants } = config.recruitment
    const isFull = mostParticipants !== null && store.sessions.people(id) >= mostParticipants
    if (!isFull && store.sessions.count(id) < MOST_SESSIONS) return
    fullUntil.set(id, now + FULL_MS)
    throw full
  }

  return {
    join({ join: joinToken, external: given, ticket = null }) {
      const study = store.studies.byJoinToken(joinToken)
      if (!study) throw new StudioError('not-found', 'This link opens no study.', { hint: 'Ask whoever sent it.' })
      if (study.state === 'closed') throw new StudioError('conflict', 'The study is closed.')
      const known = given && knownSession(study, given)
      if (known) return { reply: { token: known.token, waiting: null }, joined: null }
      const line = lineOf(study.id)
      const waiting = line.ask(ticket, study.config.recruitment.joinsPerMinute)
      if (waiting) return { reply: { token: null, waiting }, joined: null }
      try {
        const joined = store.transaction(() => {
          requireRoom(study)
          const stage = stageAfter(study.config, null)
          const external = given ?? UNIDENTIFIED
          return store.sessions.insert(study.id, { kind: 'person', external, stage, token: newToken() })
        })
        return { reply: { token: joined.token, waiting: null }, joined }
      } catch (error) {
        line.giveBack()
        throw error
      }
    },
  }
}

/**
 * Removes sessions of people who never opened them: no layout, no answer, no decision. What began is never touched, nor
 * what was made in the last minute. Call inside a transaction. The study's ledger says what was removed and why.
 */
export function clearUnopened(
  store: ProjectStore,
  study: StudyRow,
  { recruited, invited, reason }: Omit<Input<'studies.clearUnopened'>, 'study'>,
): Output<'studies.clearUnopened'> {
  const before = new Date(Date.now() - JUST_MADE_MS).toISOString()
  const unopened = store.sessions.unopened(study.id)
  const wanted = unopened.filter((session) => (session.external === null ? invited : recruited))
  const removed = wanted.filter(({ createdAt }) => createdAt < before)
  const byLink = removed.filter(({ external }) => external !== null).length
  const counts = { recruited: byLink, invited: removed.length - byLink, recent: wanted.length - removed.length }
  if (removed.length === 0) return counts
  store.sessions.removeUnopened(
    study.id,
    removed.map(({ id }) => id),
  )
  store.studies.note(study.id, {
    kind: 'cleared',
    participant: null,
    from: JSON.stringify({ recruited: counts.recruited, invited: counts.invited }),
    to: 'removed',
    reason,
  })
  return counts
}
