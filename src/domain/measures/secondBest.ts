/**
 * Second-best accuracy: does the network's second-ranked class agree with people's second (paper, section 5.2)?
 *
 * Described: over the images that have a second choice (people's second probability is positive: 5,607 of
 * CIFAR-10H's 10,000). Ties are broken at random and counted by expectation: where m classes tie for second, naming
 * one of them counts 1/m.
 *
 * Released: over all images, by ascending argsort that keeps the order of equals, so that a unanimous image's
 * "second" is its last class of probability 0.
 */
import { rowAt } from '../labels/distribution'
import { countOf, meanOverImages, type Predictions } from './predictions'

/** The probability of each class to be ranked second when ties are broken at random. */
export function secondChances(row: ArrayLike<number>): number[] {
  const values = Array.from(row)
  const first = Math.max(...values)
  const top = values.filter((value) => value === first).length
  const second = top > 1 ? first : Math.max(...values.filter((value) => value < first))
  const tied = top > 1 ? top : values.filter((value) => value === second).length
  return values.map((value) => (value === second ? 1 / tied : 0))
}

export interface SecondBest {
  /** Null where no image has a second choice. */
  accuracy: number | null
  /** How many images have one. */
  images: number
}

export function secondBestAccuracy({ values, people, labels, classes }: Predictions): SecondBest {
  let images = 0
  let agreed = 0
  for (let image = 0; image < labels.length; image++) {
    const human = rowAt(people, image, classes)
    if (human.filter((probability) => probability > 0).length < 2) continue
    images++
    const network = secondChances(rowAt(values, image, classes))
    agreed += secondChances(human).reduce((sum, chance, c) => sum + chance * (network[c] as number), 0)
  }
  return { accuracy: images === 0 ? null : agreed / images, images }
}

export function secondBestAccuracyReleased(predictions: Predictions): number {
  if (countOf(predictions) === 0) return 0
  const { values, people, classes } = predictions
  const second = (row: ArrayLike<number>): number => {
    const ascending = Array.from(row, (_, c) => c).sort((a, b) => (row[a] as number) - (row[b] as number) || a - b)
    return ascending[classes - 2] as number
  }
  return meanOverImages(predictions, (image) =>
    second(rowAt(values, image, classes)) === second(rowAt(people, image, classes)) ? 1 : 0,
  )
}
