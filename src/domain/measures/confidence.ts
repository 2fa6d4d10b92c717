/**
 * Confidence when right and when wrong (paper, Figure 3A): the mean probability of the predicted class over the images
 * whose predicted class is, or is not, the publisher's label; from 1/classes to 1. Predicted is the most probable
 * class, the first among equals, as in accuracy, so that
 * accuracy * right + (1 - accuracy) * wrong is the mean confidence of all images.
 */
import { argmax, rowAt } from '../labels/distribution'
import { type Predictions } from './predictions'

export interface Confidence {
  /** Null where no prediction is right. */
  right: number | null
  /** Null where no prediction is wrong. */
  wrong: number | null
}

export function confidence({ values, labels, classes }: Predictions): Confidence {
  const sum = { right: 0, wrong: 0 }
  const images = { right: 0, wrong: 0 }
  labels.forEach((label: number, image: number) => {
    const row = rowAt(values, image, classes)
    const predicted = argmax(row)
    const side = predicted === label ? 'right' : 'wrong'
    sum[side] += row[predicted] as number
    images[side]++
  })
  const mean = (side: 'right' | 'wrong') => (images[side] === 0 ? null : sum[side] / images[side])
  return { right: mean('right'), wrong: mean('wrong') }
}
