/** Everything the engine needs of the project for one run, looked up by the names and keys of its configuration. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { whyChanged } from '../erasure/labelSets'
import { distributionsOf } from '../labels/votesBehind'
import {
  BEST,
  CHECKPOINT,
  measuredWeightsFile,
  readRunData,
  readSetPredictions,
  type RunData,
} from '../storage/runFiles'
import type { EngineWork, PackedSet } from './engineMessages'

type Work = Omit<EngineWork, 'config' | 'threads' | 'flag'>

/** Throws StudioError naming the set or run that is missing or does not fit. */
export function runInputs(store: ProjectStore, run: number, config: RunConfig): { work: Work; data: RunData } {
  const images = imagesNamed(store, config.imageSet)
  const labels = config.labelSet === null ? null : labelsNamed(store, config.labelSet, images)
  const aggregated = config.aggregatedFrom === null ? null : labelsNamed(store, config.aggregatedFrom, images)
  const sets = config.evaluations.map((evaluation) => {
    const set = imagesNamed(store, evaluation.imageSet)
    const people = evaluation.labelSet === null ? null : labelsNamed(store, evaluation.labelSet, set)
    return { set, people, indices: evaluated(store, set, evaluation.images) }
  })
  const folder = store.runFolder(run)
  const present = (name: string) => (existsSync(join(folder, name)) ? join(folder, name) : null)
  const further = [aggregated, ...sets.flatMap(({ set, people }) => [set, people])]
  return {
    work: {
      images: packed(store, images),
      distributions: labels && probabilities(store, labels),
      given: aggregated ? probabilities(store, aggregated) : taught(store, config, images),
      weightsFile: config.startFrom === null ? null : weightsOf(store, config.startFrom),
      sets: sets.map(({ set, people, indices }) => ({
        images: packed(store, set),
        indices,
        distributions: people && probabilities(store, people),
      })),
      checkpointFile: present(CHECKPOINT),
      bestFile: present(BEST),
    },
    data: { images, labels, further: further.filter((each) => each !== null) },
  }
}

/**
 * A run that was interrupted continues on the data that it began with: half of it on other labels would be neither.
 *
 * @throws StudioError('conflict') naming the set that changed since, and why
 */
export function requireUnchanged(store: ProjectStore, run: number, data: RunData) {
  const folder = store.runFolder(run)
  if (!existsSync(join(folder, CHECKPOINT))) return
  const before = readRunData(folder)
  if (!before) return
  const all = ({ images, labels, further }: RunData) => [images, ...(labels ? [labels] : []), ...further]
  const now = new Map(all(data).map(({ name, digest }) => [`${name} ${digest}`, name]))
  const changed = all(before).find(({ name, digest }) => !now.has(`${name} ${digest}`))
  if (!changed) return
  const reason = `Run ${run} cannot be resumed: ${changed.name} is no longer what the run began with.`
  throw new StudioError('conflict', [reason, whyChanged(store, changed.name)].filter(Boolean).join(' '), {
    hint: 'Queue a new run of the same configuration: it begins with the data as they are now.',
  })
}

function imagesNamed(store: ProjectStore, name: string): ImageSetInfo {
  const images = store.imageSets.find(name)
  if (images) return images
  throw new StudioError('not-found', `The image set ${name} is not in the project.`)
}

function labelsNamed(store: ProjectStore, name: string, images: ImageSetInfo): LabelSetInfo {
  const labels = store.labelSets.find(name)
  if (!labels) throw new StudioError('not-found', `The label set ${name} is not in the project.`)
  if (labels.imageSet !== images.name || labels.images !== images.count)
    throw new StudioError('bad-input', `The label set ${labels.name} does not belong to ${images.name}.`)
  return labels
}

const packed = (store: ProjectStore, { id, count, height, width, channels, classes }: ImageSetInfo): PackedSet => ({
  pixelsFile: store.pixelsFile(id),
  count,
  height,
  width,
  channels,
  classes: classes.length,
  labels: store.imageSets.labels(id),
})

const probabilities = (store: ProjectStore, labels: LabelSetInfo): Float32Array =>
  Float32Array.from(distributionsOf(store, labels))

/**
 * The labelled images of a set to measure on, without those that are CIFAR-10's own: CINIC-10 holds all of them, under
 * names that begin with "cifar10-", and they would be no shift.
 */
function evaluated(store: ProjectStore, { id, name, count, classes }: ImageSetInfo, most: number | null): Int32Array {
  const names = store.imageSets.fileNames(id)
  const labels = store.imageSets.labels(id)
  const from = (image: number) => (names?.[image] ?? '').split('/').at(-1) ?? ''
  const kept = Int32Array.from({ length: count }, (_, image) => image).filter(
    (image) => (labels[image] ?? 255) < classes.length && !from(image).startsWith('cifar10-'),
  )
  if (kept.length === 0)
    throw new StudioError(
      'bad-input',
      `No image of ${name} can be measured on: none has a label, or all are CIFAR-10’s own.`,
    )
  return kept.subarray(0, most ?? undefined)
}

function finished(store: ProjectStore, key: string) {
  const run = store.runs.findByKey(key)
  if (run?.state === 'done') return run
  throw new StudioError('conflict', `It needs the network of a run that is not done (${key}).`)
}

function weightsOf(store: ProjectStore, key: string): string {
  const run = finished(store, key)
  const file = measuredWeightsFile(store.runFolder(run.id), run.config)
  if (existsSync(file)) return file
  throw new StudioError('not-found', `The network of run ${run.id} is not on disk any more.`, { file })
}

/** The mean prediction of the teachers for every image, (count, classes); null where there are none. */
function taught(store: ProjectStore, { teachers }: RunConfig, images: ImageSetInfo): Float32Array | null {
  if (teachers.length === 0) return null
  const classes = images.classes.length
  const sums = new Float64Array(images.count * classes)
  for (const key of teachers) {
    const run = finished(store, key)
    const at = run.config.evaluations.findIndex(({ imageSet }) => imageSet === images.name)
    const found = at < 0 ? null : readSetPredictions(store.runFolder(run.id), at + 1)
    if (!found || found.indices.length !== images.count)
      throw new StudioError('conflict', `Run ${run.id} cannot teach: it has no predictions for all of ${images.name}.`)
    found.indices.forEach((image, row) => {
      for (let c = 0; c < classes; c++) {
        const to = image * classes + c
        sums[to] = (sums[to] ?? 0) + (found.predictions[row * classes + c] ?? 0)
      }
    })
  }
  return Float32Array.from(sums, (sum) => sum / teachers.length)
}
