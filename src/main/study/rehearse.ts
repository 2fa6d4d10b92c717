/**
 * A rehearsal: simulated annotators take part all at once through the door that real participants use, each with a
 * session's own token. What they answer is drawn from the truth of the images planned for them, which is read from the
 * project, since the door rightly does not tell it; every image the door shows is held against the one planned.
 */
import type { SessionImage } from '../../contract'
import type { Progress } from '../../domain/progress'
import { StudioError } from '../../domain/errors'
import { SeededRandom } from '../../domain/random'
import type { SessionStage, SessionView, SimulatedMix } from '../../domain/study'
import { planImage, planIsCheck } from '../../domain/study/draw'
import { stageAfter, trialsOf } from '../../domain/study/protocol'
import {
  answersOf,
  drawKinds,
  SIMULATED_ENVIRONMENT,
  simulatedParticipant,
  type SimulatedTrial,
} from '../../domain/study/simulation'
import { newToken } from '../process/token'
import type { ProjectStore } from '../storage'
import type { SessionRow } from '../storage/sessions'
import type { StudyRow } from '../storage/studies'
import { doorClient, type DoorClient } from './doorClient'
import { studyImages, type StudyImages } from './images'
import { seenImage, seenObvious, truthOf, type Truth } from './simulatedTruth'

export interface RehearsalRequest {
  /** The door's: "http://127.0.0.1:4000". */
  address: string
  /** One session's each. */
  tokens: string[]
  study: number
  seed: number
  mix: SimulatedMix
}

