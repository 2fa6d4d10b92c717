/** What a configuration means for the data at hand: which images are trained on and held out, how many steps. */
import type { RunConfig, Target } from '../../domain/runs/config'
import { assertNever, StudioError } from '../../domain/errors'
import { isJudged, judgedAmong } from '../../domain/labels/unjudged'
import { network, type Network } from '../model'
import type { NamedValues } from '../program'
import { fold, permutation, type Fold } from './folds'

export interface RunImages {
  /** uint8 NHWC */
  pixels: Uint8Array
  /** Publisher's labels (count). */
  labels: Uint8Array
  count: number
  height: number
  width: number
  channels: number
  classes: number
}

/** Another set of images to measure on (RunConfig.evaluations). */
export interface EvaluationSet {
  /** Loaded when they are needed: sets may be large, and are measured once. */
  images(): RunImages
  /** The images to measure on, all of which have a label. */
  indices: Int32Array
  /** People's distributions (count, classes), NaN for images that nobody judged; null where there are none. */
  distributions: Float32Array | null
}

export interface RunInputs {
  images: RunImages
  /** Human distributions (count, classes), NaN for images that nobody judged; null where the run has no people. */
  distributions: Float32Array | null
  /** What `distilled` and `aggregated` train towards (count, classes); NaN for images that nobody judged. */
  given?: Float32Array | null
  /** Parameters and running statistics to start from instead of drawing them. */
  weights?: NamedValues | null
  /** In the order of the configuration's `evaluations`. */
  sets?: readonly EvaluationSet[]
}

export interface RunPlan {
  network: Network
  /** Image indices; without those that the target says nothing of, because nobody judged them. */
  train: Int32Array
  /** How many images of the fold's training part those are. */
  notJudged: number
  heldOut: Int32Array
  stepsPerEpoch: number
  steps: number
  /** Steps between points of the training curve: about ten points an epoch. */
  pointEvery: number
  /** Batch of predictions and attacks. */
  evaluationBatch: number
  /** Side of the square cut out of each training image, 0 for none. */
  cutout: number
}

const LARGEST_EVALUATION_BATCH = 128

/** Throws StudioError('bad-input') saying what does not fit. */
export function planRun(config: RunConfig, { images, distributions, given, sets = [] }: RunInputs): RunPlan {
  const { pixels, labels, count, height, width, channels, classes } = images
  expectLength('pixels', pixels.length, count * height * width * channels)
  expectLength('labels', labels.length, count)
  if (distributions) expectLength('distributions', distributions.length, count * classes)
  if (given) expectLength('distributions to train towards', given.length, count * classes)
  if (sets.length !== config.evaluations.length)
    throw new StudioError('bad-input', `There are ${sets.length} further sets, not ${config.evaluations.length}.`)
  if ((config.target === 'mixup') !== (config.mixupAlpha !== null))
    throw new StudioError('bad-input', 'Mixup needs its alpha, and no other target takes one.')
  const net = network(config.network, { height, width, channels, classes })
  const parts =
    config.folds === 1 ? whole(count, config.foldSeed) : fold(count, config.folds, config.fold, config.foldSeed)
  const part = parts.train.slice(0, config.trainImages ?? undefined)
  const towards = distributionsTowards(config.target, { distributions, given })
  const train = towards ? judgedAmong(towards, classes, part) : part
  const heldOut = parts.heldOut.slice(0, config.testImages ?? undefined)
  for (const image of [train, heldOut].flatMap((part) => [...part])) {
    checkLabel(image, labels, classes)
    for (const rows of [distributions, given])
      if (rows && isJudged(rows, image, classes)) checkRow(image, rows, classes)
  }
  const stepsPerEpoch = Math.floor(train.length / config.batch)
  const notJudged = part.length - train.length
  if (stepsPerEpoch === 0) {
    throw new StudioError('bad-input', `A batch of ${config.batch} is more than the ${train.length} training images.`, {
      hint:
        notJudged > 0
          ? `${notJudged} more were judged by nobody, and ${config.target} targets need what people said.`
          : 'Choose a smaller batch, or train on more images.',
    })
  }
  const evaluated = Math.max(heldOut.length, ...sets.map(({ indices }) => indices.length))
  return {
    network: net,
    train,
    notJudged,
    heldOut,
    stepsPerEpoch,
    steps: stepsPerEpoch * config.epochs,
    pointEvery: Math.max(1, Math.floor(stepsPerEpoch / 10)),
    evaluationBatch: Math.max(1, Math.min(LARGEST_EVALUATION_BATCH, evaluated)),
    cutout: config.cutout ?? net.cutout,
  }
}

/**
 * The distributions that a target takes image by image, and that tell nothing of images that nobody judged; null for
 * targets made of labels, of other networks, or of what people said of a class or of all images.
 */
function distributionsTowards(target: Target, { distributions, given }: Pick<RunInputs, 'distributions' | 'given'>) {
  switch (target) {
    case 'soft':
    case 'sampled-hard':
    case 'majority-hard':
    case 'mode-forced':
      return distributions
    case 'aggregated':
      return given ?? null
    case 'hard':
    case 'mixup':
    case 'category-soft':
    case 'smoothed':
    case 'distilled':
      return null
    default:
      return assertNever(target)
  }
}

const whole = (count: number, seed: number): Fold => ({ train: permutation(count, seed), heldOut: new Int32Array() })

function expectLength(what: string, found: number, expected: number): void {
  if (found === expected) return
  throw new StudioError('bad-input', `The ${what} hold ${found} values where the image set needs ${expected}.`)
}

function checkLabel(image: number, labels: Uint8Array, classes: number): void {
  const label = labels[image] as number
  if (label >= classes) throw new StudioError('bad-input', `Image ${image} has no label among the ${classes} classes.`)
}

function checkRow(image: number, distributions: Float32Array, classes: number): void {
  const row = distributions.subarray(image * classes, (image + 1) * classes)
  const sum = row.reduce((a, b) => a + b, 0)
  if (!row.every((p) => p >= 0) || !(Math.abs(sum - 1) < 1e-3)) {
    throw new StudioError('bad-input', `The label distribution of image ${image} sums to ${sum}, not to 1.`)
  }
}
