/**
 * Of every 2x2 pixels the upper left or the lower right one: what Shake-Shake's downsampling shortcut convolves. An
 * operation of its own because the strided slice of TensorFlow.js has no gradient.
 */
import { tf } from '../../tensorflow'
import { registerOperation } from './registerOperation'

export const EVERY_OTHER_PIXEL = 'EveryOtherPixel'
export const EVERY_OTHER_PIXEL_GRADIENT = 'EveryOtherPixelGradient'

/** 0: even rows and columns; 1: odd ones. */
export type Offset = 0 | 1

/** @param x [N, H, W, C] with even H and W */
export function everyOtherPixel(x: tf.Tensor4D, offset: Offset): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(EVERY_OTHER_PIXEL, { x }, { offset })
}

registerOperation<'x'>(EVERY_OTHER_PIXEL, ({ x }, { offset }) => {
  const [n, h, w, c] = x.shape as [number, number, number, number]
  const at = offset as Offset
  const windows = tf.reshape(x, [n, h / 2, 2, w / 2, 2, c])
  return [tf.reshape(tf.slice(windows, [0, 0, at, 0, at, 0], [n, h / 2, 1, w / 2, 1, c]), [n, h / 2, w / 2, c])]
})

registerOperation<'dy'>(EVERY_OTHER_PIXEL_GRADIENT, ({ dy }, { offset }) => {
  const [n, h, w, c] = dy.shape as [number, number, number, number]
  const around: [number, number] = offset === 0 ? [0, 1] : [1, 0]
  const none: [number, number] = [0, 0]
  const spread = tf.pad(tf.reshape(dy, [n, h, 1, w, 1, c]), [none, none, around, none, around, none])
  return [tf.reshape(spread, [n, 2 * h, 2 * w, c])]
})

tf.registerGradient({
  kernelName: EVERY_OTHER_PIXEL,
  gradFunc: (dys, _saved, attributes) => ({
    x: () => tf.engine().runKernel<tf.Tensor>(EVERY_OTHER_PIXEL_GRADIENT, { dy: dys as tf.Tensor }, attributes),
  }),
})