export interface RehearsalOptions {
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

export interface Rehearsal {
  participants: number
  finished: number
  /** Answers acknowledged by the door, practice and attention checks included. */
  answers: number
  /** Calls sent again because the door was away. */
  retries: number
}

/** Sessions to rehearse with; answers their tokens. Call inside a transaction. */
export function participantSessions(
  store: ProjectStore,
  { id, config }: StudyRow,
  participants: number,
  seed: number,
  mix: SimulatedMix,
): string[] {
  const stage = stageAfter(config, null)
  return drawKinds(mix, participants, new SeededRandom(seed)).map(
    (simulated) => store.sessions.insert(id, { kind: 'rehearsal', simulated, stage, token: newToken() }).token,
  )
}

interface Scene {
  store: ProjectStore
  images: StudyImages
  truth: Truth
  /** One more answer was acknowledged: is the same image to be answered again, was it somebody's last? */
  tell(again: boolean, finished: boolean): void
}

/** Throws the first refusal or mix-up; what was answered until then stays with the study. */
export async function rehearse(
  store: ProjectStore,
  { address, tokens, study: id, seed, mix }: RehearsalRequest,
  { signal, onProgress }: RehearsalOptions = {},
): Promise<Rehearsal> {
  const study = store.studies.get(id)
  if (!study) throw new StudioError('not-found', 'There is no such study.')
  // The kinds that participantSessions drew.
  const kinds = drawKinds(mix, tokens.length, new SeededRandom(seed))
  const images = studyImages(store, study.config)
  const { protocol, practice, checks } = study.config
  const practised = Math.min(protocol.practiceTrials, new Set((practice ?? checks)?.images).size)
  const total = tokens.length * (practised + trialsOf(protocol, images.candidates.length))
  const result: Rehearsal = { participants: tokens.length, finished: 0, answers: 0, retries: 0 }
  const began = Date.now()
  let done = 0
  // The first that fails ends the others: their answers would rehearse a broken door.
  const failed = new AbortController()
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  const scene: Scene = {
    store,
    images,
    truth: truthOf(store, images.set),
    tell(again, finished) {
      result.answers++
      if (!again) done++
      if (finished) result.finished++
      const label = `Rehearsing: ${result.finished} of ${tokens.length} participants are through`
      const secondsLeft = done > 0 ? ((Date.now() - began) / 1000 / done) * (total - done) : null
      onProgress?.({ label, done, total, secondsLeft })
    },
  }
  const all = tokens.map(async (token, index) => {
    const door = doorClient(address, token, either)
    try {
      const { number } = sessionOf(store, token)
      await takePart(door, token, scene, (view) =>
        simulatedParticipant(kinds[index] ?? 'careful', answersOf(seed, number), {
          classes: view.classes.length,
          layout: view.layout,
          elapsedMs: view.elapsedMs,
        }),
      )
    } catch (error) {
      failed.abort(error)
    } finally {
      result.retries += door.retries()
    }
  })
  // Nobody reads the project any more once this has ended, however it ends.
  await Promise.all(all)
  if (failed.signal.aborted) throw failed.signal.reason
  return result
}

type MakeParticipant = (view: SessionView) => ReturnType<typeof simulatedParticipant>

/** One session from its first page to its last. */
async function takePart(door: DoorClient, token: string, scene: Scene, make: MakeParticipant): Promise<void> {
  let view = await door.call('session.open', { environment: SIMULATED_ENVIRONMENT })
  while (view.stage === 'consent' || view.stage === 'instructions')
    view = await door.call('session.advance', { from: view.stage })
  const participant = make(view)
  let stage: SessionStage = view.stage
  let { position } = stage === 'practice' ? view.practice : view.trials
  let told: number | null = null
  let ahead: Promise<SessionImage> | null = null
  while (stage === 'practice' || stage === 'trials') {
    const practice = stage === 'practice'
    const shown = (trial: number) => door.call('session.image', { practice, trial })
    const planned = plannedTrial(scene, token, practice, position)
    requirePlanned(scene.store, await (ahead ?? shown(position)), planned)
    const answer = participant.answer({ practice, trial: position, told }, planned.seen)
    // As the page does: the next image is fetched while this one is being answered.
    ahead = !practice && position + 1 < view.trials.total ? shown(position + 1) : null
    ahead?.catch(() => {}) // heard when it is its turn
    const receipt = await door.call('session.answer', { answer })
    told = receipt.feedback && !receipt.feedback.correct ? receipt.feedback.label : null
    const expected = receipt.stage !== stage ? receipt.position : told === null ? position + 1 : position
    if (receipt.position !== expected) {
      const reason = `The door went from trial ${position} to trial ${receipt.position}.`
      throw new StudioError('conflict', reason, { file: view.code })
    }
    ;({ stage, position } = receipt)
    scene.tell(told !== null, stage === 'finished')
  }
  if (stage !== 'finished') throw new StudioError('conflict', `The session is ${stage}.`, { file: view.code })
}

function sessionOf(store: ProjectStore, token: string): SessionRow {
  const session = store.sessions.byToken(token)
  if (session) return session
  throw new StudioError('not-found', 'A token of the rehearsal opens no session of this project.')
}

interface Planned {
  set: StudyImages['set']
  image: number
  seen: SimulatedTrial
}

/** What the project says this participant sees now. */
function plannedTrial({ store, images, truth }: Scene, token: string, practice: boolean, trial: number): Planned {
  const session = sessionOf(store, token)
  if (practice) {
    const image = store.sessions.practice(session.id)[trial] ?? -1
    return { set: images.practice.set, image, seen: seenObvious(images.practice.labels, image) }
  }
  const plan = store.sessions.plan(session.id) ?? new Int32Array(0)
  const image = planImage(plan, trial)
  if (planIsCheck(plan, trial)) return { set: images.checks.set, image, seen: seenObvious(images.checks.labels, image) }
  const seen = seenImage(truth, images.labels, images.set.classes.length, image)
  return { set: images.set, image, seen }
}

/** The image on the screen must be the one that the answer will be stored for. */
function requirePlanned(store: ProjectStore, shown: SessionImage, { set, image }: Planned): void {
  const { $bytes } = shown.pixels as unknown as { $bytes?: string } // byte arrays cross the door as text
  const expected = Buffer.from(store.readPixels(set, [image])).toString('base64')
  if ($bytes === expected && shown.height === set.height && shown.width === set.width) return
  throw new StudioError('conflict', `The door shows another image than the planned one (${image} of ${set.name}).`)
}
