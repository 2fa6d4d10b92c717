/** One training step as a program: forward, soft cross-entropy, backward, and the optimiser's update. */
import type { Network } from '../model'
import { differentiate } from '../gradients'
import type { NamedValues, Program } from '../program'
import { type tf } from '../tensorflow'
import { mixingSignature } from '../model/mixing'
import { correctCount, softCrossEntropy } from '../model/loss'
import { optimiser, type OptimiserOptions } from './optimisers'

export { momentumOf } from './optimisers'

export interface TrainingOptions extends OptimiserOptions {
  batch: number
  /** See ForwardOptions; default true. */
  normalise?: boolean
}

/** What the training program's state starts from: the network's own entries, and zeros for the optimiser. */
export function initialTrainingState(network: Network, seed: number, options?: OptimiserOptions): NamedValues {
  return withOptimiser(network, network.initialise(seed), options)
}

/** Parameters and running statistics together with a fresh optimiser's zeros; other entries are left out. */
export function withOptimiser(
  network: Network,
  weights: NamedValues,
  options: OptimiserOptions = { momentum: 0.9, nesterov: true, weightDecay: 0 },
): NamedValues {
  const { kept } = optimiser(options)
  const values: NamedValues = {}
  for (const { name } of [...network.parameters, ...network.statistics]) {
    const { shape, data } = weights[name] as NamedValues[string]
    values[name] = { shape, data }
  }
  for (const { name } of network.parameters) {
    const { shape, data } = values[name] as NamedValues[string]
    for (const entry of kept(name)) values[entry] = { shape, data: new Float32Array(data.length) }
  }
  return values
}

/**
 * Inputs: images [B, H, W, C] in [0, 1], targets [B, classes] (trained on), hard [B, classes] (one-hot publisher's
 * labels, for training accuracy only), learningRate [], what the optimiser takes, and mixing (mixing.ts) where the
 * network mixes paths. Outputs: loss [] (before the step), correct [] (count).
 */
export function trainingProgram(network: Network, options: TrainingOptions): Program {
  const { batch, normalise = true } = options
  const { height, width, channels, classes } = network.image
  const { signature, update } = optimiser(options)
  return {
    name: `${network.id}/train`,
    inputs: {
      images: [batch, height, width, channels],
      targets: [batch, classes],
      hard: [batch, classes],
      learningRate: [],
      ...signature,
      ...mixingSignature(network, batch),
    },
    step(state, { images, targets, hard, mixing, ...rates }) {
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
        Object.assign(updates, update(name, state, gradients[name] as tf.Tensor, rates))
      }
      return { state: updates, outputs: { loss: value, correct: correct as tf.Tensor } }
    },
  }
}
