/**
 * A simulated annotator in a session: what it sends for each trial, with a clock that goes on from image to image. The
 * session itself (what is shown when, what counts) is the study's: this only answers. Works the same whether the
 * answers go to the service directly or through the door.
 */
import { SeededRandom } from '../../random'
import type { Environment, SessionAnswer } from '..'
import { simulatedAnnotator, type SimulatedKind, type SimulatedTrial } from './annotators'

/** From an answer to the next image's first frame, milliseconds. */
const PAUSE_MS = { least: 90, most: 160 }
/** How often somebody looks away from the window during an image. */
const FOCUS_LOSS = 0.002

/**
 * What participant `number` of a study answers is drawn from this. Streams below zero: those above are the study's own,
 * for layouts and images, and its seed may be the same.
 */
export const answersOf = (seed: number, number: number): SeededRandom => new SeededRandom(seed, -number)

export interface SimulatedParticipant {
  /**
   * `told`: the class that feedback named when this practice image was answered wrongly before; everybody takes it,
   * else whoever does not look would never get through.
   */
  answer(at: { practice: boolean; trial: number; told?: number | null }, seen: SimulatedTrial): SessionAnswer
}

export const SIMULATED_ENVIRONMENT: Environment = {
  browser: 'simulated annotator',
  screenWidth: 1920,
  screenHeight: 1080,
  windowWidth: 1280,
  windowHeight: 800,
  pixelRatio: 1,
  language: 'en',
  frameMs: 1000 / 60,
}

export function simulatedParticipant(
  kind: SimulatedKind,
  random: SeededRandom,
  session: { classes: number; layout: readonly number[]; elapsedMs: number },
): SimulatedParticipant {
  const annotator = simulatedAnnotator(kind, random, session)
  let clock = session.elapsedMs
  return {
    answer({ practice, trial, told = null }, seen) {
      const own = annotator.answer(seen)
      const chosen = told ?? own.chosen
      const onsetMs = clock + random.between(PAUSE_MS.least, PAUSE_MS.most)
      clock = onsetMs + own.reactionTimeMs
      return {
        practice,
        trial,
        chosen,
        slot: told === null ? own.slot : session.layout.indexOf(told),
        reactionTimeMs: own.reactionTimeMs,
        onsetMs,
        elapsedMs: clock,
        focusLosses: random.uniform() < FOCUS_LOSS ? 1 : 0,
      }
    },
  }
}
