/** The one signature of an attack, whatever it sees of the network. */
import type { ImageShape } from '../model'
import type { Random } from '../../domain/addressedRandom'
import type { Goal, SignStepper, StepOutcome, StepSize } from './signStep'

export interface AttackBatch extends Goal {
  /** float32 NHWC in [0, 1], (n, H, W, C). */
  images: Float32Array
  shape: ImageShape
}

export interface AttackStrength extends StepSize {
  steps: number
  randomStart: boolean
}

/**
 * Yields what every step on the device found and returns the adversarial images, (n, H, W, C). `By` is what it reaches
 * the network through: a stepper where it follows gradients, a question where it only asks.
 */
export type Attack<By = SignStepper, Strength = AttackStrength, Outcome = StepOutcome> = (
  by: By,
  batch: AttackBatch,
  strength: Strength,
  random: Random,
) => AsyncGenerator<Outcome, Float32Array>

/** Where an attack starts: at the images, or at uniformly random points of the balls around them. */
export function startOf(images: Float32Array, { epsilon, randomStart }: AttackStrength, random: Random): Float32Array {
  if (!randomStart) return images
  return images.map((value) => Math.min(1, Math.max(0, value + epsilon * (2 * random.uniform() - 1))))
}
