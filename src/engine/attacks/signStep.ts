/**
 * The step that l-infinity attacks share: move every pixel by the sign of a gradient, then project into the ball around
 * the original image and into [0, 1]. Original and adversarial images, and the gradient that momentum accumulates, stay
 * on the device between steps.
 */
import { StudioError } from '../../domain/errors'
import { padded } from '../evaluation/predict'
import { differentiate } from '../gradients'
import type { Network } from '../model'
import type { Device, DeviceState, NamedTensors, NamedValues, Program } from '../program'
import { tf } from '../tensorflow'
import { correctPerImage, crossEntropyPerImage } from '../model/loss'
import { raisedPerImage, type AttackLoss } from './objective'

const ORIGINAL = 'attack/original'
const ADVERSARIAL = 'attack/adversarial'
const ACCUMULATED = 'attack/accumulated'

/** Smallest l1 norm that is divided by: an image whose gradient vanishes adds nothing to its momentum, and not NaN. */
const LEAST_NORM = 1e-30

/** What differs between programs; sizes and classes are inputs. */
export interface SignStepVariant {
  loss: AttackLoss
  /** Towards a class instead of away from the label. */
  targeted: boolean
  /** By the sign of the accumulated gradient instead of the gradient's own. */
  momentum: boolean
}

/** Whether what the steps raise is the cross-entropy to the label itself. */
const raisesLoss = ({ loss, targeted }: SignStepVariant): boolean => loss === 'cross-entropy' && !targeted

/**
 * Inputs: hard [B, classes] (one-hot labels), epsilon [], stepSize [] (images are in [0, 1]); target [B, classes]
 * (one-hot) where it is targeted, decay [] where it has momentum. State: the evaluation-mode network's, the two image
 * batches and the accumulated gradient. Outputs: loss [B], cross-entropy to the label before the step, nats; objective
 * [B], what is raised, where it is not that loss; right [B], 1 where the label is the first guess before the step;
 * zeros [B], how many entries of each image's input gradient are exactly 0.
 */
export function signStepProgram(network: Network, batch: number, variant: SignStepVariant): Program {
  const { height, width, channels, classes } = network.image
  const { loss: raised, targeted, momentum } = variant
  return {
    name: [network.id, 'sign-step', raised, targeted && 'targeted', momentum && 'momentum'].filter(Boolean).join('/'),
    inputs: {
      hard: [batch, classes],
      epsilon: [],
      stepSize: [],
      ...(targeted && { target: [batch, classes] }),
      ...(momentum && { decay: [] }),
    },
    step(state, inputs) {
      const { hard, target, epsilon, stepSize, decay } = inputs as Record<string, tf.Tensor2D>
      const original = state[ORIGINAL] as tf.Tensor4D
      const { gradients, extras } = differentiate(
        ({ images }) => {
          const { logits } = network.forward(state, images as tf.Tensor4D, { training: false })
          const loss = crossEntropyPerImage(logits, hard as tf.Tensor2D)
          const value = raisesLoss(variant) ? loss : raisedPerImage(raised, logits, hard as tf.Tensor2D, target ?? null)
          // The sum, so that one image's gradient does not depend on the batch it is in.
          const right = correctPerImage(logits, hard as tf.Tensor2D)
          return {
            value: tf.sum<tf.Scalar>(value),
            extras: { loss, right, ...(!raisesLoss(variant) && { objective: value }) },
          }
        },
        { images: state[ADVERSARIAL] as tf.Tensor4D },
      )
      const gradient = gradients['images'] as tf.Tensor4D
      const signs = tf.sign(gradient)
      const updates: NamedTensors = {}
      let direction = signs
      if (momentum) {
        const norm = tf.maximum(tf.sum(tf.abs(gradient), [1, 2, 3], true), LEAST_NORM)
        const before = tf.mul(state[ACCUMULATED] as tf.Tensor4D, decay as tf.Tensor)
        updates[ACCUMULATED] = tf.add(before, tf.div(gradient, norm))
        direction = tf.sign(updates[ACCUMULATED] as tf.Tensor4D)
      }
      const moved = tf.add(state[ADVERSARIAL] as tf.Tensor4D, tf.mul(direction, stepSize as tf.Tensor))
      const above = tf.maximum(moved, tf.sub(original, epsilon as tf.Tensor))
      const inBall = tf.minimum(above, tf.add(original, epsilon as tf.Tensor))
      updates[ADVERSARIAL] = tf.clipByValue(inBall, 0, 1)
      const zeros = tf.sub(height * width * channels, tf.sum(tf.abs(signs), [1, 2, 3]))
      return { state: updates, outputs: { ...extras, zeros } }
    },
  }
}

