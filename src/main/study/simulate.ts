/**
 * Simulated annotators by the thousand, through the functions that real answers go through: layouts and images are
 * drawn, answers validated and checks scored by the sessions. Only the commits are fewer: several complete participants
 * to a transaction, so that whatever ends a simulation, nobody is left half way.
 */
import type { Progress } from '../../domain/progress'
import { StudioError } from '../../domain/errors'
import { SeededRandom } from '../../domain/random'
import type { SimulatedMix, SimulationResult } from '../../domain/study'
import { planImage, planIsCheck } from '../../domain/study/draw'
import { stageAfter } from '../../domain/study/protocol'
import {
  answersOf,
  checkMix,
  drawKinds,
  measuredVariation,
  samplingVariation,
  SIMULATED_ENVIRONMENT,
  simulatedParticipant,
  type SimulatedKind,
} from '../../domain/study/simulation'
import { newToken } from '../process/token'
import type { ProjectStore } from '../storage'
import type { SessionRow } from '../storage/sessions'
import { isOut } from './participants'
import { sessionsOf, type Sessions } from './sessions'
import { seenImage, seenObvious, truthOf, type Truth } from './simulatedTruth'
import { studyStates, type StudyState } from './state'

/** Participants to a transaction: a commit waits for the disk, and holds others up while it writes. */
const BATCH = 8

export interface SimulationRequest {
  study: number
  participants: number
  seed: number
  mix: SimulatedMix
}

export interface SimulationOptions {
  /** Takes effect between participants; throws. */
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

/** What was added; not what others answered in the same study. */
export type Simulation = Omit<SimulationResult, 'study' | 'labelSet'>

/** Adds simulated participants to a study, repeatable by seed. Throws StudioError; who was through by then stays. */
export async function simulateStudy(
  store: ProjectStore,
  { study: id, participants, seed, mix }: SimulationRequest,
  { signal, onProgress }: SimulationOptions = {},
): Promise<Simulation> {
  checkMix(mix)
  const states = studyStates(store)
  const sessions = sessionsOf(states)
  const { images, study } = states.get(id)
  if (study.state === 'closed')
    throw new StudioError('conflict', `The study ${study.config.name} is closed.`, { hint: 'Open it again first.' })
  const truth = truthOf(store, images.set)
  const kinds = drawKinds(mix, participants, new SeededRandom(seed))
  const kept = new Uint32Array(truth.probabilities.length)
  const began = Date.now()
  let excluded = 0
  for (let first = 0; first < participants; first += BATCH) {
    signal?.throwIfAborted()
    const last = Math.min(first + BATCH, participants)
    try {
      store.transaction(() => {
        const state = states.get(id)
        for (let index = first; index < last; index++) {
          const { session, chosen } = takePart(store, sessions, state, truth, kinds[index] ?? 'careful', seed)
          if (isOut(session, state.study.config.protocol)) excluded++
          else for (const cell of chosen) kept[cell] = (kept[cell] ?? 0) + 1
        }
      })
    } catch (error) {
      states.forget(id) // its tallies are ahead of what was stored
      throw error
    }
    const secondsLeft = ((Date.now() - began) / 1000 / last) * (participants - last)
    onProgress?.({ label: 'Simulating participants', done: last, total: participants, secondsLeft })
    await new Promise(setImmediate)
  }
  const classes = images.set.classes.length
  return {
    participants,
    excluded,
    judgments: kept.reduce((sum, n) => sum + n, 0),
    truth: truth.source,
    totalVariation: {
      measured: measuredVariation(truth.probabilities, kept, classes),
      sampling: samplingVariation(truth.probabilities, kept, classes),
    },
  }
}

/** One participant from the first page to the last. Answers the cells of (images, classes) that were judged. */
function takePart(
  store: ProjectStore,
  sessions: Sessions,
  state: StudyState,
  truth: Truth,
  kind: SimulatedKind,
  seed: number,
): { session: SessionRow; chosen: number[] } {
  const { config, id } = state.study
  const { images } = state
  const classes = images.set.classes.length
  const made = { kind: 'simulated', simulated: kind, stage: stageAfter(config, null), token: newToken() } as const
  const session = store.sessions.insert(id, made)
  const { layout, elapsedMs } = sessions.open(session, SIMULATED_ENVIRONMENT)
  while (session.stage === 'consent' || session.stage === 'instructions') sessions.advance(session, session.stage)
  const participant = simulatedParticipant(kind, answersOf(seed, session.number), { classes, layout, elapsedMs })
  const practice = store.sessions.practice(session.id)
  for (let told: number | null = null; session.stage === 'practice';) {
    const trial = session.practicePosition
    const seen = seenObvious(images.practice.labels, practice[trial] ?? -1)
    const { feedback } = sessions.answer(session, participant.answer({ practice: true, trial, told }, seen))
    told = feedback && !feedback.correct ? feedback.label : null
  }
  const plan = store.sessions.plan(session.id) ?? new Int32Array(0)
  const chosen: number[] = []
  while (session.stage === 'trials') {
    const trial = session.position
    const image = planImage(plan, trial)
    const isCheck = planIsCheck(plan, trial)
    const seen = isCheck ? seenObvious(images.checks.labels, image) : seenImage(truth, images.labels, classes, image)
    const answer = participant.answer({ practice: false, trial }, seen)
    sessions.answer(session, answer)
    if (!isCheck) chosen.push(image * classes + answer.chosen)
  }
  return { session, chosen }
}
