/**
 * The step that l-infinity attacks share: move every pixel by the sign of the loss's gradient, then project into the
 * ball around the original image and into [0, 1]. Original and adversarial images stay on the device between steps.
 */
import { differentiate } from '../gradients'
import type { Network } from '../networks'
import type { Device, NamedValues, Program } from '../program'
import { tf } from '../tensorflow'
import { padded } from '../evaluation/predict'
import { crossEntropyPerImage } from '../training/loss'

const ORIGINAL = 'attack/original'
const ADVERSARIAL = 'attack/adversarial'

/**
 * Inputs: hard [B, classes] (one-hot), epsilon [], stepSize [] (images are in [0, 1]). State: the evaluation-mode
 * network's, and the two image batches. Outputs: loss [B], nats, before the step; zeros [B], how many entries of each
 * image's input gradient are exactly 0.
 */
export function signStepProgram(network: Network, batch: number): Program {
  const { height, width, channels, classes } = network.image
  return {
    name: `${network.id}/sign-step`,
    inputs: { hard: [batch, classes], epsilon: [], stepSize: [] },
    step(state, { hard, epsilon, stepSize }) {
      const original = state[ORIGINAL] as tf.Tensor4D
      const { gradients, extras } = differentiate(
        ({ images }) => {
          const { logits } = network.forward(state, images as tf.Tensor4D, { training: false })
          const loss = crossEntropyPerImage(logits, hard as tf.Tensor2D)
          // The sum, so that one image's gradient does not depend on the batch it is in.
          return { value: tf.sum<tf.Scalar>(loss), extras: { loss } }
        },
        { images: state[ADVERSARIAL] as tf.Tensor4D },
      )
      const direction = tf.sign(gradients['images'] as tf.Tensor4D)
      const moved = tf.add(state[ADVERSARIAL] as tf.Tensor4D, tf.mul(direction, stepSize as tf.Tensor))
      const above = tf.maximum(moved, tf.sub(original, epsilon as tf.Tensor))
      const inBall = tf.minimum(above, tf.add(original, epsilon as tf.Tensor))
      const zeros = tf.sub(height * width * channels, tf.sum(tf.abs(direction), [1, 2, 3]))
      return {
        state: { [ADVERSARIAL]: tf.clipByValue(inBall, 0, 1) },
        outputs: { loss: extras['loss'] as tf.Tensor, zeros },
      }
    },
  }
}

/** What a step found before it moved anything; one entry per image. */
export interface StepOutcome {
  /** Nats. */
  loss: Float32Array
  /** Entries of the input gradient that are exactly 0. */
  zeros: Float32Array
}

export interface SignStepper {
  batch: number
  /** Sets the originals and where to start from; float32 NHWC in [0, 1], n at most the batch. */
  begin(original: Float32Array, start: Float32Array): Promise<void>
  /** One step; labels one-hot (n, classes), sizes in [0, 1] units. */
  step(hard: Float32Array, epsilon: number, stepSize: number): Promise<StepOutcome>
  /** The adversarial images as they are now. */
  images(): Promise<Float32Array>
  dispose(): void
}

/** @param weights parameters and running statistics of the network attacked; further entries are ignored */
export async function openSignStepper(
  device: Device,
  network: Network,
  weights: NamedValues,
  batch: number,
): Promise<SignStepper> {
  const { height, width, channels, classes } = network.image
  const size = height * width * channels
  const shape = [batch, height, width, channels]
  const names = [...network.parameters, ...network.statistics].map(({ name }) => name)
  const blank = { shape, data: new Float32Array(batch * size) }
  const state = await device.createState({
    ...Object.fromEntries(names.map((name) => [name, weights[name] as NamedValues[string]])),
    [ORIGINAL]: blank,
    [ADVERSARIAL]: blank,
  })
  const program = await device.compile(signStepProgram(network, batch), state)
  let count = 0
  return {
    batch,
    async begin(original, start) {
      count = original.length / size
      await state.write({
        [ORIGINAL]: { shape, data: padded(original, batch, size) },
        [ADVERSARIAL]: { shape, data: padded(start, batch, size) },
      })
    },
    async step(hard, epsilon, stepSize) {
      const outputs = await program.run({
        hard: padded(hard, batch, classes),
        epsilon: Float32Array.of(epsilon),
        stepSize: Float32Array.of(stepSize),
      })
      const { loss, zeros } = outputs as { loss: Float32Array; zeros: Float32Array }
      return { loss: loss.slice(0, count), zeros: zeros.slice(0, count) }
    },
    async images() {
      const values = await state.read([ADVERSARIAL])
      return (values[ADVERSARIAL] as NamedValues[string]).data.slice(0, count * size)
    },
    dispose() {
      program.dispose()
      state.dispose()
    },
  }
}
