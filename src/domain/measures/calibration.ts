/**
 * Expected calibration error: mean |confidence - correctness| over 15 bins of equal width on [0, 1], weighted by the
 * images in them (L1). Bins are closed above: (0, 1/15], ...; a confidence of exactly 1 is in the last, 0 in the first.
 */
import { argmax, rowAt } from '../labels/distribution'
import { countOf, type Predictions } from './predictions'

export const CALIBRATION_BINS = 15

/** Correctness is 1 where the predicted class is the publisher's label. */
export function expectedCalibrationError(predictions: Predictions): number {
  return binned(predictions, (image, predicted) => (predictions.labels[image] === predicted ? 1 : 0))
}

/** Correctness is the share of people who chose the predicted class. */
export function expectedCalibrationErrorToPeople(predictions: Predictions): number {
  return binned(
    predictions,
    (image, predicted) => predictions.people[image * predictions.classes + predicted] as number,
  )
}

function binned(predictions: Predictions, correctness: (image: number, predicted: number) => number): number {
  const excess = new Float64Array(CALIBRATION_BINS)
  const count = countOf(predictions)
  for (let image = 0; image < count; image++) {
    const row = rowAt(predictions.values, image, predictions.classes)
    const predicted = argmax(row)
    const confidence = row[predicted] as number
    const bin = Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1))
    excess[bin] = (excess[bin] as number) + confidence - correctness(image, predicted)
  }
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / count
}
