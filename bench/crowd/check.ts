/**
 * What became of the answers that a server acknowledged: each must be in the database once, in the session and for the
 * image it was given for. An answer is recognized by its two times, which no two answers of a crowd share.
 */
import type { ProjectStore } from '../../src/main/storage'
import type { SetName } from './images'

export interface GivenAnswer {
  practice: boolean
  trial: number
  /** What was on the screen. */
  set: SetName
  image: number
  chosen: number
  slot: number
  reactionTimeMs: number
  onsetMs: number
}

export interface StoredAnswer extends GivenAnswer {
  revision: number
}

/** One participant's side. */
export interface GivenAnswers {
  token: string
  acknowledged: readonly GivenAnswer[]
  /** Sent, and its acknowledgement never came: it may be stored or not. */
  pending: GivenAnswer | null
}

export interface AnswersCheck {
  acknowledged: number
  stored: number
  /** Acknowledged and not in the database. */
  lost: string[]
  /** Stored more often than given. */
  doubled: string[]
  /** Stored in another session, for another trial or image, or as another choice. */
  mixed: string[]
  /** Stored and given by nobody. */
  foreign: string[]
}

/** Sum of all that is wrong. */
export const faultsOf = ({ lost, doubled, mixed, foreign }: AnswersCheck): number =>
  lost.length + doubled.length + mixed.length + foreign.length

const identity = ({ reactionTimeMs, onsetMs }: GivenAnswer) => `${reactionTimeMs} ${onsetMs}`
const location = (token: string, { practice, trial }: GivenAnswer) =>
  `session ${token.slice(0, 8)}, ${practice ? 'practice' : 'trial'} ${trial}`
const content = ({ practice, trial, set, image, chosen, slot }: GivenAnswer) =>
  JSON.stringify([practice, trial, set, image, chosen, slot])

/** Every revision of every answer of the sessions, by token. Throws where a token opens no session. */
export function storedAnswers(store: ProjectStore, tokens: readonly string[]): Map<string, StoredAnswer[]> {
  const practiceSet: SetName = 'checks'
  return new Map(
    tokens.map((token) => {
      const session = store.sessions.byToken(token)
      if (!session) throw new Error(`There is no session ${token.slice(0, 8)}.`)
      const { answers, practice } = store.answers.history(session.id)
      const rows = [
        ...practice.map((row) => ({ ...row, practice: true, set: practiceSet })),
        ...answers.map((row) => ({
          ...row,
          practice: false,
          set: row.isCheck ? ('checks' as const) : ('judged' as const),
        })),
      ]
      return [
        token,
        rows.map(({ practice, trial, set, image, chosen, slot, reactionTimeMs, onsetMs, revision }) => ({
          practice,
          trial,
          set,
          image,
          chosen,
          slot,
          reactionTimeMs,
          onsetMs,
          revision,
        })),
      ]
    }),
  )
}

/** Holds what participants were told against what is stored. For studies without going back: one answer a trial. */
export function checkAnswers(
  participants: readonly GivenAnswers[],
  stored: ReadonlyMap<string, readonly StoredAnswer[]>,
): AnswersCheck {
  const result: AnswersCheck = { acknowledged: 0, stored: 0, lost: [], doubled: [], mixed: [], foreign: [] }
  const found = new Map<string, { token: string; row: StoredAnswer }>()
  for (const [token, rows] of stored) {
    const trials = new Set<number>()
    for (const row of rows) {
      result.stored++
      if (found.has(identity(row)) || (!row.practice && trials.has(row.trial)))
        result.doubled.push(location(token, row))
      if (!row.practice) trials.add(row.trial)
      if (!found.has(identity(row))) found.set(identity(row), { token, row })
    }
  }
  const given = new Set<string>()
  for (const { token, acknowledged, pending } of participants) {
    if (pending) given.add(identity(pending))
    for (const answer of acknowledged) {
      result.acknowledged++
      given.add(identity(answer))
      const at = found.get(identity(answer))
      if (!at) result.lost.push(location(token, answer))
      else if (at.token !== token || content(at.row) !== content(answer))
        result.mixed.push(`${location(token, answer)}, stored as ${location(at.token, at.row)}`)
    }
  }
  for (const [name, { token, row }] of found) if (!given.has(name)) result.foreign.push(location(token, row))
  return result
}
