/**
 * Erasing a participant: the session, its answers, its identifiers, its browser data and its judgments in label sets
 * are deleted, and a row remains that says when, by whose decision, and how many answers. Unlike an exclusion it cannot
 * be taken back. Not here: what is left in the files (storage/cleanup.ts, cleanup.ts).
 */
import { StudioError } from '../../domain/errors'
import type { ErasureInfo, ErasureResult } from '../../domain/study'
import type { ProjectStore } from '../storage'
import { requireCleanup } from '../storage/cleanup'
import type { StudyRow } from '../storage/studies'
import { codeOf } from '../study/participants'
import type { StudyStates } from '../study/state'
import { eraseFromSets, setsHolding, type ChangedSets, type Held } from './labelSets'

/** Who decided, and why. Stays: it should not name the participant. */
export type Decision = Pick<ErasureInfo, 'decidedBy' | 'reason'>

export type Erased = Pick<ErasureResult, 'answers' | 'practiceAnswers' | 'recalculated' | 'outdated'>

/** Call inside a transaction. Throws StudioError('not-found'), or 'conflict' where it was done already. */
export function eraseParticipant(states: StudyStates, study: StudyRow, number: number, decision: Decision): Erased {
  const { store } = states
  const session = store.sessions.byNumber(study.id, number)
  const code = codeOf({ number })
  if (!session) throw noParticipant(store, study, number)
  const { answers: every, practice } = store.answers.history(session.id)
  const [answers, practiceAnswers] = [every.length, practice.length]
  const held = setsHolding(store, study.id, code, every)
  states.erase(session)
  const erasure = store.erasures.insert({
    study: study.id,
    number,
    source: study.config.name,
    answers,
    practiceAnswers,
    ...decision,
  })
  store.studies.clearReasons(study.id, code)
  store.studies.note(study.id, {
    kind: 'erased',
    participant: code,
    from: '',
    to: String(answers),
    reason: [`Decided by ${decision.decidedBy}.`, decision.reason].filter(Boolean).join(' '),
  })
  const { recalculated, outdated } = eraseFromSets(store, erasure, held)
  requireCleanup(store)
  return { answers, practiceAnswers, recalculated, outdated }
}

function noParticipant(store: ProjectStore, study: StudyRow, number: number): StudioError {
  const before = store.erasures.ofStudy(study.id).find((each) => each.number === number)
  if (!before) return new StudioError('not-found', 'There is no such participant.')
  return new StudioError('conflict', `${codeOf({ number })} was erased already, on ${before.at.slice(0, 10)}.`)
}

/**
 * Erases an annotator of one label set, whatever it was read from. Call inside a transaction.
 *
 * @throws StudioError('not-found') where the set holds no judgments of that annotator
 */
export function eraseAnnotator(store: ProjectStore, held: Held, decision: Decision): Erased & ChangedSets {
  // The number of judgments is only known once they are gone, and the row must be there before: so they are counted.
  const answers = store.labelSets.judgments.ofAnnotator(held.set.id, held.annotator).length
  const row = { study: null, number: null, source: held.set.name, answers, practiceAnswers: 0, ...decision }
  const changed = eraseFromSets(store, store.erasures.insert(row), [held])
  requireCleanup(store)
  return { answers, practiceAnswers: 0, ...changed }
}
