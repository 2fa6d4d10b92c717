/**
 * What a list of runs will cost, in passes of an image through a network and back ("training images") and from there
 * in time. A forward pass counts a third. An estimate for a person deciding whether to start, not a promise.
 */
import type { RunConfig } from './config'
import { count, plural } from '../text/numbers'

/**
 * Training images per second on two processor cores: lower ends of what was measured of the residual networks, and from
 * there by what a step of the other families costs beside theirs (docs/measurements.md).
 */
export const TYPICAL: Record<string, number> = {
  vgg_15_BN_16: 1240,
  resnet_basic_8: 1500,
  resnet_basic_20: 450,
  wrn_10_2: 580,
  resnet_preact_bottleneck_11: 900,
  resnext_11_4x8d: 510,
  densenet_BC_16_12: 530,
  pyramidnet_basic_8_24: 950,
  shake_shake_8_2x8d_SSI_cutout16: 1110,
}

/** Starting a process, compiling the programs of a run. */
export const SECONDS_PER_RUN = 5
const FORWARD = 1 / 3

export interface Cost {
  runs: number
  /** Equivalents of one image trained on once. */
  trainingImages: number
  seconds: number | null
}

/** Forward, and forward and backward, passes of one run on a set of `images` images. */
export function trainingImages(config: RunConfig, images: number): number {
  const part = config.folds === 1 ? 0 : Math.ceil(images / config.folds)
  const train = Math.min(config.trainImages ?? Infinity, images - part)
  const heldOut = Math.min(config.testImages ?? Infinity, part)
  const evaluations = Math.ceil(config.epochs / config.evaluateEvery) + 1
  // A further set of which all is measured counts as large as this one: what it holds is not known here.
  const further = config.evaluations.reduce((sum, set) => sum + (set.images ?? images), 0)
  const attacks = config.attacks.reduce((sum, attack) => {
    const attacked = Math.min(attack.images ?? Infinity, attack.on === 'all' ? images : heldOut)
    // Clean, at zero, random noise and final predictions; one gradient a step, one at zero and one for the zero share.
    const predictions = 4 + attack.blackBoxQueries
    return sum + attacked * (predictions * FORWARD + (attack.attack === 'fgsm' ? 1 : attack.steps) + 2)
  }, 0)
  return train * config.epochs + (heldOut * evaluations + further) * FORWARD + attacks
}

/**
 * @param imagesPerSecond measured on the device that will run, by network; without it the typical figure of two
 *   processor cores is used, and null is answered for networks that have none
 */
export function cost(
  configs: readonly RunConfig[],
  images: number,
  imagesPerSecond: Record<string, number> = {},
): Cost {
  let seconds: number | null = 0
  let total = 0
  for (const config of configs) {
    const passes = trainingImages(config, images)
    const rate = imagesPerSecond[config.network] ?? TYPICAL[config.network]
    total += passes
    seconds = seconds === null || rate === undefined ? null : seconds + passes / rate + SECONDS_PER_RUN
  }
  return {
    runs: configs.length,
    trainingImages: Math.round(total),
    seconds: seconds === null ? null : Math.round(seconds),
  }
}

/** "4 runs, about 2 minutes on two processor cores". */
export function costInWords({ runs, seconds, trainingImages }: Cost, where = 'on two processor cores'): string {
  const amount = plural(runs, 'run')
  if (seconds === null) return `${amount}, ${count(trainingImages)} images to train on`
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes > 120) return `${amount}, about ${Math.round(minutes / 60)} hours ${where}`
  return `${amount}, about ${plural(minutes, 'minute')} ${where}`
}
