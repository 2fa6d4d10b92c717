/** The judgments behind an aggregated label set, which are in the set that it was made of. */
import type { LabelSetInfo } from '../../shared/domain'
import type { Aggregation } from '../../shared/study'
import type { ProjectStore } from '../store'
import { labelArrays } from './kept'

/** The source of a label set made of `labelSet`; `originOf` reads it. */
export const sourceOf = (labelSet: LabelSetInfo, method: Aggregation): string =>
  `${beginning(labelSet.name)}${method}. ${labelSet.source}`

const beginning = (name: string) => `${name}, aggregated by `

/** The label set that an aggregated one was made of, null for other sets. */
function originOf(store: ProjectStore, { format, source, images }: LabelSetInfo): LabelSetInfo | null {
  if (format !== 'aggregate') return null
  const candidates = store.labelSets
    .list()
    .filter((each) => each.images === images && source.startsWith(beginning(each.name)))
  // Of names that begin alike, the longest is the whole name.
  return candidates.sort((a, b) => b.name.length - a.name.length)[0] ?? null
}

/**
 * (images*classes) kept judgments: the set's own, or for one that an aggregation made, those it was made of. Null where
 * only probabilities are known.
 */
export function votesBehind(store: ProjectStore, set: LabelSetInfo): Uint32Array | null {
  const { counts } = labelArrays(store, set.id)
  if (counts) return counts
  const origin = originOf(store, set)
  return origin && labelArrays(store, origin.id).counts
}
