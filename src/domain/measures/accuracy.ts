/** Share of images whose most probable class is the publisher's label; the first class among equals. */
import { argmax, rowAt } from '../labels/distribution'
import { meanOverImages, type Predictions } from './predictions'

export function accuracy(predictions: Predictions): number {
  const { values, labels, classes } = predictions
  return meanOverImages(predictions, (image) => (argmax(rowAt(values, image, classes)) === labels[image] ? 1 : 0))
}
