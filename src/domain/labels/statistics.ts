/** Descriptive figures of a label set: what `stats` prints and the Data place shows. Entropies in nats. */
import { categoryDistributions } from './categories'
import { entropyNats, rowAt } from './distribution'
import type { LabelStats } from './sets'

export interface LabelTable {
  images: number
  /** Number of classes. */
  classes: number
  /** (images*classes) kept judgments, null where the source holds probabilities only. */
  counts: Uint32Array | null
  /** (images*classes), rows sum to 1. */
  probabilities: Float64Array
  /**
   * (images*classes) the judgments that the probabilities were aggregated from, where they are not shares of them: says
   * which images nobody judged and on which all agree.
   */
  votes?: Uint32Array | null
}

/** Entropy of every image, in nats. */
export function entropies({ images, classes, probabilities }: LabelTable): Float64Array {
  return Float64Array.from({ length: images }, (_, i) => entropyNats(rowAt(probabilities, i, classes)))
}

/** Counts as probabilities: counts / row sum, exactly as published; uniform where an image has no judgments. */
export function countsToProbabilities(counts: Uint32Array, classes: number): Float64Array {
  const probabilities = new Float64Array(counts.length)
  for (let at = 0; at < counts.length; at += classes) {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += counts[at + c] ?? 0
    for (let c = 0; c < classes; c++) probabilities[at + c] = sum > 0 ? (counts[at + c] ?? 0) / sum : 1 / classes
  }
  return probabilities
}

/**
 * Statistics of a label set. `truth` is the publisher's label per image (255 where there is none), null where unknown:
 * then no label can be below the maximum and the category matrix is empty. `annotators` is null where the source has
 * none. Images without a single judgment are counted in `images` and left out of every other figure; images with one
 * are not unanimous.
 */
export function labelStatistics(
  labels: LabelTable,
  truth: Uint8Array | null,
  annotators: { annotators: number; excluded: number } | null,
): LabelStats {
  const { images, classes, counts, probabilities } = labels
  const votes = counts ?? labels.votes ?? null
  const truths = truth?.slice()
  let entropy = 0
  let judged = 0
  let unanimous = 0
  let below = 0
  const perImage = { min: Infinity, max: 0, sum: 0 }
  for (let i = 0; i < images; i++) {
    const row = Array.from(rowAt(counts ?? probabilities, i, classes))
    const given = votes && Array.from(rowAt(votes, i, classes))
    const sum = given ? given.reduce((total, value) => total + value, 0) : null
    if (sum !== null) {
      perImage.min = Math.min(perImage.min, sum)
      perImage.max = Math.max(perImage.max, sum)
      perImage.sum += sum
      if (sum === 0) {
        if (truths) truths[i] = 255
        continue
      }
    }
    judged++
    const p = rowAt(probabilities, i, classes)
    entropy += entropyNats(p)
    // Where the source holds probabilities alone, how many people stand behind them is not known.
    if ((given ?? row).filter((value) => value > 0).length === 1 && (sum ?? 2) > 1) unanimous++
    const label = truth?.[i] ?? classes
    if (label >= classes) continue
    const own = row[label] ?? 0
    if (row.some((value) => value > own)) below++
  }
  const categories = truths && categoryDistributions(probabilities, truths, classes)
  return {
    images,
    judgments: counts ? perImage.sum : null,
    annotators: annotators?.annotators ?? null,
    excluded: annotators?.excluded ?? null,
    judgmentsPerImage:
      counts && images > 0 ? { min: perImage.min, max: perImage.max, mean: perImage.sum / images } : null,
    meanEntropyNats: judged > 0 ? entropy / judged : 0,
    unanimousImages: unanimous,
    labelBelowMaximum: below,
    categorySoftLabels: Array.from({ length: categories ? classes : 0 }, (_, c) =>
      Array.from(categories?.subarray(c * classes, (c + 1) * classes) ?? []),
    ),
  }
}
