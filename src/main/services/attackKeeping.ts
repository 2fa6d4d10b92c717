/** What stays of an attack in the run's folder: predictions before and after, and the first images pixel by pixel. */
import type { Attacked } from '../../engine/attacks'
import type { RunInfo } from '../../shared/domain'
import type { ProjectStore } from '../store'
import { writeAttackPredictions, writeCleanPredictions, writeExamples } from '../store/runFiles'
import { attacksOn } from './attackPredictions'
import { imageSetNamed } from './data'

/** Images of each attack that are kept pixel by pixel. */
export const EXAMPLES = 48

/** The attack as the run's next, with all that is kept of it, or nothing of it. Answers its number. */
export function keepAttack(store: ProjectStore, run: RunInfo, attacked: Attacked): number {
  return store.transaction(() => {
    const number = attacksOn(store, run).length + 1
    keepFiles(store, run, number, attacked)
    store.runs.addAttack(run.id, attacked.result)
    return number
  })
}

/** Predictions and examples of attack `number`. */
export function keepFiles(store: ProjectStore, run: RunInfo, number: number, attacked: Attacked) {
  const folder = store.runFolder(run.id)
  const { predictions, clean, indices } = attacked
  writeAttackPredictions(folder, number, predictions, indices)
  writeCleanPredictions(folder, number, clean, indices.length)
  keepExamples(store, run, number, attacked)
}

export function keepExamples(store: ProjectStore, run: RunInfo, number: number, attacked: Attacked) {
  const set = imageSetNamed(store, run.config.imageSet)
  const { height, width, channels, classes } = set
  const { predictions, clean, indices, examples } = attacked
  const count = examples.originals.length / (height * width * channels)
  writeExamples(store.runFolder(run.id), number, {
    ...{ height, width, channels },
    images: indices.slice(0, count),
    // Packed pixels, cropped or not, divided by 255: exact both ways.
    originals: Uint8Array.from(examples.originals, (value) => Math.round(255 * value)),
    adversarial: examples.adversarial,
    before: clean.slice(0, count * classes.length),
    after: predictions.slice(0, count * classes.length),
  })
}
