/** Gives the program's own operations an eager form on every TensorFlow.js backend that can run them. */
import { tf } from '../../tensorflow'

type Attributes = Record<string, unknown>

/** Backends on which programs run eagerly: the JavaScript oracle and the native TensorFlow bindings. */
const EAGER_BACKENDS = ['cpu', 'tensorflow'] as const

/**
 * Registers `compose`, written with ordinary TensorFlow.js operations over the inputs named by `K`, as kernel
 * `kernelName` of the eager backends.
 */
export function registerOperation<K extends string>(
  kernelName: string,
  compose: (inputs: Record<K, tf.Tensor>, attributes: Attributes) => tf.Tensor[],
): void {
  for (const backendName of EAGER_BACKENDS) {
    tf.registerKernel({
      kernelName,
      backendName,
      // Inside a kernel nothing is taped, so the composed operations cost no gradient bookkeeping.
      kernelFunc: ({ inputs, attrs }) => {
        const outputs = compose(inputs as Record<K, tf.Tensor>, attrs ?? {})
        return outputs.length === 1 ? (outputs[0] as tf.Tensor) : outputs
      },
    })
  }
}
