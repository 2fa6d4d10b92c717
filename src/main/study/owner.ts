/** Studies as their owner sees them: settings, invitations, decisions and the ledger of them. */
import type { Input } from '../../contract'
import { StudioError } from '../../domain/errors'
import { NO_LABEL } from '../../domain/labels/judgments'
import { SeededRandom } from '../../domain/random'
import type { ImagePool, ParticipantInfo, StudyConfig, StudyInfo } from '../../domain/study'
import { newToken } from '../process/token'
import type { ProjectStore } from '../storage'
import type { SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import { labelSetNamed } from '../labels/labelSets'
import { checkStudy, stageAfter } from '../../domain/study/protocol'
import { plannedTrials } from './plannedTrials'
import { labelled } from './images'
import { codeOf, countSessions, participantInfo } from './participants'
import { MOST_SESSIONS } from './recruitment'
import type { StudyStates } from './state'

export function createStudy(store: ProjectStore, config: StudyConfig): StudyRow {
  if (store.studies.find(config.name)) throw taken(config.name)
  check(store, config)
  const study = store.studies.get(store.studies.insert(config, newToken()))
  if (!study) throw new StudioError('internal', 'The study was not stored.')
  return study
}

const taken = (name: string) =>
  new StudioError('conflict', `There is a study named ${name} already.`, {
    place: 'name',
    hint: 'Choose another name.',
  })

function check(store: ProjectStore, config: StudyConfig) {
  const facts = (name: string) => {
    const { set, labels } = labelled(store, name)
    return { classes: set.classes, count: set.count, labels }
  }
  checkStudy(config, facts(config.imageSet), (name) => (store.imageSets.find(name) ? facts(name) : null))
}

export function changeStudy(
  store: ProjectStore,
  study: StudyRow,
  { state, ...change }: Input<'studies.change'>['change'],
) {
  const config: StudyConfig = { ...study.config, ...change }
  if (config.name !== study.config.name && store.studies.find(config.name)) throw taken(config.name)
  const shown = ['protocol', 'checks', 'practice'].some((key) => key in change)
  if (shown && store.sessions.begun(study.id) > 0)
    throw new StudioError('conflict', 'Somebody has begun: what is shown and drawn can no longer change.', {
      hint: 'Make another study.',
    })
  if (shown) check(store, config)
  store.studies.update({ ...study, state: state ?? study.state, config })
}

export function invite(store: ProjectStore, study: StudyRow, count: number): SessionRow[] {
  if (store.sessions.count(study.id) + count > MOST_SESSIONS)
    throw new StudioError('bad-input', `A study has room for ${MOST_SESSIONS} participants.`, { place: 'count' })
  const { mostParticipants } = study.config.recruitment
  const people = store.sessions.people(study.id)
  if (mostParticipants !== null && people + count > mostParticipants)
    throw new StudioError('conflict', `The study takes at most ${mostParticipants} participants and has ${people}.`, {
      place: 'count',
      hint: 'Raise the maximum in its settings, or clear sessions that never began.',
    })
  const stage = stageAfter(study.config, null)
  return Array.from({ length: count }, () =>
    store.sessions.insert(study.id, { kind: 'person', stage, token: newToken() }),
  )
}

/** The owner's own session, made where there is none. */
export function ownSession(store: ProjectStore, study: StudyRow): SessionRow {
  const mine = store.sessions.owners(study.id)
  return (
    mine ?? store.sessions.insert(study.id, { kind: 'owner', stage: stageAfter(study.config, null), token: newToken() })
  )
}

export function decide(
  states: StudyStates,
  study: StudyRow,
  number: number,
  verdict: ParticipantInfo['verdict'],
  reason: string,
) {
  const { store } = states
  const session = store.sessions.byNumber(study.id, number)
  if (!session) throw new StudioError('not-found', 'There is no such participant.')
  if (session.stopped === 'withdrawn' && verdict !== 'exclude')
    throw new StudioError('conflict', 'Who has withdrawn stays out.')
  const from = session.verdict ?? 'rule'
  states.save(Object.assign(session, { verdict }))
  const participant = codeOf(session)
  store.studies.note(study.id, { kind: 'verdict', participant, from, to: verdict ?? 'rule', reason })
  return session
}

export function setThreshold(store: ProjectStore, study: StudyRow, threshold: number, reason: string) {
  const from = study.config.protocol.checkThreshold
  const protocol = { ...study.config.protocol, checkThreshold: threshold }
  store.studies.update({ ...study, config: { ...study.config, protocol } })
  store.studies.note(study.id, {
    kind: 'threshold',
    participant: null,
    from: String(from),
    to: String(threshold),
    reason,
  })
}

export function removeStudy(store: ProjectStore, study: StudyRow) {
  const judged = store.answers.byPeople(study.id)
  if (judged > 0)
    throw new StudioError('conflict', `The study holds ${judged} judgments by people: they are never deleted.`, {
      hint: 'Close it instead.',
    })
  store.studies.remove(study.id)
}

/** Takes back a removal. */
export function restoreStudy(store: ProjectStore, id: number) {
  if (!store.studies.restore(id)) throw new StudioError('not-found', 'The study has gone for good.')
}

export function infoOf(states: StudyStates, id: number): StudyInfo {
  const { study, images, tallies } = states.get(id)
  const { candidates } = images
  let [min, max, sum] = [Infinity, 0, 0]
  for (const image of candidates) {
    const n = tallies.answered[image] ?? 0
    min = Math.min(min, n)
    max = Math.max(max, n)
    sum += n
  }
  return {
    ...study.config,
    id,
    state: study.state,
    joinToken: study.joinToken,
    createdAt: study.createdAt,
    sessions: countSessions(states.store.sessions.groups(id), study.config.protocol),
    judgments: sum,
    judgmentsPerImage: { min: candidates.length > 0 ? min : 0, max, mean: sum / Math.max(candidates.length, 1) },
  }
}

export function participantsOf(states: StudyStates, id: number): ParticipantInfo[] {
  const state = states.get(id)
  const { protocol } = state.study.config
  const sessions = states.store.sessions.ofStudy(id)
  return sessions.map((session) => participantInfo(session, protocol, plannedTrials(state, session)))
}

/**
 * Obvious images: those on which all judgments agree with the publisher's label, the most judged first and random among
 * equals; without a label set, labelled images at random, which nobody has verified.
 */
export function proposeChecks(
  store: ProjectStore,
  { imageSet, labelSet, perClass, seed }: Input<'studies.proposeChecks'>,
): { pool: ImagePool; verified: boolean } {
  const { set, labels } = labelled(store, imageSet)
  const random = new SeededRandom(seed)
  const order = random.shuffle(Int32Array.from(labels.keys()))
  const judged = labelSet === null ? null : unanimous(store, labelSet, imageSet, labels)
  const eligible = Array.from(order).filter((image) => (judged ? (judged[image] ?? 0) > 0 : labels[image] !== NO_LABEL))
  // Sorting is stable: equals keep their random order.
  if (judged) eligible.sort((a, b) => (judged[b] ?? 0) - (judged[a] ?? 0))
  const images = set.classes.flatMap((_, c) => eligible.filter((image) => labels[image] === c).slice(0, perClass))
  if (images.length === 0)
    throw new StudioError('not-found', `No image of ${imageSet} is fit for a check.`, {
      hint: judged ? 'On none do two or more judgments all agree with its label.' : 'None has a label.',
    })
  return { pool: { imageSet, images }, verified: judged !== null }
}

/** Judgments of every image on which two or more, and all, agree with the label; 0 elsewhere. */
function unanimous(store: ProjectStore, name: string, imageSet: string, labels: Uint8Array): Uint32Array {
  const info = labelSetNamed(store, name)
  if (info.imageSet !== imageSet)
    throw new StudioError('bad-input', `${name} has labels for ${info.imageSet}, not for ${imageSet}.`, {
      place: 'labelSet',
    })
  const { counts, classes, images } = store.labelSets.arrays(info.id)
  if (!counts)
    throw new StudioError('bad-input', `${name} holds probabilities only: nobody knows how many agreed.`, {
      place: 'labelSet',
    })
  return Uint32Array.from({ length: images }, (_, image) => {
    const row = counts.subarray(image * classes, (image + 1) * classes)
    const own = row[labels[image] ?? classes] ?? 0
    return own > 1 && row.reduce((sum, n) => sum + n, 0) === own ? own : 0
  })
}