/** Classes to move away from or towards, one-hot (n, classes). */
export interface Goal {
  hard: Float32Array
  /** Read by targeted steps only. */
  target: Float32Array | null
}

/** On the scale of images, [0, 1]. */
export interface StepSize {
  epsilon: number
  stepSize: number
  /** Of the accumulated gradient; read by steps with momentum only. */
  decay: number
}

/** What is found of images between steps; one entry per image. */
export interface StepFound {
  /** Cross-entropy to the label, nats. */
  loss: Float32Array | Float64Array
  /** What the attack raises: `loss`, its margin, or the opposite of a loss to the class aimed at. */
  objective: Float32Array | Float64Array
  /** 1 where the label is the first guess, else 0. */
  right: Float32Array
}

/** What a step found before it moved anything; one entry per image. */
export interface StepOutcome extends StepFound {
  loss: Float32Array
  objective: Float32Array
  /** Entries of the input gradient that are exactly 0. */
  zeros: Float32Array
}

export interface SignStepper {
  batch: number
  /** Sets the originals and where to start from; float32 NHWC in [0, 1], n at most the batch. Forgets all momentum. */
  begin(original: Float32Array, start: Float32Array): Promise<void>
  step(goal: Goal, size: StepSize): Promise<StepOutcome>
  /** The adversarial images as they are now. */
  images(): Promise<Float32Array>
  dispose(): void
}

/**
 * The state that steps and predictions share: the network's own entries of `weights`, and room for the images.
 * Throws StudioError('bad-input') for weights of another network.
 */
export function attackState(network: Network, weights: NamedValues, batch: number): NamedValues {
  const { height, width, channels } = network.image
  const own = [...network.parameters, ...network.statistics].map(({ name, shape }) => {
    const value = weights[name]
    if (value?.shape.join() === shape.join()) return [name, value] as const
    throw new StudioError('bad-input', `The weights have no entry ${name} as ${network.id} needs it.`)
  })
  const blank = { shape: [batch, height, width, channels], data: new Float32Array(batch * height * width * channels) }
  return {
    ...Object.fromEntries(own),
    [ORIGINAL]: blank,
    [ADVERSARIAL]: blank,
    [ACCUMULATED]: blank,
  }
}

/** @param state made of `attackState`; its images serve one stepper at a time */
export async function openSignStepper(
  device: Device,
  network: Network,
  state: DeviceState,
  batch: number,
  variant: SignStepVariant,
): Promise<SignStepper> {
  const { height, width, channels, classes } = network.image
  const size = height * width * channels
  const shape = [batch, height, width, channels]
  const program = await device.compile(signStepProgram(network, batch, variant), state)
  const nothing = { shape, data: new Float32Array(batch * size) }
  let count = 0
  return {
    batch,
    async begin(original, start) {
      count = original.length / size
      await state.write({
        [ORIGINAL]: { shape, data: padded(original, batch, size) },
        [ADVERSARIAL]: { shape, data: padded(start, batch, size) },
        ...(variant.momentum && { [ACCUMULATED]: nothing }),
      })
    },
    async step({ hard, target }, { epsilon, stepSize, decay }) {
      const outputs = await program.run({
        hard: padded(hard, batch, classes),
        epsilon: Float32Array.of(epsilon),
        stepSize: Float32Array.of(stepSize),
        ...(variant.targeted && target && { target: padded(target, batch, classes) }),
        ...(variant.momentum && { decay: Float32Array.of(decay) }),
      })
      const of = (name: keyof StepOutcome) => (outputs[name] as Float32Array).slice(0, count)
      const loss = of('loss')
      const objective = raisesLoss(variant) ? loss : of('objective')
      return { loss, objective, right: of('right'), zeros: of('zeros') }
    },
    async images() {
      const values = await state.read([ADVERSARIAL])
      return (values[ADVERSARIAL] as NamedValues[string]).data.slice(0, count * size)
    },
    dispose: () => program.dispose(),
  }
}
