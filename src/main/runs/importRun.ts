/**
 * Predictions of another framework as a run of this project: measured as its own runs are, and there for figures and
 * the gallery. Its network is called "imported:NAME"; it has no curve and nothing can start from it.
 */
import { RUN_DEFAULTS, type RunConfig, type Target } from '../../domain/runs/config'
import type { ImageSetInfo, LabelSetInfo } from '../../domain/labels/sets'
import type { RunInfo } from '../../domain/runs/info'
import { elements, toNumbers } from '../../formats/encodings/elements'
import { readNpy } from '../../formats/encodings/npy'
import { normalizeDistributions } from '../../formats/sets/probabilities'
import { measuresWhereJudged } from '../../domain/measures/judged'
import { IMPORTED } from '../../domain/runs/stage'
import { badFile, StudioError } from '../../domain/errors'
import { runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import { addFinishedRun } from '../storage/finishedRuns'
import { readPredictions, writeConfig, writePredictions } from '../storage/runFiles'
import { imageSetNamed, labelSetNamed } from '../labels/labelSets'
import { distributionsOf } from '../labels/votesBehind'

export interface ImportedRun {
  /** `.npy` (rows, classes): a distribution a row. */
  predictions: string
  /** `.npy` (rows): which image each row is of; null where row i is of image i. */
  indices: string | null
  network: string
  target: Target
  imageSet: string
  /** Default: the newest of those images. */
  labelSet: string | null
  folds: number
  fold: number
  seed: number
}

/** Answers the run; the same again is not added twice. Throws StudioError naming file and row. */
export async function importRun(store: ProjectStore, given: ImportedRun): Promise<{ run: RunInfo; added: boolean }> {
  const images = imageSetNamed(store, given.imageSet)
  const labels = labelsOf(store, images, given.labelSet)
  const predictions = await readDistributions(given.predictions, images)
  const rows = predictions.length / images.classes.length
  const heldOut =
    given.indices === null ? Int32Array.from({ length: rows }, (_, i) => i) : await readIndices(given.indices)
  checkIndices(given, heldOut, rows, images)
  const config = configOf(given, images, labels)
  const before = store.runs.findByKey(runKey(config))
  if (before) {
    if (same(readPredictions(store.runFolder(before.id)), { predictions, heldOut }))
      return { run: before, added: false }
    const hint = 'Give it another --network, --fold or --seed.'
    throw new StudioError(
      'conflict',
      `Run ${before.id} is of the same network, target, fold and seed, with other predictions.`,
      { file: given.predictions, hint },
    )
  }
  const result = {
    measures: measure(store, given, { images, labels, predictions, heldOut }),
    heldOut: rows,
    attacks: [],
  }
  const now = new Date().toISOString()
  const run: Omit<RunInfo, 'id'> = {
    ...{ key: runKey(config), experiment: null, config, state: 'done', progress: null, error: null },
    ...{ device: IMPORTED, engine: IMPORTED, result, createdAt: now, startedAt: now, finishedAt: now },
  }
  const id = addFinishedRun(store, { run, metrics: [], attacks: [] }, (folder) => {
    writeConfig(folder, config, { images, labels, further: [] })
    writePredictions(folder, { result, predictions, heldOut })
  })
  return { run: { ...run, id }, added: true }
}

function labelsOf(store: ProjectStore, images: ImageSetInfo, name: string | null): LabelSetInfo {
  const found =
    name === null
      ? store.labelSets.list().findLast(({ imageSet }) => imageSet === images.name)
      : labelSetNamed(store, name)
  if (!found)
    throw new StudioError('not-found', `No label set labels ${images.name}.`, {
      hint: 'Import one first: predictions are measured against people.',
    })
  if (found.imageSet === images.name && found.images === images.count) return found
  throw new StudioError('bad-input', `${found.name} does not label ${images.name}.`)
}

async function readDistributions(file: string, images: ImageSetInfo): Promise<Float32Array> {
  const array = await readNpy(file, `Reading ${file}`)
  const classes = images.classes.length
  if (array.shape.length !== 2 || array.shape[1] !== classes || !array.shape[0])
    throw badFile(
      file,
      'header',
      `It has the shape (${array.shape.join(', ')}); rows of ${classes} classes are needed, as ${images.name} has.`,
    )
  const values = toNumbers(array)
  normalizeDistributions(file, values, classes)
  return Float32Array.from(values)
}

async function readIndices(file: string): Promise<Int32Array> {
  const array = await readNpy(file, `Reading ${file}`)
  if (array.shape.length !== 1) throw badFile(file, 'header', `It has ${array.shape.length} dimensions, not one.`)
  const numbers = toNumbers(array)
  const wrong = numbers.findIndex((value) => !Number.isInteger(value))
  if (wrong >= 0) throw badFile(file, `row ${wrong}`, `${numbers[wrong]} is no image's number.`)
  return Int32Array.from(numbers.subarray(0, elements(array.shape)))
}

function checkIndices({ predictions, indices }: ImportedRun, heldOut: Int32Array, rows: number, images: ImageSetInfo) {
  const file = indices ?? predictions
  if (heldOut.length !== rows) throw badFile(file, 'header', `It has ${heldOut.length} rows, the predictions ${rows}.`)
  const rowOf = new Map<number, number>()
  heldOut.forEach((image, row) => {
    if (image < 0 || image >= images.count)
      throw badFile(file, `row ${row}`, `There is no image ${image}: ${images.name} has ${images.count}.`)
    const first = rowOf.get(image)
    if (first !== undefined) throw badFile(file, `row ${row}`, `It is of image ${image}, as row ${first} is.`)
    rowOf.set(image, row)
  })
}

/** What is not known of training elsewhere has the plainest value. */
function configOf({ network, target, folds, fold, seed }: ImportedRun, images: ImageSetInfo, labels: LabelSetInfo) {
  if (fold >= folds) throw new StudioError('bad-input', `There is no fold ${fold}: ${folds} folds are numbered from 0.`)
  const config: RunConfig = {
    ...RUN_DEFAULTS,
    ...{ network: `${IMPORTED}:${network}`, target, imageSet: images.name, labelSet: labels.name },
    ...{ protocol: 'described', folds, fold, foldSeed: 0, trainImages: null, testImages: null, seed },
    ...{ epochs: 1, batch: 1, learningRate: 1, momentum: 0, nesterov: false, weightDecay: 0 },
    ...{ schedule: { kind: 'constant' }, augment: false, device: 'auto', evaluateEvery: 1, attacks: [] },
  }
  return config
}

function measure(
  store: ProjectStore,
  { indices, predictions: file }: ImportedRun,
  {
    images,
    labels,
    predictions,
    heldOut,
  }: { images: ImageSetInfo; labels: LabelSetInfo; predictions: Float32Array; heldOut: Int32Array },
) {
  const classes = images.classes.length
  const all = store.imageSets.labels(images.id)
  const truth = Int32Array.from(heldOut, (image) => all[image] ?? -1)
  const unlabelled = truth.findIndex((label) => !(label >= 0 && label < classes))
  if (unlabelled >= 0)
    throw badFile(
      indices ?? file,
      `row ${unlabelled}`,
      `Image ${heldOut[unlabelled]} has no publisher's label to measure against.`,
    )
  const probabilities = distributionsOf(store, labels)
  const people = new Float64Array(predictions.length)
  heldOut.forEach((image, row) =>
    people.set(probabilities.subarray(image * classes, (image + 1) * classes), row * classes),
  )
  return measuresWhereJudged(predictions, truth, people, classes)
}

interface Kept {
  predictions: Float32Array
  heldOut: Int32Array
}

function same(kept: Kept | null, now: Kept): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array) =>
    Buffer.from(buffer, byteOffset, byteLength)
  return (
    kept !== null &&
    bytes(kept.predictions).equals(bytes(now.predictions)) &&
    bytes(kept.heldOut).equals(bytes(now.heldOut))
  )
}
