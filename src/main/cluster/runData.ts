/** Which image and label sets runs are made of, and whether they are the same here as they were elsewhere. */
import type { RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'

/** A set as it was: its name, and the digest of its contents. */
export interface SetDigest {
  name: string
  digest: string
}

export interface Sets<T> {
  images: T[]
  labels: T[]
}

/** Names of all sets that a run reads, each once. */
export function setsOf(config: RunConfig): Sets<string> {
  const { imageSet, labelSet, aggregatedFrom, evaluations } = config
  const labels = [labelSet, aggregatedFrom, ...evaluations.map((each) => each.labelSet)]
  return {
    images: [...new Set([imageSet, ...evaluations.map((each) => each.imageSet)])],
    labels: [...new Set(labels.filter((name) => name !== null))],
  }
}

/** The sets of all these runs as they are in this project; a set it lacks is left out. */
export function digestsOf(
  store: Pick<ProjectStore, 'imageSets' | 'labelSets'>,
  configs: readonly RunConfig[],
): Sets<SetDigest> {
  const sets = configs.map(setsOf)
  const found = (names: string[], find: (name: string) => SetDigest | null) =>
    [...new Set(names)].flatMap((name) => {
      const set = find(name)
      return set ? [{ name, digest: set.digest }] : []
    })
  return {
    images: found(
      sets.flatMap(({ images }) => images),
      (name) => store.imageSets.find(name),
    ),
    labels: found(
      sets.flatMap(({ labels }) => labels),
      (name) => store.labelSets.find(name),
    ),
  }
}

/**
 * Refuses sets that this project lacks or holds with other contents.
 *
 * @param whose what the sets were read from, for the message: "the plan", "the run 3 of /shards/1"
 * @throws StudioError('not-found' or 'conflict') naming the set and both digests
 */
export function requireSame(store: ProjectStore, sets: Sets<SetDigest>, whose: string, file: string) {
  for (const [kind, table] of [
    ['images', store.imageSets],
    ['labels', store.labelSets],
  ] as const)
    for (const { name, digest } of sets[kind]) {
      const here = table.find(name)
      const word = kind === 'images' ? 'image set' : 'label set'
      if (!here) {
        const hint = `Import the ${word} into ${store.folder} first.`
        throw new StudioError('not-found', `There is no ${word} ${name} in ${store.folder}, which ${whose} needs.`, {
          file,
          hint,
        })
      }
      if (here.digest === digest) continue
      const reason = `The ${word} ${name} is another than that of ${whose}: its digest is ${here.digest}, not ${digest}.`
      throw new StudioError('conflict', reason, { file, hint: 'Runs on different data cannot be brought together.' })
    }
}
