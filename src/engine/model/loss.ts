/** The soft cross-entropy that every network is trained on (paper, section 5): hard labels are one-hot targets. */
import { tf } from '../tensorflow'

/**
 * Per image -sum_c t_c log softmax(z)_c, nats.
 * @param logits [N, classes]
 * @param targets [N, classes], rows sum to 1
 * @returns [N]
 */
export function crossEntropyPerImage(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Tensor1D {
  return tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))
}

/** Batch mean of `crossEntropyPerImage`. */
export function softCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.mean<tf.Scalar>(crossEntropyPerImage(logits, targets))
}

/** 1 where a row of logits has its maximum at the one-hot label, else 0; [N]. */
export function correctPerImage(logits: tf.Tensor2D, hard: tf.Tensor2D): tf.Tensor1D {
  const top = tf.cast(tf.greaterEqual(logits, tf.max(logits, 1, true)), 'float32')
  return tf.sum(tf.mul(top, hard), 1)
}

/** How many rows of logits have their maximum at the one-hot label; rows of zeros never count. */
export function correctCount(logits: tf.Tensor2D, hard: tf.Tensor2D): tf.Scalar {
  const top = tf.cast(tf.greaterEqual(logits, tf.max(logits, 1, true)), 'float32')
  return tf.sum<tf.Scalar>(tf.mul(top, hard))
}
