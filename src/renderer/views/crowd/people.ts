/** Participants as the tables show them: progress and quality in one row, and the words for both. */
import { NONE } from '../../../domain/text/numbers'
import type { AnnotatorQuality, ParticipantInfo, StudyQuality } from '../../../domain/study'

export interface Person {
  info: ParticipantInfo
  /** Undefined until the first judgment. */
  quality: AnnotatorQuality | undefined
}

export function joinPeople(participants: readonly ParticipantInfo[], rows: StudyQuality['rows']): Person[] {
  const byNumber = new Map(rows.map((row) => [row.number, row]))
  return participants.map((info) => ({ info, quality: byNumber.get(info.number) }))
}

/** Kinds of simulated annotators as the contract names them. */
const SIMULATED: Record<string, string> = {
  careful: 'careful',
  hurried: 'hurried',
  onePosition: 'one position',
  random: 'random',
}

export function whoWords({ kind, simulated }: Pick<ParticipantInfo, 'kind' | 'simulated'>): string {
  const sort = simulated === null ? '' : (SIMULATED[simulated] ?? simulated)
  if (kind === 'simulated') return sort ? `simulated, ${sort}` : 'simulated'
  if (kind === 'rehearsal') return sort ? `rehearsal, ${sort}` : 'rehearsal'
  return kind === 'owner' ? 'you' : 'person'
}

export const isRehearsed = ({ kind }: Pick<ParticipantInfo, 'kind'>) => kind === 'simulated' || kind === 'rehearsal'

export const shareDone = ({ position, total, state }: ParticipantInfo): number =>
  state === 'finished' ? 1 : total > 0 ? position / total : 0

/** Who or what decided, for the verdict column. */
export function verdictWords({ verdict, excluded, state }: Pick<ParticipantInfo, 'verdict' | 'excluded' | 'state'>) {
  // Nothing to keep yet.
  if (verdict === null && state === 'invited') return NONE
  if (verdict === 'exclude') return 'excluded by hand'
  if (verdict === 'include') return 'kept by hand'
  return excluded ? 'excluded' : 'kept'
}

/**
 * What another threshold would make of somebody: below it is out, at it is in, a decision by hand goes before both.
 * Null where nothing changes.
 */
export function changeAt({ info, quality }: Person, now: number, then: number): 'exclude' | 'keep' | null {
  const score = quality?.checkScore ?? null
  if (info.verdict !== null || score === null) return null
  const out = score < now
  const outThen = score < then
  if (out === outThen) return null
  return outThen ? 'exclude' : 'keep'
}

/** Sessions of people who never opened them, by where they came from. */
export function unopenedCounts(participants: readonly ParticipantInfo[]): { recruited: number; invited: number } {
  const unopened = participants.filter(
    ({ kind, state, verdict }) => kind === 'person' && state === 'invited' && verdict === null,
  )
  const recruited = unopened.filter(({ external }) => external !== null).length
  return { recruited, invited: unopened.length - recruited }
}

/** The decision log's words for sessions that were removed; `counts` as the log stores them. */
export function clearedText(counts: string): string {
  const { recruited, invited } = JSON.parse(counts) as { recruited: number; invited: number }
  const parts = [
    recruited > 0 ? `${recruited.toLocaleString('en-US')} by recruitment link` : '',
    invited > 0 ? `${invited.toLocaleString('en-US')} by invitation` : '',
  ]
  return `Removed sessions that never began: ${parts.filter(Boolean).join(', ')}`
}
