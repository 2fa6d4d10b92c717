/** Distances between network and human distributions: Brier, Kullback-Leibler, Jensen-Shannon (nats). */
import { entropyNats, rowAt } from '../labels/distribution'
import { CLIP, meanOverImages, type Predictions } from './predictions'

const squared = (a: ArrayLike<number>, b: (c: number) => number): number =>
  Array.from(a).reduce((sum, value, c) => sum + (value - b(c)) ** 2, 0)

/** Mean over images of sum_c (q(c) - [c is the label])^2, from 0 to 2. */
export function brierToLabels(predictions: Predictions): number {
  const { values, labels, classes } = predictions
  return meanOverImages(predictions, (image) =>
    squared(rowAt(values, image, classes), (c) => (c === labels[image] ? 1 : 0)),
  )
}

/** Mean over images of sum_c (q(c) - p(c))^2. */
export function brierToPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) =>
    squared(rowAt(values, image, classes), (c) => people[image * classes + c] as number),
  )
}

/** Mean of KL(people || network), network probabilities clipped below at 1e-12. */
export function klToPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const q = rowAt(values, image, classes)
    let sum = 0
    rowAt(people, image, classes).forEach((p, c) => {
      if (p > 0) sum += p * Math.log(p / Math.max(CLIP, q[c] as number))
    })
    return sum
  })
}

/** Mean Jensen-Shannon divergence, from 0 to log 2. */
export function jensenShannonToPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const p = rowAt(people, image, classes)
    const q = rowAt(values, image, classes)
    const middle = Array.from(p, (value, c) => (value + (q[c] as number)) / 2)
    return Math.max(0, entropyNats(middle) - (entropyNats(p) + entropyNats(q)) / 2)
  })
}
