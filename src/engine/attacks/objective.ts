/** What gradient attacks raise, per image: a loss to the label, or the opposite of a loss to the class they aim at. */
import type { AttackConfig } from '../../domain/attacks/config'
import { argmax, rowAt } from '../../domain/labels/distribution'
import { tf } from '../tensorflow'
import { crossEntropyPerImage } from '../model/loss'

export type AttackLoss = AttackConfig['loss']

/** Far below any logit, and exact for the classes it is not subtracted from. */
const OUT_OF_REACH = 1e9

/**
 * The best other class's logit minus that of the class given: above 0 where the network says something else.
 * @param logits [N, classes]
 * @param hard [N, classes], one-hot
 * @returns [N]
 */
export function marginPerImage(logits: tf.Tensor2D, hard: tf.Tensor2D): tf.Tensor1D {
  const others = tf.max<tf.Tensor1D>(tf.sub(logits, tf.mul(hard, OUT_OF_REACH)), 1)
  return tf.sub(others, tf.sum(tf.mul(logits, hard), 1))
}

/**
 * Away from the label, or, where there is a `target`, towards it.
 * @param hard [N, classes], one-hot labels
 * @param target [N, classes], one-hot
 * @returns [N]
 */
export function raisedPerImage(
  loss: AttackLoss,
  logits: tf.Tensor2D,
  hard: tf.Tensor2D,
  target: tf.Tensor2D | null,
): tf.Tensor1D {
  const lossTo = loss === 'margin' ? marginPerImage : crossEntropyPerImage
  return target ? tf.neg(lossTo(logits, target)) : lossTo(logits, hard)
}

/**
 * The classes aimed at, one-hot (n, classes); null where an attack only moves away. The label is never aimed at, even
 * where the network finds it the least likely of all.
 * @param labels (n)
 * @param clean distributions of the images before the attack, (n, classes)
 */
export function targetsOf(
  towards: AttackConfig['towards'],
  labels: Uint8Array,
  clean: Float32Array,
  classes: number,
): Float32Array | null {
  if (towards === null) return null
  const rows = new Float32Array(labels.length * classes)
  labels.forEach((label, n) => {
    const unlikely = Array.from(rowAt(clean, n, classes), (p, c) => (c === label ? -Infinity : -p))
    rows[n * classes + (towards === 'next' ? (label + 1) % classes : argmax(unlikely))] = 1
  })
  return rows
}
