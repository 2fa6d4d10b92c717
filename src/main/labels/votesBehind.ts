/** The judgments behind an aggregated label set, which are in the set that it was aggregated from. */
import type { LabelSetInfo } from '../../domain/labels/sets'
import type { ProjectStore } from '../storage'
import { labelArrays } from '../project/kept'

/** The label set that an aggregated one comes from, by the id that it keeps; null for other sets. */
function originOf(store: ProjectStore, set: LabelSetInfo): LabelSetInfo | null {
  const { derivedFrom } = store.labelSets.origin(set.id)
  if (derivedFrom === null) return null
  return store.labelSets.list().find(({ id, images }) => id === derivedFrom && images === set.images) ?? null
}

/**
 * (images*classes) kept judgments: the set's own, or for one that an aggregation made, those it was aggregated from.
 * Null where only probabilities are known.
 */
export function votesBehind(store: ProjectStore, set: LabelSetInfo): Uint32Array | null {
  const { counts } = labelArrays(store, set.id)
  if (counts) return counts
  const origin = originOf(store, set)
  return origin && labelArrays(store, origin.id).counts
}

/** (images*classes) probabilities to work with: NaN for images that nobody judged (domain/labels/unjudged.ts). */
export function distributionsOf(store: ProjectStore, set: LabelSetInfo): Float64Array {
  const { probabilities, classes } = store.labelSets.arrays(set.id)
  for (const image of unjudgedImages(store, set)) probabilities.fill(NaN, image * classes, (image + 1) * classes)
  return probabilities
}

/** Images that nobody judged, of a set whose judgments are known; none where only probabilities are. */
export function unjudgedImages(store: ProjectStore, set: LabelSetInfo): number[] {
  const votes = votesBehind(store, set)
  if (!votes) return []
  const classes = votes.length / set.images
  const isUnjudged = (image: number) => votes.subarray(image * classes, (image + 1) * classes).every((n) => n === 0)
  return Array.from({ length: set.images }, (_, image) => image).filter(isUnjudged)
}
