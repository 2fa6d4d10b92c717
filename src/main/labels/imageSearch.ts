/** Finding images of a set by what a person would type: an index, a range of indices, a part of the file name. */
import type { Input, Output } from '../../contract'
import type { ImageSetInfo } from '../../domain/labels/sets'
import type { ProjectStore } from '../storage'
import { imageSetNamed } from './labelSets'
import { imageNames, judgedFile, keptPerSet, labelArrays } from '../project/kept'

const NUMBER = /^\d+$/
const RANGE = /^(\d+)\s*[-–]\s*(\d+)$/

const judgedNames = keptPerSet((store, id) =>
  Array.from({ length: labelArrays(store, id).images }, (_, image) => judgedFile(store, id, image)),
)

/** By image; where the set has no names of its own, those under which its pictures were judged. */
function namesOf(store: ProjectStore, set: ImageSetInfo): (image: number) => string | null {
  const own = imageNames(store, set.id)
  if (own) return (image) => own[image] ?? null
  const judged = store.labelSets
    .list()
    .find(
      ({ id, imageSet, images }) => imageSet === set.name && images === set.count && store.labelSets.judgments.has(id),
    )
  const files = judged ? judgedNames(store, judged.id) : null
  return (image) => files?.[image] ?? null
}

/** Indices from `first` to `last` that the set has, both included, either way round. */
function within(count: number, first: number, last: number): number[] {
  const [low, high] = [Math.min(first, last), Math.min(Math.max(first, last), count - 1)]
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i)
}

/**
 * Indices in the order of the set. Numbers are indices where the set has them and part of a file name where it has not.
 * Upper and lower case are one.
 */
export function foundImages(store: ProjectStore, set: ImageSetInfo, query: string): number[] {
  const text = query.trim()
  const [, first, last] = RANGE.exec(text) ?? (NUMBER.test(text) ? [text, text, text] : [])
  const images = first === undefined ? [] : within(set.count, Number(first), Number(last))
  if (images.length > 0 || text === '') return images
  const nameOf = namesOf(store, set)
  const part = text.toLowerCase()
  return within(set.count, 0, set.count - 1).filter((image) => nameOf(image)?.toLowerCase().includes(part))
}

export function searchImages(store: ProjectStore, query: Input<'labels.search'>): Output<'labels.search'> {
  const set = imageSetNamed(store, query.imageSet)
  const nameOf = namesOf(store, set)
  const images = foundImages(store, set, query.text)
  return {
    total: images.length,
    found: images.slice(0, query.limit).map((image) => ({ image, fileName: nameOf(image) })),
  }
}
