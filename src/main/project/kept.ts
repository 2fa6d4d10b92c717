/**
 * Answers that are worked out once: image sets never change, and label sets only by an erasure, so what follows from
 * one stays true until then.
 */
import type { LabelSetInfo } from '../../domain/labels/sets'
import { NO_LABEL } from '../../domain/labels/judgments'
import type { ProjectStore } from '../storage'

/**
 * A function of an open project and the id of one of its sets, computed once for each. Forgotten with the project, and
 * after an erasure by this process or another; of every project only the `most` sets asked last are kept.
 */
export function keptPerSet<T>(compute: (store: ProjectStore, id: number) => T, most = 4) {
  const projects = new WeakMap<ProjectStore, { erasure: number; sets: Map<number, T> }>()
  return (store: ProjectStore, id: number): T => {
    const erasure = store.erasures.newest()
    const known = projects.get(store)
    const kept = known?.erasure === erasure ? known.sets : new Map<number, T>()
    if (known?.sets !== kept) projects.set(store, { erasure, sets: kept })
    const value = kept.has(id) ? (kept.get(id) as T) : compute(store, id)
    kept.delete(id)
    kept.set(id, value)
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return value
  }
}

/** The distributions of a label set, kept for the images a person walks through. */
export const labelArrays = keptPerSet((store, id) => store.labelSets.arrays(id))

/** The publisher's label of an image; null where it gave none, or where the images are not in the project. */
export function publishedLabels(store: ProjectStore, labels: LabelSetInfo): (image: number) => number | null {
  const set = store.imageSets.find(labels.imageSet)
  const truth = set?.count === labels.images ? store.imageSets.labels(set.id) : null
  return (image) => {
    const label = truth?.[image] ?? NO_LABEL
    return label === NO_LABEL ? null : label
  }
}

/** File names of an image set, null where it has none. */
export const imageNames = keptPerSet((store, id) => store.imageSets.fileNames(id))

const rowsByImage = keptPerSet((store, id) => store.labelSets.judgments.rowsByImage(id, labelArrays(store, id).images))
const judgedFiles = keptPerSet((store, id) => store.labelSets.judgments.files(id))

/** The rows of the judgments table that are about one image, in the order of the source. */
export function rowsOf(store: ProjectStore, labelSet: number, image: number): Int32Array {
  const { starts, rows } = rowsByImage(store, labelSet)
  return rows.subarray(starts[image], starts[image + 1])
}

/** What the judgments of a label set call the picture they are about; null where they do not say. */
export function judgedFile(store: ProjectStore, labelSet: number, image: number): string | null {
  const [first] = rowsOf(store, labelSet, image)
  const file = first === undefined ? null : store.labelSets.judgments.fileOf(labelSet, first)
  return (file !== null && judgedFiles(store, labelSet)?.[file]) || null
}

/**
 * What is worked out once for a key that says all it depends on. Questions for one key share one answer; a failure is
 * not kept. Forgotten with the project; of every project only the `most` answers asked last are kept.
 */
export function keptPerKey<T>(most: number) {
  const projects = new WeakMap<ProjectStore, Map<string, T | Promise<T>>>()
  return <A extends T | Promise<T>>(store: ProjectStore, key: string, compute: () => A): A => {
    const kept = projects.get(store) ?? new Map<string, T | Promise<T>>()
    projects.set(store, kept)
    const value = (kept.has(key) ? kept.get(key) : compute()) as A
    kept.delete(key)
    kept.set(key, value)
    if (value instanceof Promise) value.catch(() => kept.get(key) === value && kept.delete(key))
    for (const oldest of kept.keys()) {
      if (kept.size <= most) break
      kept.delete(oldest)
    }
    return value
  }
}
