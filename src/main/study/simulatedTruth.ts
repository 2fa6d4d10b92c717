/** What simulated annotators of a study see: the published distributions of its images where there are any. */
import type { ImageSetInfo, LabelSetFormat, LabelSetInfo } from '../../domain/labels/sets'
import { NO_LABEL } from '../../domain/labels/judgments'
import { plural } from '../../domain/text/numbers'
import { CONFUSION_IN_WORDS, confusionTruth, type SimulatedTrial } from '../../domain/study/simulation'
import { rowAt } from '../../domain/labels/distribution'
import type { ProjectStore } from '../storage'
import { unjudgedImages } from '../labels/votesBehind'

/** What people said, as their publisher gave it; not what a study or an aggregation made here. */
const PUBLISHED: readonly LabelSetFormat[] = ['cifar10h-raw', 'cifar10h-counts', 'cifar10h-probs', 'cifar10n', 'demo']

export interface Truth {
  /** (images*classes), rows sum to 1. */
  probabilities: Float64Array
  /** The label set's name, or the confusion matrix in words. */
  source: string
}

/** Published label sets of the images, the newest first. */
export const publishedFor = (store: ProjectStore, set: ImageSetInfo): LabelSetInfo[] =>
  store.labelSets
    .list()
    .filter(
      ({ imageSet, format, images }) => imageSet === set.name && images === set.count && PUBLISHED.includes(format),
    )
    .toReversed()

/** Of the newest published label set that fits the images; where it has none, by the stated confusion matrix. */
export function truthOf(store: ProjectStore, set: ImageSetInfo): Truth {
  const confusion = () => confusionTruth(store.imageSets.labels(set.id), set.classes.length)
  for (const labelSet of publishedFor(store, set)) {
    const { name } = labelSet
    const { classes, probabilities } = store.labelSets.arrays(labelSet.id)
    if (classes !== set.classes.length) continue
    const unjudged = unjudgedImages(store, labelSet)
    if (unjudged.length === 0) return { probabilities, source: name }
    const stated = confusion()
    for (const image of unjudged) probabilities.set(rowAt(stated, image, classes), image * classes)
    return {
      probabilities,
      source: `${name}; for ${plural(unjudged.length, 'image')} that nobody judged ${CONFUSION_IN_WORDS}`,
    }
  }
  return { probabilities: confusion(), source: CONFUSION_IN_WORDS }
}

/** One image to be judged, as a simulated annotator sees it. */
export const seenImage = (truth: Truth, labels: Uint8Array, classes: number, image: number): SimulatedTrial => ({
  truth: truth.probabilities.subarray(image * classes, (image + 1) * classes),
  label: labels[image] === NO_LABEL ? null : (labels[image] ?? null),
  isCheck: false,
})

const NOTHING = new Float64Array(0)

/** An obvious image of the checks' or practice's set: its publisher's label is what everybody sees. */
export const seenObvious = (labels: Uint8Array, image: number): SimulatedTrial => ({
  truth: NOTHING,
  label: labels[image] ?? 0,
  isCheck: true,
})
