/** What a preset can be planned on: the judged images, others to pretrain on, further sets to measure on. */
import type { PresetData } from '../../domain/runs/presets'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { ProjectStore } from '../storage'

/** @param labels of the judged images, whose set is `images` */
export function presetData(store: ProjectStore, images: ImageSetInfo, labels: LabelSetInfo): PresetData {
  const all = store.labelSets.list()
  const alike = store.imageSets.list().filter((set) => set.id !== images.id && sameShape(set, images))
  const published = (set: ImageSetInfo) =>
    all.findLast(
      ({ imageSet, format, images: count }) => imageSet === set.name && count === set.count && format !== 'aggregate',
    )
  return {
    imageSet: images.name,
    labelSet: labels.name,
    images: images.count,
    classes: images.classes.length,
    pretraining: pretrainingOf(alike, images),
    further: alike.map((set) => ({ imageSet: set.name, labelSet: published(set)?.name ?? null })),
    aggregated: all
      .filter(
        ({ imageSet, format, name }) => imageSet === images.name && format === 'aggregate' && name !== labels.name,
      )
      .map(({ name }) => name),
  }
}

const sameShape = (a: ImageSetInfo, b: ImageSetInfo): boolean =>
  a.height === b.height && a.width === b.width && a.channels === b.channels && a.classes.length === b.classes.length

/** The largest of the other sets, where it is larger than the judged one: CIFAR-10's 50,000 for its 10,000. */
function pretrainingOf(alike: readonly ImageSetInfo[], { count }: ImageSetInfo): PresetData['pretraining'] {
  const largest = alike.reduce<ImageSetInfo | null>(
    (best, set) => (set.count > (best?.count ?? count) ? set : best),
    null,
  )
  return largest && { imageSet: largest.name, images: largest.count }
}
