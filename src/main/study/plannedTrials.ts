/** The trials of a session: drawn when it comes to them, and how many they will be, known from its opening on. */
import { SeededRandom } from '../../domain/random'
import { drawPlan, planTrials, type Plan } from '../../domain/study/draw'
import { shortage, trialsOf } from '../../domain/study/protocol'
import type { SessionRow } from '../storage/sessions'
import type { StudyState } from './state'

/** Streams of the study's seed: a participant's layout and practice, and their draws, do not depend on each other. */
const STREAMS = { layout: 1, draw: 2 } as const

export const sessionRandom = (
  { study }: Pick<StudyState, 'study'>,
  session: Pick<SessionRow, 'number'>,
  stream: keyof typeof STREAMS,
) => new SeededRandom(study.config.seed, session.number * 4 + STREAMS[stream])

/** @param loads judgments per image that count or are under way: which images are drawn, never how many */
export function drawTrials(state: StudyState, session: SessionRow, loads: Int32Array): Plan {
  const { study, images } = state
  const { protocol, checks } = study.config
  const checksFromSameSet = images.checks.set.id === images.set.id
  const drawing = {
    ...{ protocol, loads, checksFromSameSet, candidates: images.candidates, labels: images.labels },
    ...{ classes: images.set.classes.length, checks: checks?.images ?? [] },
  }
  return drawPlan(drawing, sessionRandom(state, session, 'draw'))
}

/**
 * Trials of a session, checks among them, before they are drawn as after. What the protocol says, unless an earlier
 * version let in a study whose checks take images away that the protocol promises: then as many as the draw will give.
 */
export function plannedTrials(state: StudyState, session: SessionRow): number {
  if (session.trials > 0) return session.trials
  const { study, images } = state
  const short = shortage(study.config, images.candidates, images.labels, images.set.classes)
  if (!short) return trialsOf(study.config.protocol, images.candidates.length)
  return planTrials(drawTrials(state, session, new Int32Array(images.set.count)))
}
