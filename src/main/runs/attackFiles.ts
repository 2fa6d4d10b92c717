/** What stays of an attack in the run's folder: predictions before and after, and the first images pixel by pixel. */
import type { Attacked } from '../../engine/attacks'
import type { ImageShape } from '../../engine/model'
import type { RunInfo } from '../../domain/runs/info'
import type { ProjectStore } from '../storage'
import { writeAttackPredictions, writeCleanPredictions, writeExamples } from '../storage/runFiles'
import { attacksOn } from './attackResults'
import { imageSetNamed } from '../labels/labelSets'

/** The attack as the run's next, with all that is kept of it, or nothing of it. Answers its number. */
export function keepAttack(store: ProjectStore, run: RunInfo, attacked: Attacked): number {
  return store.transaction(() => {
    const number = attacksOn(store, run).length + 1
    keepFiles(store.runFolder(run.id), shapeOf(store, run), number, attacked)
    store.runs.addAttack(run.id, attacked.result)
    return number
  })
}

export function shapeOf(store: ProjectStore, run: RunInfo): ImageShape {
  const { height, width, channels, classes } = imageSetNamed(store, run.config.imageSet)
  return { height, width, channels, classes: classes.length }
}

/** Predictions and examples of attack `number`, into the run's folder. */
export function keepFiles(folder: string, shape: ImageShape, number: number, attacked: Attacked) {
  const { predictions, clean, indices } = attacked
  writeAttackPredictions(folder, number, predictions, indices)
  writeCleanPredictions(folder, number, clean, indices.length)
  keepExamples(folder, shape, number, attacked)
}

export function keepExamples(
  folder: string,
  { height, width, channels, classes }: ImageShape,
  number: number,
  { predictions, clean, indices, examples }: Attacked,
) {
  const count = examples.originals.length / (height * width * channels)
  writeExamples(folder, number, {
    ...{ height, width, channels },
    images: indices.slice(0, count),
    // Packed pixels, cropped or not, divided by 255: exact both ways.
    originals: Uint8Array.from(examples.originals, (value) => Math.round(255 * value)),
    adversarial: examples.adversarial,
    before: clean.slice(0, count * classes),
    after: predictions.slice(0, count * classes),
  })
}
