/**
 * Agreement of the whole distribution, not of its first choice alone (what the paper's Figure 3B is about; its released
 * files hold no numbers for it, so the definitions are ours), and of the first choice with people's.
 */
import { rowAt } from '../labels/distribution'
import { pearson } from './correlation'
import { countOf, meanOverImages, type Predictions } from './predictions'

/**
 * Mean over images of sum_c min(p(c), q(c)), which is 1 - total variation distance: the share of judgments that people
 * and network hold in common. From 0 to 1, 1 only for equal distributions.
 */
export function overlapWithPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const q = rowAt(values, image, classes)
    let sum = 0
    rowAt(people, image, classes).forEach((p, c) => (sum += Math.min(p, q[c] as number)))
    return sum
  })
}

/**
 * Mean over images of Pearson's correlation, over the classes, of people's with the network's probabilities. Images on
 * which either is uniform have no correlation and are left out; null where that leaves none.
 */
export function distributionPearson(predictions: Predictions): number | null {
  const { values, people, classes } = predictions
  let sum = 0
  let images = 0
  for (let image = 0; image < countOf(predictions); image++) {
    const found = pearson(rowAt(values, image, classes), rowAt(people, image, classes))
    if (found === null) continue
    sum += found
    images++
  }
  return images === 0 ? null : sum / images
}

/** The probability of each class to be ranked first when ties are broken at random. */
export function firstChances(row: ArrayLike<number>): number[] {
  const values = Array.from(row)
  const first = Math.max(...values)
  const tied = values.filter((value) => value === first).length
  return values.map((value) => (value === first ? 1 / tied : 0))
}

/**
 * Share of images whose most probable class is people's most frequent choice. Ties on either side are broken at random
 * and counted by expectation: where m classes tie for people's first, predicting one of them counts 1/m.
 */
export function accuracyToPeople(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const network = firstChances(rowAt(values, image, classes))
    return firstChances(rowAt(people, image, classes)).reduce(
      (sum, chance, c) => sum + chance * (network[c] as number),
      0,
    )
  })
}
