/** Predicted distributions beside what they are judged against, and the row operations all measures share. */
import { StudioError } from '../errors'
import { rowAt } from '../labels/distribution'

type Floats = Float32Array | Float64Array

export interface Predictions {
  /** Network distributions (n, classes), row-major. */
  values: Floats
  /** Publisher's labels (n). */
  labels: Uint8Array | Int32Array
  /** Human distributions (n, classes). */
  people: Floats
  classes: number
}

/** Probabilities are clipped below at this before a logarithm is taken; reports say so. */
export const CLIP = 1e-12

export const countOf = ({ values, classes }: Predictions): number => values.length / classes

/** Mean over images of `measure(image)`. */
export function meanOverImages(predictions: Predictions, measure: (image: number) => number): number {
  const count = countOf(predictions)
  let sum = 0
  for (let image = 0; image < count; image++) sum += measure(image)
  return sum / count
}

const TOLERANCE = 1e-3

/** Throws StudioError('bad-input') naming the first row that is not a distribution, or a label out of range. */
export function checkPredictions(predictions: Predictions): void {
  const { values, labels, people, classes } = predictions
  const count = labels.length
  const refuse = (what: string) => new StudioError('bad-input', what)
  if (!Number.isInteger(classes) || classes < 2) throw refuse(`There must be at least 2 classes, not ${classes}.`)
  if (count === 0) throw refuse('There are no predictions to measure.')
  for (const [name, rows] of [
    ['predictions', values],
    ['distributions', people],
  ] as const) {
    if (rows.length !== count * classes) {
      throw refuse(`The ${name} hold ${rows.length / classes} rows of ${classes} classes, the labels ${count}.`)
    }
    for (let row = 0; row < count; row++) {
      let sum = 0
      for (const value of rowAt(rows, row, classes)) {
        if (!(value >= 0 && value <= 1 + TOLERANCE))
          throw refuse(`Row ${row} of the ${name} holds ${value}, no probability.`)
        sum += value
      }
      if (Math.abs(sum - 1) > TOLERANCE) throw refuse(`Row ${row} of the ${name} sums to ${sum}, not to 1.`)
    }
  }
  labels.forEach((label: number, row: number) => {
    if (!(label >= 0 && label < classes))
      throw refuse(`Row ${row} has label ${label}; classes are 0 to ${classes - 1}.`)
  })
}
