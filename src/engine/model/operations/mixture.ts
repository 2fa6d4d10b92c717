/**
 * Shake-Shake's mixing of two paths (Gastaldi 2017): weights of the forward pass and others of the backward pass, so
 * that the gradient is not that of what was computed.
 */
import { tf } from '../../tensorflow'

/**
 * alpha * a + (1 - alpha) * b, whose gradient is taken as if alpha were beta.
 *
 * @param a [N, H, W, C]
 * @param b the same shape
 * @param alpha [N, 1, 1, 1]
 * @param beta [N, 1, 1, 1]
 */
export function mixture(a: tf.Tensor, b: tf.Tensor, alpha: tf.Tensor, beta: tf.Tensor): tf.Tensor {
  const blend = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [x, y, save] = inputs as [tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    save([beta])
    return {
      value: tf.add(tf.mul(x, alpha), tf.mul(y, tf.sub(1, alpha))),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const weight = saved[0] as tf.Tensor
        return [tf.mul(dy, weight), tf.mul(dy, tf.sub(1, weight))]
      },
    }
  })
  return blend(a, b)
}
