/**
 * One participant's session: opening and resuming, pages, images, answers. Every change is one transaction, committed
 * before it is answered. Real participants, the owner and simulated annotators all come through here.
 */
import { StudioError } from '../../domain/errors'
import { NO_LABEL } from '../../domain/labels/judgments'
import type { SessionImage } from '../../contract'
import type { AnswerReceipt, Environment, SessionAnswer, SessionStage, SessionView } from '../../domain/study'
import { drawLayout, planImage, planIsCheck, planTrials } from '../../domain/study/draw'
import { stageAfter } from '../../domain/study/protocol'
import { resumption } from '../../domain/study/resume'
import type { AnswerRow } from '../storage/answers'
import type { SessionRow } from '../storage/sessions'
import { drawTrials, plannedTrials, sessionRandom } from './plannedTrials'
import { codeOf } from './participants'
import type { StudyState, StudyStates } from './state'

const now = () => new Date().toISOString()

const conflict = (reason: string, hint?: string) => new StudioError('conflict', reason, { hint })

export interface Sessions {
  /** The session a token opens. Throws StudioError('not-found'). */
  byToken(token: string): SessionRow
  open(session: SessionRow, environment: Environment | null): SessionView
  advance(session: SessionRow, from: SessionStage): SessionView
  image(session: SessionRow, practice: boolean, trial: number): SessionImage
  answer(session: SessionRow, answer: SessionAnswer): AnswerReceipt
  withdraw(session: SessionRow): SessionView
}

