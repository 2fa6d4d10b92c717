/** Label statistics, pixels and exports of the open project. */
import { labelStatistics } from '../../domain/labels/statistics'
import type { LabelStats, LabelSetInfo, ImageSetInfo } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { NO_LABEL } from '../../domain/labels/judgments'
import type { ProjectStore } from '../storage'
import { votesBehind } from './votesBehind'

export function labelSetNamed(store: ProjectStore, name: string): LabelSetInfo {
  const found = store.labelSets.find(name)
  if (found) return found
  const names = store.labelSets.list().map((set) => set.name)
  const hint = names.length > 0 ? `There are: ${names.join(', ')}.` : 'Import one first.'
  throw new StudioError('not-found', `There is no label set ${name} in this project.`, { hint })
}

export function newestLabelSet(store: ProjectStore): LabelSetInfo {
  const newest = store.labelSets.list().at(-1)
  if (newest) return newest
  throw new StudioError('not-found', 'This project has no label set.', {
    file: store.folder,
    hint: 'Import one first.',
  })
}

export function imageSetNamed(store: ProjectStore, name: string): ImageSetInfo {
  const found = store.imageSets.find(name)
  if (found) return found
  const names = store.imageSets.list().map((set) => set.name)
  const hint = names.length > 0 ? `There are: ${names.join(', ')}.` : 'Import images first.'
  throw new StudioError('not-found', `There is no image set ${name} in this project.`, { hint })
}

export function stats(store: ProjectStore, name: string): LabelStats {
  const labels = labelSetNamed(store, name)
  const images = store.imageSets.find(labels.imageSet)
  const truth = images && images.count === labels.images ? store.imageSets.labels(images.id) : null
  const annotators =
    labels.annotators === null ? null : { annotators: labels.annotators, excluded: labels.excluded ?? 0 }
  const votes = votesBehind(store, labels)
  return labelStatistics({ ...store.labelSets.arrays(labels.id), votes }, truth, annotators)
}

export function pixels(store: ProjectStore, name: string, indices: number[]) {
  const set = imageSetNamed(store, name)
  const { height, width, channels } = set
  const all = store.imageSets.labels(set.id)
  const labels = Uint8Array.from(indices, (index) => all[index] ?? NO_LABEL)
  return { height, width, channels, pixels: store.readPixels(set, indices), labels }
}
