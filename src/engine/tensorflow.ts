/**
 * TensorFlow.js as this program uses it: the core operations with their gradients. Under plain Node `tfjs-core`
 * registers no gradients; the module that does resolves only through a bundler, which is why every entry is built.
 */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients'

tf.env().set('PROD', true)

export { tf }
