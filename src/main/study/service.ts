/**
 * Labelling studies: their settings, their participants' sessions, quality, and what becomes of the judgments. Each
 * call of the contract is one function here; every change is one transaction, told to the windows at most four times a
 * second.
 */
import type { DoorInfo } from '../../contract'
import { StudioError } from '../../domain/errors'
import { checkMix } from '../../domain/study/simulation'
import { projectPort } from '../project/port'
import { guarded } from '../process/guarded'
import type { SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import type { EventHub } from '../project/events'
import type { Handlers, Role } from '../../contract/handlers'
import type { JobsService } from '../jobs/service'
import type { ProjectService } from '../project/service'
import { exportStudy } from './exports'
import { plannedTrials } from './plannedTrials'
import * as owner from './owner'
import { participantInfo } from './participants'
import { qualityOf } from './quality'
import { clearUnopened, recruitment, type Recruitment } from './recruitment'
import { participantSessions } from './rehearse'
import { sessionsOf } from './sessions'
import { studyStates, type StudyStates } from './state'

type Owned<N extends keyof Handlers & `studies.${string}`> = N extends `studies.${infer Name}` ? Name : never
type Session<N extends keyof Handlers & `session.${string}`> = N extends `session.${infer Name}` ? Name : never

/** Answered by erasure/service.ts, which stands on studies. */
type Erasure = 'erase' | 'erasures'

/** One function per call `studies.*`, and in `session` per call `session.*`. */
export type StudiesService = {
  [Name in Exclude<Owned<keyof Handlers & `studies.${string}`>, Erasure>]: Handlers[`studies.${Name}`]
} & {
  session: { [Name in Session<keyof Handlers & `session.${string}`>]: Handlers[`session.${Name}`] }
  /** What a bearer token opens: one participant's session, or joining one study. */
  roleOf(token: string): Role | null
  /** Told by whoever opens a door to participants, and with null when it is closed. */
  doorOpened(door: OpenDoor | null): void
  /** Throws StudioError('not-found') where there is no such study. */
  named(id: number): StudyRow
  /** Changes what belongs to a study in one transaction, and tells the windows. */
  changeStudy<T>(id: number, act: (states: StudyStates, study: StudyRow) => T): T
}

/** A server that participants reach. */
export interface OpenDoor {
  /** Where it listens, "http://192.168.1.20:4000". */
  local: string
  port: number
  /** The origin of a reverse proxy in front of it. */
  publicAddress: string | null
  /** Whether other machines reach `local`. */
  network: boolean
}

export interface StudiesOptions {
  project: ProjectService
  events: EventHub
  jobs: JobsService
  /** Opens a door to participants only, where this program can: the desktop. Tells `doorOpened`. */
  openDoor?: (host: string) => Promise<void>
  /** Told of every call by a participant. */
  onParticipant?: () => void
}

const TELL_MS = 250

export function studiesService({ project, events, jobs, openDoor, onParticipant }: StudiesOptions): StudiesService {
  let kept: { states: StudyStates; quality: ReturnType<typeof qualityOf>; recruitment: Recruitment } | null = null
  let door: OpenDoor | null = null
  const waiting = new Map<number, NodeJS.Timeout>()
  project.onClose(() => {
    for (const timer of waiting.values()) clearTimeout(timer)
    waiting.clear()
    kept = null
    return Promise.resolve()
  })

  function current() {
    const store = project.store()
    if (kept?.states.store !== store) {
      const states = studyStates(store)
      kept = { states, quality: qualityOf(states), recruitment: recruitment(store) }
    }
    return kept
  }
  const states = () => current().states
  const store = () => project.store()
  const study = (id: number): StudyRow => states().get(id).study
  const isOpen = () => project.current() !== null
  const doorInfo = (): DoorInfo => ({
    address: door && (door.publicAddress ?? door.local),
    network: door !== null && (door.network || door.publicAddress !== null),
    lasting: door !== null && (door.publicAddress !== null || (isOpen() && projectPort(store()) === door.port)),
    canOpen: openDoor !== undefined,
  })

  function tell(id: number) {
    if (waiting.has(id)) return
    const say = guarded('telling of a study', () => {
      waiting.delete(id)
      // Removed meanwhile, here or by another process: there is nothing to tell of it.
      if (kept?.states.store.studies.get(id)) events.emit('study.changed', owner.infoOf(kept.states, id))
    })
    waiting.set(id, setTimeout(say, TELL_MS).unref())
  }

  /** One transaction; what is kept in memory is read again when it fails. */
  function change<T>(id: number, act: () => T): T {
    try {
      return store().transaction(act)
    } catch (error) {
      states().forget(id)
      throw error
    } finally {
      tell(id)
    }
  }

  /** Settings were changed: everything kept about the study is read again. */
  function settle(id: number, act: () => void) {
    change(id, act)
    states().forget(id)
    return owner.infoOf(states(), id)
  }

  const participant = (session: SessionRow) => {
    const state = states().get(session.study)
    return participantInfo(session, state.study.config.protocol, plannedTrials(state, session))
  }

  /**
   * Finds the session by its token and acts on it, in one transaction with other participants' calls of this moment: a
   * crowd waits for the disk together instead of one after the other. Resolves once it is committed.
   */
  async function inSession<T>(
    token: string,
    act: (sessions: ReturnType<typeof sessionsOf>, session: SessionRow) => T,
  ): Promise<T> {
    const sessions = sessionsOf(states())
    onParticipant?.()
    const found: { study: number | null } = { study: null }
    try {
      return await store().transactionInGroup(() => {
        const session = sessions.byToken(token)
        found.study = session.study
        return act(sessions, session)
      })
    } catch (error) {
      // The project may have been closed meanwhile.
      if (found.study !== null) kept?.states.forget(found.study)
      throw error
    } finally {
      if (found.study !== null) tell(found.study)
    }
  }

  return {
    list: () =>
      store()
        .studies.list()
        .map(({ id }) => owner.infoOf(states(), id)),
    create(config) {
      const { id } = store().transaction(() => owner.createStudy(store(), config))
      tell(id)
      return owner.infoOf(states(), id)
    },
    change: ({ study: id, change: wanted }) => settle(id, () => owner.changeStudy(store(), study(id), wanted)),
    remove({ study: id }) {
      store().transaction(() => owner.removeStudy(store(), study(id)))
      states().forget(id)
      project.changed()
      return null
    },
    restore({ study: id }) {
      store().transaction(() => owner.restoreStudy(store(), id))
      tell(id)
      project.changed()
      return owner.infoOf(states(), id)
    },
    proposeChecks: (query) => owner.proposeChecks(store(), query),
    participants: ({ study: id }) => owner.participantsOf(states(), id),
    invite: ({ study: id, count }) => change(id, () => owner.invite(store(), study(id), count)).map(participant),
    label: ({ study: id }) => ({ token: change(id, () => owner.ownSession(store(), study(id))).token }),
    quality: ({ study: id, threshold }) => current().quality(id, threshold),
    decide: ({ study: id, participant: number, verdict, reason }) =>
      participant(change(id, () => owner.decide(states(), study(id), number, verdict, reason))),
    setThreshold: ({ study: id, threshold, reason }) =>
      settle(id, () => owner.setThreshold(store(), study(id), threshold, reason)),
    clearUnopened({ study: id, ...which }) {
      const counts = change(id, () => clearUnopened(store(), study(id), which))
      states().forget(id)
      return counts
    },
    ledger: ({ study: id }) => store().studies.ledger(study(id).id),
    publish: ({ study: id }) =>
      jobs.start('publish', { kind: 'publish', project: store().folder, study: study(id).id }),
    export: ({ study: id, format, out, identifiers }) => exportStudy(states(), id, format, out, identifiers),
    simulate({ study: id, participants, seed, mix }) {
      checkMix(mix) // refused before a process is started for it
      return jobs.start('simulate', {
        kind: 'simulate',
        project: store().folder,
        study: study(id).id,
        participants,
        seed,
        mix,
      })
    },
    rehearse({ study: id, participants, seed, mix }) {
      if (!door) throw new StudioError('conflict', 'No door is open to participants.', { hint: 'Open it first.' })
      // Not through a proxy: its certificate or name may be unknown to this machine.
      const address = door.local
      const tokens = change(id, () => participantSessions(store(), study(id), participants, seed, mix))
      return jobs.start('rehearse', {
        kind: 'rehearse',
        project: store().folder,
        study: id,
        seed,
        mix,
        address,
        tokens,
      })
    },
    door: doorInfo,
    async openDoor({ host }) {
      if (!openDoor)
        throw new StudioError('conflict', 'This program was told at its start where to listen.', {
          hint: 'Start it with --host 0.0.0.0 to let other machines in.',
        })
      await openDoor(host)
      return doorInfo()
    },
    session: {
      open: ({ token, environment }) => inSession(token, (sessions, session) => sessions.open(session, environment)),
      advance: ({ token, from }) => inSession(token, (sessions, session) => sessions.advance(session, from)),
      image({ token, practice, trial }) {
        const sessions = sessionsOf(states())
        return sessions.image(sessions.byToken(token), practice, trial)
      },
      answer: ({ token, answer }) => inSession(token, (sessions, session) => sessions.answer(session, answer)),
      withdraw: ({ token }) => inSession(token, (sessions, session) => sessions.withdraw(session)),
      join(input) {
        const { reply, joined } = current().recruitment.join(input)
        if (joined) tell(joined.study)
        return reply
      },
    },
    roleOf(token) {
      if (!project.isOpen()) return null
      if (store().sessions.has(token)) return { participant: token }
      return store().studies.byJoinToken(token) ? { join: token } : null
    },
    doorOpened: (opened) => void (door = opened),
    named: study,
    changeStudy(id, act) {
      const row = study(id)
      return change(id, () => act(states(), row))
    },
  }
}
