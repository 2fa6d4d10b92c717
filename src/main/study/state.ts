/** What is kept in memory of the open project's studies: settings, images, tallies. Read again when others wrote. */
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import type { SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import { studyImages, type StudyImages } from './images'
import { Tallies } from './tallies'

export interface StudyState {
  study: StudyRow
  images: StudyImages
  tallies: Tallies
}

export interface StudyStates {
  store: ProjectStore
  /** Throws StudioError('not-found') where there is no such study. */
  get(id: number): StudyState
  /** After a change of settings: read again at the next use. */
  forget(id: number): void
  /** Writes a session and counts it anew. Call inside a transaction. */
  save(session: SessionRow): void
  /** Deletes a session with its answers and no longer counts it. Call inside a transaction. */
  erase(session: SessionRow): void
}

export function studyStates(store: ProjectStore): StudyStates {
  const states = new Map<number, StudyState>()
  let version = store.othersVersion()
  const states_ = {
    store,
    get(id: number): StudyState {
      const now = store.othersVersion()
      if (now !== version) states.clear()
      version = now
      const known = states.get(id)
      if (known) return known
      const study = store.studies.get(id)
      if (!study) throw new StudioError('not-found', 'There is no such study.')
      const images = studyImages(store, study.config)
      const state = { study, images, tallies: new Tallies(store, study, images.set.count) }
      states.set(id, state)
      return state
    },
    forget: (id: number) => void states.delete(id),
    save(session: SessionRow) {
      store.sessions.save(session)
      // A transaction that is rolled back leaves the tallies ahead: whoever rolls back forgets the study.
      states.get(session.study)?.tallies.update(session)
    },
    erase(session: SessionRow) {
      store.sessions.erase(session.id)
      states.get(session.study)?.tallies.remove(session.id)
    },
  }
  return states_
}
