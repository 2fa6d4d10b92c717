/** The one signature of an attack. */
import type { Random } from '../random'
import type { SignStepper, StepOutcome } from './signStep'

export interface AttackBatch {
  /** float32 NHWC in [0, 1], (n, H, W, C). */
  images: Float32Array
  /** The labels to move away from, one-hot (n, classes). */
  hard: Float32Array
}

/** Sizes on the scale of images, [0, 1]. */
export interface AttackStrength {
  epsilon: number
  stepSize: number
  steps: number
  randomStart: boolean
}

/** Leaves the adversarial images in the stepper; yields what every step found. */
export type Attack = (
  stepper: SignStepper,
  batch: AttackBatch,
  strength: AttackStrength,
  random: Random,
) => AsyncGenerator<StepOutcome, void>
