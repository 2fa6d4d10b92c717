/**
 * Split-conformal prediction at 90% (least ambiguous sets: Sadinle, Lei and Wasserman, JASA 114, 2019). A calibration
 * half of m images gives the score 1 - q(label) of each; an image of the other half is answered with the set of all
 * classes whose score is at most the ceil(0.9 (m + 1))-th smallest. For exchangeable images such a set holds the label
 * with probability 0.9 to 0.9 + 1/(m + 1), and more where scores tie. A set may be empty.
 *
 * The halves are images at even and at odd positions (images sorted by class stay balanced), each calibrating
 * the other: every image is answered once, and nothing is drawn. Fewer than 20 images are too few to say anything.
 */
import { rowAt } from '../labels/distribution'
import { countOf, type Predictions } from './predictions'

const FEWEST = 20

export interface Conformal {
  /** Share of images whose set holds the publisher's label. */
  coverage: number
  /** Mean share of people whose choice the set holds. */
  peopleCovered: number
  /** Mean number of classes in a set. */
  setSize: number
}

/** Null where there are fewer than 20 images. */
export function conformal(predictions: Predictions): Conformal | null {
  const { values, labels, people, classes } = predictions
  const count = countOf(predictions)
  if (count < FEWEST) return null
  const thresholds = [threshold(predictions, 1), threshold(predictions, 0)] as const
  let [covered, mass, size] = [0, 0, 0]
  for (let image = 0; image < count; image++) {
    const least = image % 2 === 0 ? thresholds[0] : thresholds[1]
    rowAt(values, image, classes).forEach((q, c) => {
      if (q < least) return
      size++
      mass += people[image * classes + c] as number
      if (c === labels[image]) covered++
    })
  }
  return { coverage: covered / count, peopleCovered: mass / count, setSize: size / count }
}

/**
 * The least probability of a class in a set, calibrated on the positions of one parity. Scores are compared as the
 * probabilities themselves, which subtracting from 1 would round.
 */
function threshold({ values, labels, classes }: Predictions, parity: 0 | 1): number {
  const own: number[] = []
  for (let image = parity; image < labels.length; image += 2) {
    own.push(values[image * classes + (labels[image] as number)] as number)
  }
  own.sort((a, b) => b - a)
  // Whole numbers before the division: 0.9 (m + 1) itself could round up past a whole number.
  return own[Math.ceil((9 * (own.length + 1)) / 10) - 1] as number
}
