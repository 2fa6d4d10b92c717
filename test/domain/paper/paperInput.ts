/** What a report is made of, with predictions. */
import type { RunInfo } from '../../../src/domain/runs/info'
import { generator, humanDistributions, IMAGE_SET, LABEL_SET } from '../results/fixture'
import { paperRuns } from './paperFixture'

/** Held-out predictions that are sometimes wrong and, for hard targets, too sure of it. */
export function predictionsOf(run: RunInfo) {
  const noise = generator(run.id)
  const heldOut = Int32Array.from({ length: 1000 }, (_, i) => 1000 * run.config.fold + i)
  const values = new Float32Array(heldOut.length * 10)
  heldOut.forEach((image, row) => {
    const confidence = 0.3 + 0.7 * noise() ** (run.config.target === 'hard' ? 0.25 : 0.5)
    const right = noise() < confidence ** (run.config.target === 'hard' ? 1.6 : 1)
    const predicted = right ? image % 10 : (image + 3) % 10
    for (let c = 0; c < 10; c++) values[row * 10 + c] = c === predicted ? confidence : (1 - confidence) / 9
  })
  return { run: run.id, values, heldOut }
}

/** Of pretrained networks, on all images people judged. */
function judged(run: RunInfo) {
  const noise = generator(500 + run.id)
  const images = Int32Array.from({ length: 10_000 }, (_, i) => i)
  const values = new Float32Array(100_000)
  images.forEach((image) => {
    const confidence = 0.5 + 0.5 * noise()
    for (let c = 0; c < 10; c++) values[image * 10 + c] = c === image % 10 ? confidence : (1 - confidence) / 9
  })
  return { run: run.id, imageSet: 'cifar10-test', values, images }
}

export function paperInput() {
  const runs = paperRuns()
  const scratch = runs.filter(({ config }) => config.folds > 1 && config.startFrom === null)
  return {
    preset: 'laptop' as const,
    created: '2026-01-05T10:30:00.000Z',
    runs,
    imageSet: IMAGE_SET,
    labelSet: LABEL_SET,
    people: { distributions: humanDistributions(10_000), classes: 10 },
    labels: Uint8Array.from({ length: 10_000 }, (_, i) => i % 10),
    predictions: scratch.map(predictionsOf),
    setPredictions: runs.filter(({ config }) => config.folds === 1).map(judged),
  }
}
