/**
 * One training step as a program: forward, soft cross-entropy, backward, and SGD with (Nesterov) momentum and weight
 * decay on every tensor, in PyTorch's formulation:
 *
 *   g = gradient + weightDecay * p;  buffer = momentum * buffer + g
 *   p = p - learningRate * (nesterov ? g + momentum * buffer : buffer)
 */
import type { Network } from '../networks'
import { differentiate } from '../gradients'
import type { NamedTensors, NamedValues, Program } from '../program'
import { tf } from '../tensorflow'
import { mixingSignature } from './mixing'
import { correctCount, softCrossEntropy } from './loss'

export interface TrainingOptions {
  batch: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  /** See ForwardOptions; default true. */
  normalise?: boolean
}

/** Name of a parameter's momentum buffer in the state. */
export const momentumOf = (parameter: string): string => `${parameter}/momentum`

/** What the training program's state starts from: the network's own entries and zero momentum. */
export function initialTrainingState(network: Network, seed: number): NamedValues {
  const values = network.initialise(seed)
  for (const { name } of network.parameters) {
    const { shape, data } = values[name] as NamedValues[string]
    values[momentumOf(name)] = { shape, data: new Float32Array(data.length) }
  }
  return values
}

/**
 * Inputs: images [B, H, W, C] in [0, 1], targets [B, classes] (trained on), hard [B, classes] (one-hot publisher's
 * labels, for training accuracy only), learningRate [], and mixing (mixing.ts) where the network mixes paths. Outputs: loss [] (before the step), correct [] (count).
 */
export function trainingProgram(network: Network, options: TrainingOptions): Program {
  const { batch, normalise = true } = options
  const { height, width, channels, classes } = network.image
  return {
    name: `${network.id}/train`,
    inputs: {
      images: [batch, height, width, channels],
      targets: [batch, classes],
      hard: [batch, classes],
      learningRate: [],
      ...mixingSignature(network, batch),
    },
    step(state, { images, targets, hard, learningRate, mixing }) {
      const parameters = Object.fromEntries(network.parameters.map(({ name }) => [name, state[name] as tf.Tensor]))
      const { value, gradients, extras } = differentiate((current) => {
        const mode = { training: true, normalise, mixing: mixing as tf.Tensor3D | undefined }
        const forward = network.forward({ ...state, ...current }, images as tf.Tensor4D, mode)
        return {
          value: softCrossEntropy(forward.logits, targets as tf.Tensor2D),
          extras: { ...forward.updates, correct: correctCount(forward.logits, hard as tf.Tensor2D) },
        }
      }, parameters)
      const { correct, ...updates } = extras
      for (const { name } of network.parameters) {
        Object.assign(updates, sgd(name, state, gradients[name] as tf.Tensor, learningRate as tf.Tensor, options))
      }
      return { state: updates, outputs: { loss: value, correct: correct as tf.Tensor } }
    },
  }
}

function sgd(
  name: string,
  state: NamedTensors,
  gradient: tf.Tensor,
  learningRate: tf.Tensor,
  { momentum, nesterov, weightDecay }: TrainingOptions,
): NamedTensors {
  const parameter = state[name] as tf.Tensor
  const old = state[momentumOf(name)] as tf.Tensor
  const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))
  const buffer = tf.add(tf.mul(old, momentum), g)
  const step = nesterov ? tf.add(g, tf.mul(buffer, momentum)) : buffer
  return { [name]: tf.sub(parameter, tf.mul(step, learningRate)), [momentumOf(name)]: buffer }
}
