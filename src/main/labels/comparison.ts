/** Two label sets over the same images, image by image: how far apart the distributions lie, and where most. */
import { entropyNats, rowAt } from '../../domain/labels/distribution'
import { pearson } from '../../domain/measures/correlation'
import type { Input } from '../../contract'
import type { LabelSetInfo } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import type { Comparison, ImageDifference } from '../../domain/study'
import type { ProjectStore } from '../storage'
import type { LabelArrays } from '../storage/labelSets'
import { labelSetNamed } from './labelSets'
import { labelArrays, publishedLabels } from '../project/kept'

/** Probabilities this close are equal: the same shares reached by different sums. */
const SAME = 1e-9

function refuseUnlike(first: LabelSetInfo, second: LabelSetInfo, a: LabelArrays, b: LabelArrays) {
  const hint = 'Choose two label sets of one image set.'
  if (first.imageSet !== second.imageSet) {
    const message = `${first.name} labels the images of ${first.imageSet}, ${second.name} those of ${second.imageSet}: image by image they cannot be compared.`
    throw new StudioError('bad-input', message, { hint })
  }
  if (a.images !== b.images || a.classes !== b.classes) {
    const size = ({ images, classes }: LabelArrays) => `${images} images in ${classes} classes`
    const message = `${first.name} holds ${size(a)}, ${second.name} ${size(b)}: image by image they cannot be compared.`
    throw new StudioError('bad-input', message, { hint })
  }
}

const distribution = ({ probabilities, classes }: LabelArrays, i: number) =>
  probabilities.subarray(i * classes, (i + 1) * classes)

/** Half the sum of absolute differences: the share of people who would have to answer otherwise. 0 to 1. */
function totalVariation(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0
  for (let c = 0; c < p.length; c++) sum += Math.abs((p[c] ?? 0) - (q[c] ?? 0))
  return sum / 2
}

/** No class comes first in both. Classes that tie for the first place share it. */
function firstsDiffer(p: Float64Array, q: Float64Array): boolean {
  const [most, other] = [Math.max(...p), Math.max(...q)]
  for (let c = 0; c < p.length; c++) if ((p[c] ?? 0) >= most - SAME && (q[c] ?? 0) >= other - SAME) return false
  return true
}

/**
 * Images without a judgment in one of the sets are left out: their uniform distribution says nothing of people. The
 * most different come first, equals in the order of the image set. Throws StudioError where the sets do not fit.
 */
export function compareLabels(store: ProjectStore, query: Input<'labels.compare'>): Comparison {
  const [first, second] = [labelSetNamed(store, query.first), labelSetNamed(store, query.second)]
  const [a, b] = [labelArrays(store, first.id), labelArrays(store, second.id)]
  refuseUnlike(first, second, a, b)
  const labelOf = publishedLabels(store, first)
  const judged = ({ counts, classes }: LabelArrays, i: number) =>
    !counts || rowAt(counts, i, classes).some((n) => n > 0)
  const found: (Omit<ImageDifference, 'first' | 'second'> & { entropies: [number, number] })[] = []
  let differs = 0
  for (let image = 0; image < a.images; image++) {
    if (!judged(a, image) || !judged(b, image)) continue
    const [p, q] = [distribution(a, image), distribution(b, image)]
    const entropies: [number, number] = [entropyNats(p), entropyNats(q)]
    if (firstsDiffer(p, q)) differs++
    found.push({
      image,
      label: labelOf(image),
      totalVariation: totalVariation(p, q),
      entropyDifferenceNats: entropies[1] - entropies[0],
      entropies,
    })
  }
  const mean = found.reduce((sum, each) => sum + each.totalVariation, 0) / Math.max(1, found.length)
  const correlation = pearson(
    found.map(({ entropies }) => entropies[0]),
    found.map(({ entropies }) => entropies[1]),
  )
  found.sort((left, right) => right.totalVariation - left.totalVariation || left.image - right.image)
  return {
    images: found.length,
    meanTotalVariation: mean,
    entropyCorrelation: correlation,
    firstChoiceDiffers: differs,
    differences: found.slice(0, query.limit).map(({ entropies: _, ...each }) => ({
      ...each,
      first: Array.from(distribution(a, each.image)),
      second: Array.from(distribution(b, each.image)),
    })),
  }
}
