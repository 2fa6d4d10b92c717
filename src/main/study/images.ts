/** The image sets a study draws from, with their labels, read once. */
import type { StudyConfig } from '../../domain/study'
import type { ImageSetInfo } from '../../domain/labels/sets'
import { candidatesOf } from '../../domain/study/protocol'
import type { ProjectStore } from '../storage'
import { imageSetNamed } from '../labels/labelSets'

export interface StudyImages {
  set: ImageSetInfo
  /** Class per image, NO_LABEL where there is none. */
  labels: Uint8Array
  /** Images that can be drawn. */
  candidates: Int32Array
  /** The checks' and practice's own set; the study's where there are none. */
  checks: { set: ImageSetInfo; labels: Uint8Array }
  practice: { set: ImageSetInfo; labels: Uint8Array }
}

export function labelled(store: ProjectStore, name: string) {
  const set = imageSetNamed(store, name)
  return { set, labels: store.imageSets.labels(set.id) }
}

export function studyImages(store: ProjectStore, config: StudyConfig): StudyImages {
  const own = labelled(store, config.imageSet)
  const of = (name: string | undefined) => (name === undefined || name === own.set.name ? own : labelled(store, name))
  return {
    ...own,
    candidates: candidatesOf(config, own.labels),
    checks: of(config.checks?.imageSet),
    practice: of((config.practice ?? config.checks)?.imageSet),
  }
}
