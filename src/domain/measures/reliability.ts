/**
 * Reliability: how often the predicted class is right (against labels), or how many people say the same (against
 * people), in 15 bins of equal width of the network's confidence. Bins are closed above, as in the expected
 * calibration error; folds are pooled, each image once for every run that held it out.
 * Of images that nobody judged, only labels are asked.
 */
import { argmax, rowAt } from '../labels/distribution'
import { isJudged } from '../labels/unjudged'
import type { Distributions } from './humanEntropy'

export const BINS = 15

/** Of one run: network distributions (heldOut.length, classes), and the image of each row. */
export interface RunPredictions {
  run: number
  values: Float32Array
  heldOut: Int32Array
}

export interface Truth {
  /** Publisher's label of every image. */
  labels: Uint8Array
  /** (images, classes), NaN for images that nobody judged. */
  distributions: Distributions
  classes: number
}

export interface Bin {
  /** Predictions in it. */
  count: number
  confidence: number
  correct: number
  /** Mean share of people who chose the predicted class, over `judged`; NaN where nobody judged any of them. */
  people: number
  /** Predictions of images that people judged. */
  judged: number
}

/** Only bins that hold predictions, in ascending order of confidence. */
export function reliability(predictions: readonly RunPredictions[], { labels, distributions, classes }: Truth): Bin[] {
  const bins = Array.from({ length: BINS }, (): Bin => ({ count: 0, confidence: 0, correct: 0, people: 0, judged: 0 }))
  for (const { values, heldOut } of predictions)
    heldOut.forEach((image, row) => {
      const found = rowAt(values, row, classes)
      const predicted = argmax(found)
      const confidence = found[predicted] ?? 0
      const bin = bins[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]
      if (!bin) return
      bin.count++
      bin.confidence += confidence
      bin.correct += labels[image] === predicted ? 1 : 0
      if (!isJudged(distributions, image, classes)) return
      bin.judged++
      bin.people += distributions[image * classes + predicted] ?? 0
    })
  return bins
    .filter(({ count }) => count > 0)
    .map(({ count, confidence, correct, people, judged }) => ({
      count,
      confidence: confidence / count,
      correct: correct / count,
      people: people / judged,
      judged,
    }))
}
