/**
 * Gradients together with what the forward pass computed on the way. `tf.valueAndGrads` lets only the scalar out;
 * a step also needs logits and running statistics of the same pass, not of a second one.
 */
import type { NamedTensors } from './program'
import { tf } from './tensorflow'

export interface Differentiated {
  value: tf.Scalar
  gradients: NamedTensors
  extras: NamedTensors
}

/**
 * @param f of the tensors in `at`, returning the scalar to differentiate and anything else worth keeping
 * @param at what to differentiate with respect to, by name
 */
export function differentiate(
  f: (at: NamedTensors) => { value: tf.Scalar; extras: NamedTensors },
  at: NamedTensors,
): Differentiated {
  const names = Object.keys(at)
  const kept: NamedTensors = {}
  try {
    const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => {
      const result = f(Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor])))
      for (const [name, tensor] of Object.entries(result.extras)) kept[name] = tf.keep(tf.clone(tensor))
      return result.value
    })(Object.values(at))
    // A kept tensor outlives every scope, so hand out a copy (no data is copied) that belongs to the caller's.
    const extras = Object.fromEntries(Object.entries(kept).map(([name, tensor]) => [name, tf.clone(tensor)]))
    const gradients = Object.fromEntries(names.map((name, i) => [name, grads[i] as tf.Tensor]))
    return { value: value, gradients, extras }
  } finally {
    for (const tensor of Object.values(kept)) tensor.dispose()
  }
}
