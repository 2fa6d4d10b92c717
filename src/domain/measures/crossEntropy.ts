/** Cross-entropies of network distributions, nats, probabilities clipped below at 1e-12 (paper, section 5). */
import { rowAt } from '../labels/distribution'
import { CLIP, meanOverImages, type Predictions } from './predictions'

const negativeLog = (probability: number): number => -Math.log(Math.max(CLIP, probability))

/** Mean of -log q(label). */
export function crossEntropyToLabels(predictions: Predictions): number {
  const { values, labels, classes } = predictions
  return meanOverImages(predictions, (image) =>
    negativeLog(values[image * classes + (labels[image] as number)] as number),
  )
}

/** Mean of -sum_c p(c) log q(c) over people's p; 0 log 0 = 0. Its floor is people's mean entropy. */
export function crossEntropyToPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const q = rowAt(values, image, classes)
    let sum = 0
    rowAt(people, image, classes).forEach((p, c) => {
      if (p > 0) sum += p * negativeLog(q[c] as number)
    })
    return sum
  })
}
