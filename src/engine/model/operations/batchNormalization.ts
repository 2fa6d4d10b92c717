/**
 * Batch normalisation with batch statistics as one differentiable operation, so that a device can run it as a few
 * fused passes (TensorFlow.js itself has no training-mode batch normalisation). Importing this module registers the
 * kernels for every eager TensorFlow.js backend; the compiler lowers them by hand (compile/lower).
 */
import { tf } from '../../tensorflow'
import { channelAffine } from './channelAffine'
import { registerOperation } from './registerOperation'

export const BATCH_NORMALIZATION = 'BatchNormalizationTraining'
export const BATCH_NORMALIZATION_GRADIENT = 'BatchNormalizationTrainingGradient'

export interface BatchNormalizationOutput {
  /** Same shape as x. */
  y: tf.Tensor4D
  /** Batch mean per channel, [C]. */
  mean: tf.Tensor1D
  /** Biased batch variance per channel, [C]. */
  variance: tf.Tensor1D
}

/**
 * y = gamma * (x - mean) / sqrt(variance + epsilon) + beta with statistics over all but the last axis.
 * The gradient flows to x, gamma and beta through y; mean and variance are for the running statistics only
 * (no gradient flows through them).
 *
 * @param x [N, H, W, C] float32
 * @param gamma [C]
 * @param beta [C]
 */
export function batchNormalizationTraining(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon = 1e-5,
): BatchNormalizationOutput {
  const outputs = tf.engine().runKernel<tf.Tensor[]>(BATCH_NORMALIZATION, { x, gamma, beta }, { epsilon })
  const [y, mean, variance] = outputs as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]
  return { y, mean, variance }
}

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta with given statistics (evaluation mode). */
export function batchNormalizationInference(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  mean: tf.Tensor1D,
  variance: tf.Tensor1D,
  epsilon = 1e-5,
): tf.Tensor4D {
  const scale: tf.Tensor1D = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)))
  return channelAffine(x, scale, tf.sub(beta, tf.mul(mean, scale)))
}

registerOperation<'x' | 'gamma' | 'beta'>(BATCH_NORMALIZATION, ({ x, gamma, beta }, { epsilon }) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2])
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon as number)))
  return [tf.add(tf.mul(tf.sub(x, mean), scale), beta), mean, variance]
})

registerOperation<'dy' | 'x' | 'gamma' | 'mean' | 'variance'>(
  BATCH_NORMALIZATION_GRADIENT,
  ({ dy, x, gamma, mean, variance }, { epsilon }) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon as number))
    const normalised = tf.mul(tf.sub(x, mean), inverse)
    const count = x.size / gamma.size
    const dbeta = tf.sum(dy, [0, 1, 2])
    const dgamma = tf.sum(tf.mul(dy, normalised), [0, 1, 2])
    const centred = tf.sub(tf.sub(dy, tf.div(dbeta, count)), tf.mul(normalised, tf.div(dgamma, count)))
    return [tf.mul(tf.mul(gamma, inverse), centred), dgamma, dbeta]
  },
)

tf.registerGradient({
  kernelName: BATCH_NORMALIZATION,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [false, true, true],
  gradFunc: (dys, saved, attributes) => {
    const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
    const dy = (dys as tf.Tensor[])[0] as tf.Tensor
    const inputs = { dy, x, gamma, mean, variance }
    // One kernel call serves all three gradients. It is made here, not lazily: TensorFlow.js tidies each of the
    // closures below on its own, and the first would dispose of the others' results.
    const gradients = tf.engine().runKernel<tf.Tensor[]>(BATCH_NORMALIZATION_GRADIENT, inputs, attributes)
    const [dx, dgamma, dbeta] = gradients as [tf.Tensor, tf.Tensor, tf.Tensor]
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta }
  },
})
