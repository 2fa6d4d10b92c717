/**
 * A study to simulate where none is named: the paper's protocol, obvious images found as well as the project allows.
 */
import type { ImageSetInfo } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { DEFAULT_RECRUITMENT, PAPER_PROTOCOL, type ImagePool } from '../../domain/study'
import type { ProjectStore } from '../storage'
import type { StudyRow } from '../storage/studies'
import { imageSetNamed } from '../labels/labelSets'
import { createStudy, proposeChecks } from './owner'
import { publishedFor } from './simulatedTruth'

/** What studies draw from, and where its obvious images come from. */
const USUAL = 'cifar10-test'
const TRAINING = 'cifar10-train'
/** Obvious images of each class: 10 of these classes' checks are one participant's. */
const CHECKS_PER_CLASS = 20
const PRACTICE_PER_CLASS = 2

/** The image set asked for; else the usual one, else the newest. */
function imagesFor(store: ProjectStore, name: string | undefined): ImageSetInfo {
  const set =
    name === undefined ? (store.imageSets.find(USUAL) ?? store.imageSets.list().at(-1)) : imageSetNamed(store, name)
  if (set) return set
  throw new StudioError('not-found', 'This project has no images.', { file: store.folder, hint: 'Import some first.' })
}

/**
 * Obvious images of every class, checks apart from practice: training images where there are any of the same classes,
 * else images on which all published judgments agree (those of a study may be simulated), else labelled images at
 * random.
 */
function obviousImages(
  store: ProjectStore,
  set: ImageSetInfo,
  seed: number,
): { checks: ImagePool; practice: ImagePool } {
  const training = set.name === TRAINING ? null : store.imageSets.find(TRAINING)
  const isTraining = training?.classes.join('\n') === set.classes.join('\n')
  const ways = isTraining
    ? [{ imageSet: TRAINING, labelSet: null }]
    : [
        ...publishedFor(store, set).map(({ name }) => ({ imageSet: set.name, labelSet: name })),
        { imageSet: set.name, labelSet: null },
      ]
  const perClass = CHECKS_PER_CLASS + PRACTICE_PER_CLASS
  for (const way of ways) {
    const pools = split(store, propose(store, { ...way, perClass, seed }), set.classes.length)
    if (pools) return pools
  }
  const hint = 'Make a study without checks and practice, and name it with --study.'
  throw new StudioError('not-found', `${set.name} has no class with labelled images for checks.`, { hint })
}

/** Null where the label set holds no image fit for a check, or cannot tell. */
function propose(store: ProjectStore, query: Parameters<typeof proposeChecks>[1]): ImagePool | null {
  try {
    return proposeChecks(store, query).pool
  } catch (error) {
    if (error instanceof StudioError && (error.kind === 'not-found' || error.kind === 'bad-input')) return null
    throw error
  }
}

/** The last few of each class for practice. Null where they are too few for a participant's checks. */
function split(store: ProjectStore, pool: ImagePool | null, classes: number) {
  if (!pool) return null
  const labels = store.imageSets.labels(imageSetNamed(store, pool.imageSet).id)
  const groups = Array.from({ length: classes }, (_, c) => pool.images.filter((image) => labels[image] === c))
  // Of a class with few obvious images a third at most is taken for practice.
  const forPractice = (group: number[]) => Math.min(PRACTICE_PER_CLASS, Math.floor(group.length / 3))
  const checks = groups.flatMap((group) => group.slice(0, group.length - forPractice(group)))
  const practice = groups.flatMap((group) => group.slice(group.length - forPractice(group)))
  const { imagesPerParticipant, checkEvery } = PAPER_PROTOCOL
  if (checks.length < (imagesPerParticipant ?? 0) / checkEvery || practice.length === 0) return null
  return {
    checks: { imageSet: pool.imageSet, images: checks },
    practice: { imageSet: pool.imageSet, images: practice },
  }
}

function freeName(store: ProjectStore, wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!store.studies.find(name)) return name
  }
}

export function makeSimulatedStudy(store: ProjectStore, images: string | undefined, seed: number): StudyRow {
  const set = imagesFor(store, images)
  return store.transaction(() =>
    createStudy(store, {
      name: freeName(store, `simulated-${seed}`),
      kind: 'crowd',
      imageSet: set.name,
      selection: null,
      protocol: PAPER_PROTOCOL,
      pages: { consent: '', instructions: '', debrief: '' },
      ...obviousImages(store, set, seed),
      completion: { code: '', url: '' },
      recruitment: DEFAULT_RECRUITMENT,
      seed,
    }),
  )
}

/** Throws StudioError('not-found') naming the studies there are, `bad-input` where it judges other images. */
export function studyNamed(store: ProjectStore, name: string, images: string | undefined): StudyRow {
  const study = store.studies.find(name)
  if (!study) {
    const names = store.studies.list().map(({ config }) => config.name)
    const hint = names.length > 0 ? `There are: ${names.join(', ')}.` : 'Leave --study out to have one made.'
    throw new StudioError('not-found', `There is no study ${name} in this project.`, { hint })
  }
  if (images !== undefined && images !== study.config.imageSet)
    throw new StudioError('bad-input', `The study ${name} judges ${study.config.imageSet}, not ${images}.`)
  return study
}