/** Each function expects to be called inside a transaction, except `image`, which only reads. */
export function sessionsOf(states: StudyStates): Sessions {
  const { store } = states

  function view(session: SessionRow, state: StudyState, resumed: SessionView['resumed'] = null): SessionView {
    const { study, images } = state
    const { config } = study
    const closed = study.state === 'closed' && session.stage !== 'finished'
    const stage = closed ? 'stopped' : session.stage
    const pages: Partial<Record<SessionStage, string>> = {
      consent: config.pages.consent,
      instructions: config.pages.instructions,
      finished: config.pages.debrief,
    }
    return {
      study: config.name,
      kind: config.kind,
      code: codeOf(session),
      stage,
      classes: images.set.classes,
      layout: session.layout ?? [],
      imagePixels: config.protocol.imagePixels,
      smoothing: config.protocol.smoothing,
      practice: { position: session.practicePosition, total: session.practiceTrials },
      trials: { position: session.position, total: plannedTrials(state, session) },
      page: pages[stage] ?? '',
      completion: stage === 'finished' && config.completion.code !== '' ? config.completion : null,
      elapsedMs: session.elapsedMs,
      resumed,
      stopped: closed ? 'closed' : session.stopped,
    }
  }

  /** Shuffles the labels and draws the practice images: what a participant keeps from the first moment on. */
  function begin(session: SessionRow, state: StudyState) {
    const { config } = state.study
    const draw = sessionRandom(state, session, 'layout')
    const layout = drawLayout(state.images.set.classes.length, draw)
    const pool = draw.shuffle([...new Set((config.practice ?? config.checks)?.images ?? [])])
    const practice = Int32Array.from(pool.slice(0, config.protocol.practiceTrials))
    store.sessions.begin(session.id, layout, practice)
    Object.assign(session, { layout, practiceTrials: practice.length, startedAt: now() })
  }

  /** Draws the images as things stand now: those with the fewest judgments, promised ones counted. */
  function draw(session: SessionRow, state: StudyState) {
    const { tallies } = state
    tallies.releaseAbsent()
    const plan = drawTrials(state, session, tallies.promised)
    store.sessions.setPlan(session.id, plan)
    session.trials = planTrials(plan)
  }

  function enter(session: SessionRow, state: StudyState, stage: SessionStage) {
    session.stage = stage
    if (stage === 'trials' && session.trials === 0) draw(session, state)
    if (stage === 'finished') session.finishedAt = now()
  }

  function requireGoing(session: SessionRow, state: StudyState) {
    if (state.study.state === 'closed') throw conflict('The study is closed.')
    if (session.stage === 'stopped') throw conflict('This session has ended.')
    if (session.layout === null) throw conflict('This session has not been opened.', 'Open it first.')
  }

  function resume(session: SessionRow, state: StudyState): SessionView['resumed'] {
    if (session.stage !== 'trials' || session.seenAt === null) return null
    const found = resumption(state.study.config.protocol, session.position, Date.now() - Date.parse(session.seenAt))
    if (found.at === 'refused') {
      session.stage = 'stopped'
      session.stopped = 'refused'
      return null
    }
    session.position = found.position
    return session.position === 0 && found.at === 'trial' ? null : found.at
  }

  function plannedTrial(session: SessionRow, state: StudyState, practice: boolean, trial: number) {
    if (practice) {
      const image = store.sessions.practice(session.id)[trial] ?? -1
      const { set, labels } = state.images.practice
      return { set, image, isCheck: false, truth: labels[image] ?? NO_LABEL }
    }
    const plan = state.tallies.plan(session.id)
    const isCheck = planIsCheck(plan, trial)
    const image = planImage(plan, trial)
    const { set, labels } = isCheck ? state.images.checks : state.images
    return { set, image, isCheck, truth: labels[image] ?? NO_LABEL }
  }

  /** The answer is for the slot on which the label is, and for a label there is. */
  function requireFit(session: SessionRow, answer: SessionAnswer) {
    if (session.layout?.[answer.slot] !== answer.chosen)
      throw new StudioError('bad-input', 'The label is not on that slot.', { place: 'slot' })
  }

  function practise(session: SessionRow, state: StudyState, answer: SessionAnswer): AnswerReceipt {
    const before = store.answers.newestPractice(session.id, answer.trial)
    const planned = plannedTrial(session, state, true, answer.trial)
    const correct = answer.chosen === planned.truth
    const feedback = { correct, label: planned.truth }
    const receipt = () => ({
      feedback,
      stage: session.stage,
      position: session.stage === 'practice' ? session.practicePosition : session.position,
    })
    if (before && isSame(before, answer)) return { ...receipt(), revision: before.revision }
    if (session.stage !== 'practice' || answer.trial !== session.practicePosition)
      throw conflict('This is not the practice image at hand.', 'Open the session again.')
    const revision = before ? before.revision + 1 : 0
    store.answers.insertPractice(session.id, { ...measured(answer), ...planned, revision })
    if (correct) session.practicePosition++
    if (session.practicePosition >= session.practiceTrials) enter(session, state, 'trials')
    touch(session, answer)
    return { ...receipt(), revision }
  }

  function judge(session: SessionRow, state: StudyState, answer: SessionAnswer): AnswerReceipt {
    const { trial } = answer
    const receipt = (revision: number): AnswerReceipt => ({
      feedback: null,
      stage: session.stage,
      position: session.position,
      revision,
    })
    const earlier = trial < session.position ? store.answers.newest(session.id, trial) : null
    // Sent again because the acknowledgement was lost: it is stored already.
    if (earlier && isSame(earlier, answer)) return receipt(earlier.revision)
    const mayRevise = earlier !== null && state.study.config.kind === 'personal'
    if (!mayRevise && (session.stage !== 'trials' || trial !== session.position))
      throw conflict('This is not the image at hand.', 'Open the session again.')
    const planned = plannedTrial(session, state, false, trial)
    const row = { ...measured(answer), ...planned }
    // Nearly always the first answer of its trial; another one only where it is revised or its block is begun anew.
    const first = !mayRevise && store.answers.insert(session.id, { ...row, revision: 0 })
    const before = first ? null : (earlier ?? store.answers.newest(session.id, trial))
    const revision = before ? before.revision + 1 : 0
    if (before) store.answers.insert(session.id, { ...row, revision })
    if (planned.isCheck) {
      if (before) score(session, before.chosen === before.truth, -1)
      score(session, answer.chosen === planned.truth, 1)
    }
    if (!mayRevise) session.position = trial + 1
    if (session.position >= session.trials && session.stage === 'trials') enter(session, state, 'finished')
    touch(session, answer)
    return receipt(revision)
  }

  function touch(session: SessionRow, answer: SessionAnswer) {
    session.seenAt = now()
    session.elapsedMs = Math.max(session.elapsedMs, answer.elapsedMs)
    states.save(session)
  }

  return {
    byToken(token) {
      const session = store.sessions.byToken(token)
      if (!session) throw new StudioError('not-found', 'This link opens no session.', { hint: 'Ask whoever sent it.' })
      return session
    },
    open(session, environment) {
      const state = states.get(session.study)
      if (state.study.state === 'closed' || session.stage === 'stopped') return view(session, state)
      if (session.layout === null) {
        begin(session, state)
        if (session.stage === 'trials') enter(session, state, 'trials')
      }
      const resumed = resume(session, state)
      if (session.environment === null && environment !== null) {
        store.sessions.setEnvironment(session.id, environment)
        session.environment = environment
      }
      session.seenAt = now()
      states.save(session)
      return view(session, state, resumed)
    },
    advance(session, from) {
      const state = states.get(session.study)
      requireGoing(session, state)
      // Asked twice: the page has been left already.
      if (session.stage === from) {
        enter(session, state, stageAfter(state.study.config, from))
        session.seenAt = now()
        states.save(session)
      }
      return view(session, state)
    },
    image(session, practice, trial) {
      const state = states.get(session.study)
      requireGoing(session, state)
      const personal = state.study.config.kind === 'personal'
      const position = practice ? session.practicePosition : session.position
      const total = practice ? session.practiceTrials : session.trials
      const visible = personal && !practice ? trial <= position + 1 : trial === position || trial === position + 1
      if (!visible || trial >= total) throw new StudioError('forbidden', 'This image is not at hand.')
      const { set, image } = plannedTrial(session, state, practice, trial)
      const { height, width, channels } = set
      const chosen = personal && !practice ? (store.answers.newest(session.id, trial)?.chosen ?? null) : null
      return { height, width, channels, pixels: store.readPixels(set, [image]), chosen }
    },
    answer(session, answer) {
      const state = states.get(session.study)
      requireGoing(session, state)
      requireFit(session, answer)
      return answer.practice ? practise(session, state, answer) : judge(session, state, answer)
    },
    withdraw(session) {
      const state = states.get(session.study)
      if (session.stage === 'stopped' || session.stage === 'finished') throw conflict('This session has ended.')
      const from = session.verdict ?? 'rule'
      Object.assign(session, { stage: 'stopped', stopped: 'withdrawn', verdict: 'exclude', seenAt: now() })
      states.save(session)
      const participant = codeOf(session)
      store.studies.note(session.study, { kind: 'withdrawn', participant, from, to: 'exclude', reason: 'Withdrew.' })
      return view(session, state)
    },
  }
}

function score(session: SessionRow, correct: boolean, sign: 1 | -1) {
  session.checks += sign
  if (correct) session.checksCorrect += sign
}

const measured = (answer: SessionAnswer): Omit<AnswerRow, 'revision' | 'image' | 'isCheck' | 'truth'> => ({
  trial: answer.trial,
  chosen: answer.chosen,
  slot: answer.slot,
  reactionTimeMs: answer.reactionTimeMs,
  onsetMs: answer.onsetMs,
  elapsedMs: answer.elapsedMs,
  focusLosses: answer.focusLosses,
  answeredAt: Date.now(),
})

/** The same act: two answers never share onset and reaction time to the microsecond. */
const isSame = (stored: AnswerRow, answer: SessionAnswer): boolean =>
  stored.chosen === answer.chosen &&
  stored.slot === answer.slot &&
  stored.reactionTimeMs === answer.reactionTimeMs &&
  stored.onsetMs === answer.onsetMs
