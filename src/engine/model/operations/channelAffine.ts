/**
 * y = x * scale + shift per channel, as one differentiable operation: evaluation-mode batch normalisation, and what
 * remains of training-mode batch normalisation once its statistics are known. One pass over memory on every device.
 */
import { tf } from '../../tensorflow'
import { registerOperation } from './registerOperation'

export const CHANNEL_AFFINE = 'ChannelAffine'

/**
 * @param x [N, H, W, C] float32
 * @param scale [C]
 * @param shift [C]
 */
export function channelAffine(x: tf.Tensor4D, scale: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(CHANNEL_AFFINE, { x, scale, shift })
}

registerOperation<'x' | 'scale' | 'shift'>(CHANNEL_AFFINE, ({ x, scale, shift }) => [tf.add(tf.mul(x, scale), shift)])

tf.registerGradient({
  kernelName: CHANNEL_AFFINE,
  inputsToSave: ['x', 'scale'],
  gradFunc: (dys, saved) => {
    const dy = dys as tf.Tensor4D
    const [x, scale] = saved as [tf.Tensor4D, tf.Tensor1D]
    return {
      x: () => tf.mul(dy, scale),
      scale: () => tf.sum(tf.mul(dy, x), [0, 1, 2]),
      shift: () => tf.sum(dy, [0, 1, 2]),
    }
  },
})
