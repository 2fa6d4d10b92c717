/** What figures and reports are made from: the runs of one experiment or all there are, and the data they are about. */
import type { People } from '../../domain/claims/claims'
import type { SetPredictions } from '../../domain/claims/ensembles'
import type { Pictures } from '../../domain/report/paper'
import { imageCredit } from '../../domain/paper/files/context'
import { dataUri, encodePng } from '../../domain/charts/png'
import type { RunPredictions } from '../../domain/measures/reliability'
import type { DataName, ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { ExperimentInfo, RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { stageOf } from '../../domain/runs/stage'
import type { ProjectStore } from '../storage'
import { readPredictions, readSetPredictions } from '../storage/runFiles'
import { distributionsOf } from '../labels/votesBehind'
import { withLaterAttacks } from './laterAttacks'

export interface Scope {
  /** Null: all runs of the project. */
  experiment: ExperimentInfo | null
  runs: RunInfo[]
  done: RunInfo[]
  /** Null where the project has none. */
  labels: LabelSetInfo | null
  /** Null where the labels still wait for them. */
  images: ImageSetInfo | null
}

export function experimentOf(store: ProjectStore, id: number): ExperimentInfo {
  const experiment = store.experiments.find(id)
  if (experiment) return experiment
  throw new StudioError('not-found', `There is no experiment ${id} in this project.`)
}

/** @param id of an experiment; null for all runs, which are about the people that most of them were measured against */
export function scopeOf(store: ProjectStore, id: number | null): Scope {
  const experiment = id === null ? null : experimentOf(store, id)
  const own = experiment ? store.runs.byExperiment(experiment.id) : store.runs.list()
  const runs = withLaterAttacks(own, (run) => store.runs.attacks(run))
  const done = runs.filter(({ state }) => state === 'done')
  const labels = experiment
    ? store.labelSets.find(experiment.labelSet)
    : (mostUsed(store, done) ?? store.labelSets.list().at(-1) ?? null)
  return { experiment, runs, done, labels, images: labels && store.imageSets.find(labels.imageSet) }
}

function mostUsed(store: ProjectStore, done: readonly RunInfo[]): LabelSetInfo | null {
  const times = new Map<string, number>()
  for (const { config } of done)
    if (config.labelSet !== null && config.folds > 1) times.set(config.labelSet, (times.get(config.labelSet) ?? 0) + 1)
  const [most] = [...times].sort(([, a], [, b]) => b - a)
  return most ? store.labelSets.find(most[0]) : null
}

export function peopleOf(store: ProjectStore, labels: LabelSetInfo): People {
  const { counts, classes } = store.labelSets.arrays(labels.id)
  return { distributions: distributionsOf(store, labels), counts, classes }
}

/** Held-out predictions of the runs on this image set that kept them. */
export const predictionsOf = (
  store: ProjectStore,
  runs: readonly RunInfo[],
  { name }: ImageSetInfo,
): RunPredictions[] =>
  runs.flatMap(({ id, config }) => {
    const kept = config.imageSet === name ? readPredictions(store.runFolder(id)) : null
    return kept ? [{ run: id, values: kept.predictions, heldOut: kept.heldOut }] : []
  })

/** What pretrained runs say about the images that people judged, for ensembles. */
export const judgedPredictions = (
  store: ProjectStore,
  runs: readonly RunInfo[],
  { name: imageSet }: ImageSetInfo,
): SetPredictions[] =>
  runs.flatMap(({ id, config }) => {
    if (stageOf(config) !== 'pretrained') return []
    const at = config.evaluations.findIndex((set) => set.imageSet === imageSet)
    const kept = at < 0 ? null : readSetPredictions(store.runFolder(id), at + 1)
    return kept ? [{ run: id, imageSet, values: kept.predictions, images: kept.indices }] : []
  })

/** Every set that a run was made of or measured on, once, in the order of the runs. */
export function furtherData(store: ProjectStore, done: readonly RunInfo[]): DataName[] {
  const names = done.flatMap(({ config }) => [
    config.imageSet,
    config.aggregatedFrom,
    ...config.evaluations.flatMap(({ imageSet, labelSet }) => [imageSet, labelSet]),
  ])
  return [...new Set(names)].flatMap((name) => {
    const found = name === null ? null : (store.imageSets.find(name) ?? store.labelSets.find(name))
    return found ? [{ name: found.name, digest: found.digest }] : []
  })
}

/** Images of a set as PNG files in data: addresses, read when asked for. */
export function picturesOf(store: ProjectStore, set: ImageSetInfo): Pictures {
  const { name, licence, citation, height, width, channels } = set
  const picture = (image: number) => dataUri(encodePng(store.readPixels(set, [image]), height, width, channels))
  return { picture, credit: imageCredit({ images: { name, licence, citation } }) }
}
