/** What a configuration means for the data at hand: which images are trained on and held out, how many steps. */
import type { RunConfig } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { network, type Network } from '../networks'
import { fold } from './folds'

export interface RunInputs {
  images: {
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
  /** Human distributions (count, classes). */
  distributions: Float32Array
}

export interface RunPlan {
  network: Network
  /** Image indices. */
  train: Int32Array
  heldOut: Int32Array
  stepsPerEpoch: number
  steps: number
  /** Steps between points of the training curve: about ten points an epoch. */
  pointEvery: number
  /** Batch of predictions and attacks. */
  evaluationBatch: number
}

const LARGEST_EVALUATION_BATCH = 128

/**
 * Runs follow the protocol the paper describes. What its released materials did otherwise (schedules cut off, the epoch
 * chosen on the held-out fold) is refused rather than run under the wrong name.
 */
export function checkProtocol(config: RunConfig): void {
  if (config.protocol === 'described') return
  throw new StudioError('bad-input', `The protocol "${config.protocol}" cannot be run yet; choose "described".`)
}

/** Throws StudioError('bad-input') saying what does not fit. */
export function planRun(config: RunConfig, { images, distributions }: RunInputs): RunPlan {
  checkProtocol(config)
  const { pixels, labels, count, height, width, channels, classes } = images
  expectLength('pixels', pixels.length, count * height * width * channels)
  expectLength('labels', labels.length, count)
  expectLength('distributions', distributions.length, count * classes)
  const net = network(config.network, { height, width, channels, classes })
  const parts = fold(count, config.folds, config.fold, config.foldSeed)
  const train = parts.train.slice(0, config.trainImages ?? undefined)
  const heldOut = parts.heldOut.slice(0, config.testImages ?? undefined)
  for (const image of [...train, ...heldOut]) checkImage(image, labels, distributions, classes)
  const stepsPerEpoch = Math.floor(train.length / config.batch)
  if (stepsPerEpoch === 0) {
    throw new StudioError('bad-input', `A batch of ${config.batch} is more than the ${train.length} training images.`, {
      hint: 'Choose a smaller batch, or train on more images.',
    })
  }
  return {
    network: net,
    train,
    heldOut,
    stepsPerEpoch,
    steps: stepsPerEpoch * config.epochs,
    pointEvery: Math.max(1, Math.floor(stepsPerEpoch / 10)),
    evaluationBatch: Math.min(LARGEST_EVALUATION_BATCH, heldOut.length),
  }
}

function expectLength(what: string, found: number, expected: number): void {
  if (found === expected) return
  throw new StudioError('bad-input', `The ${what} hold ${found} values where the image set needs ${expected}.`)
}

function checkImage(image: number, labels: Uint8Array, distributions: Float32Array, classes: number): void {
  const label = labels[image] as number
  if (label >= classes) throw new StudioError('bad-input', `Image ${image} has no label among the ${classes} classes.`)
  const row = distributions.subarray(image * classes, (image + 1) * classes)
  const sum = row.reduce((a, b) => a + b, 0)
  if (!row.every((p) => p >= 0) || !(Math.abs(sum - 1) < 1e-3)) {
    throw new StudioError('bad-input', `The label distribution of image ${image} sums to ${sum}, not to 1.`)
  }
}
