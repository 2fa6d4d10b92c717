/** Reads an architecture with tensors: the forward pass, in training or in evaluation mode. */
import { batchNormalizationInference, batchNormalizationTraining } from './operations/batchNormalization'
import { everyOtherPixel } from './operations/everyOtherPixel'
import { groupedConvolution } from './operations/groupedConvolution'
import { mixture } from './operations/mixture'
import type { NamedTensors } from '../program'
import { tf } from '../tensorflow'
import type { Architecture, Layers } from './layers'

const MOMENTUM = 0.1

export interface Forward {
  /** [N, classes] */
  logits: tf.Tensor2D
  /** New running statistics by name; empty in evaluation mode. */
  updates: NamedTensors
}

export interface Mode {
  /** Batch statistics (training) or running ones (evaluation). */
  training: boolean
  /** [mixtures, 2, N] in [0, 1]: weights of every mixture for the forward and the backward pass; evenly if absent. */
  mixing?: tf.Tensor3D | undefined
}

/**
 * @param state parameters and running statistics by name
 * @param images [N, H, W, C] float32, as the first convolution takes them
 */
export function apply(
  architecture: Architecture,
  state: NamedTensors,
  images: tf.Tensor4D,
  classes: number,
  { training, mixing }: Mode,
): Forward {
  const updates: NamedTensors = {}
  const entry = (name: string): tf.Tensor => {
    const tensor = state[name]
    if (!tensor) throw new Error(`the state has no entry ${name}`)
    return tensor
  }
  let mixtures = 0
  const layers: Layers<tf.Tensor> = {
    convolution(name, x, _channels, { size, stride = 1, groups = 1, bias = false }) {
      const [input, filter, pad] = [x as tf.Tensor4D, entry(`${name}/filter`) as tf.Tensor4D, (size - 1) / 2]
      const y =
        groups === 1
          ? tf.conv2d(input, filter, stride, pad)
          : groupedConvolution(input, filter, { groups, strides: stride, pad })
      return bias ? tf.add(y, entry(`${name}/bias`)) : y
    },
    batchNormalization(name, input) {
      const x = input as tf.Tensor4D
      const [gamma, beta, mean, variance] = ['gamma', 'beta', 'mean', 'variance'].map((part) =>
        entry(`${name}/${part}`),
      ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
      if (!training) return batchNormalizationInference(x, gamma, beta, mean, variance)
      const batch = batchNormalizationTraining(x, gamma, beta)
      // Running variance is the unbiased one, as in PyTorch; the batch is normalised by the biased one.
      const count = x.size / gamma.size
      const unbiased = tf.mul(batch.variance, count / Math.max(1, count - 1))
      updates[`${name}/mean`] = running(mean, batch.mean)
      updates[`${name}/variance`] = running(variance, unbiased)
      return batch.y
    },
    relu: (x) => tf.relu(x),
    add: (a, b) => tf.add(a, b),
    maxPool: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    averagePool: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
    concatenate: (a, b) => tf.concat([a, b], -1),
    padChannels(x, channels) {
      const missing = channels - (x.shape[3] as number)
      return missing === 0
        ? x
        : tf.pad(x, [
            [0, 0],
            [0, 0],
            [0, 0],
            [0, missing],
          ])
    },
    everyOtherPixel: (x, offset) => everyOtherPixel(x as tf.Tensor4D, offset),
    mix(a, b) {
      if (!training || !mixing) return tf.mul(tf.add(a, b), 0.5)
      const [place, batch] = [mixtures++, a.shape[0]]
      const weights = (pass: 0 | 1) => tf.reshape(tf.slice(mixing, [place, pass, 0], [1, 1, batch]), [batch, 1, 1, 1])
      return mixture(a, b, weights(0), weights(1))
    },
    globalAveragePool: (x) => tf.mean(x, [1, 2]),
    linear: (name, x, _units) => tf.add(tf.matMul(x, entry(`${name}/weight`)), entry(`${name}/bias`)),
    channels: (x) => x.shape[x.shape.length - 1] as number,
  }
  return { logits: architecture(layers, images as tf.Tensor, classes) as tf.Tensor2D, updates }
}

const running = (old: tf.Tensor, batch: tf.Tensor): tf.Tensor =>
  tf.add(tf.mul(old, 1 - MOMENTUM), tf.mul(batch, MOMENTUM))
