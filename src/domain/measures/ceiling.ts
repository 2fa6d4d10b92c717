/**
 * Split-half ceilings: what one half of the judges scores in predicting the other half, the measure of a network as
 * good as (half of) the people. Each image's judgments are dealt into halves without replacement, the larger half of an
 * odd number to the second; each half predicts the other once, and the two scores are averaged, then R random splits.
 *
 * Half of 51 judgments is a coarse predictor: a network that knows people's true distributions scores better, so a
 * ceiling is a mark to compare with, not a bound.
 */
import { StudioError } from '../errors'
import { Random } from '../addressedRandom'
import { accuracyToPeople } from './agreement'
import { crossEntropyToPeople } from './crossEntropy'
import type { Predictions } from './predictions'
import { secondBestAccuracy } from './secondBest'

export interface Ceiling {
  /** Images with two judgments or more; the others are left out. */
  images: number
  splits: number
  /** Nats, with the half's shares clipped below at 1e-12: a class that only one half chose dominates. */
  crossEntropy: number
  /** Nats, with the half's counts smoothed to (n + 1/2) / (N + classes/2) (Krichevsky and Trofimov, 1981). */
  crossEntropySmoothed: number
  /** Agreement of first choices, ties counted by expectation (`accuracyToPeople`). */
  accuracyToPeople: number
  /** As described, over the images on which the predicted half has a second choice; null where there is none. */
  secondBestAccuracy: number | null
}

/** Keeps the streams apart from every PURPOSE of a run. */
const SPLIT = 4051

/**
 * @param counts judgments (n, classes), row-major, whole numbers
 * @throws StudioError('bad-input') where no image has two judgments
 */
export function splitHalfCeiling(counts: Uint32Array, classes: number, { seed = 0, splits = 10 } = {}): Ceiling {
  const judged = Array.from({ length: counts.length / classes }, (_, image) =>
    counts.subarray(image * classes, (image + 1) * classes),
  ).filter((row) => row.reduce((a, b) => a + b, 0) >= 2)
  if (judged.length === 0) throw new StudioError('bad-input', 'No image has two judgments to split.')
  const score = { crossEntropy: 0, crossEntropySmoothed: 0, accuracyToPeople: 0, secondBest: 0 }
  let withSecond = 0
  for (let split = 0; split < splits; split++) {
    const random = new Random(seed, SPLIT, split)
    const dealt = judged.map((row) => halve(row, random))
    const [first, second] = [dealt.map(([half]) => half), dealt.map(([, half]) => half)]
    for (const [half, other] of [
      [first, second],
      [second, first],
    ] as const) {
      const predicted = beside(distributions(half, 0), distributions(other, 0), classes)
      score.crossEntropy += crossEntropyToPeople(predicted)
      score.crossEntropySmoothed += crossEntropyToPeople({ ...predicted, values: distributions(half, 1 / 2) })
      score.accuracyToPeople += accuracyToPeople(predicted)
      const { accuracy } = secondBestAccuracy(predicted)
      if (accuracy === null) continue
      score.secondBest += accuracy
      withSecond++
    }
  }
  return {
    images: judged.length,
    splits,
    crossEntropy: score.crossEntropy / (2 * splits),
    crossEntropySmoothed: score.crossEntropySmoothed / (2 * splits),
    accuracyToPeople: score.accuracyToPeople / (2 * splits),
    secondBestAccuracy: withSecond === 0 ? null : score.secondBest / withSecond,
  }
}

/**
 * Half the judgments of one image, rounded down, drawn without replacement (multivariate hypergeometric); and the rest.
 */
export function halve(counts: Uint32Array, random: Random): [Uint32Array, Uint32Array] {
  const rest = counts.slice()
  const drawn = new Uint32Array(counts.length)
  let left = counts.reduce((a, b) => a + b, 0)
  for (let draws = Math.floor(left / 2); draws > 0; draws--) {
    let place = random.integer(--left)
    let c = 0
    while (place >= (rest[c] as number)) place -= rest[c++] as number
    rest[c] = (rest[c] as number) - 1
    drawn[c] = (drawn[c] as number) + 1
  }
  return [drawn, rest]
}

/** Counts, `added` to each class, as probabilities (n, classes). */
function distributions(rows: Uint32Array[], added: number): Float64Array {
  const classes = rows[0]?.length ?? 0
  const result = new Float64Array(rows.length * classes)
  rows.forEach((row, image) => {
    const total = row.reduce((a, b) => a + b, 0) + added * classes
    row.forEach((count, c) => (result[image * classes + c] = (count + added) / total))
  })
  return result
}

/** These measures ask for no label; second-best accuracy counts images by them. */
const beside = (values: Float64Array, people: Float64Array, classes: number): Predictions => ({
  values,
  people,
  classes,
  labels: new Uint8Array(values.length / classes),
})
