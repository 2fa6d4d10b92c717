/** Predicted class distributions of many images, in batches; the last, partial batch is padded with its first image. */
import type { Network } from '../model'
import type { CompiledProgram, Device, DeviceState, Program } from '../program'
import { batchOf, type PackedImages } from '../data/augmentation'
import type { tf } from '../tensorflow'

/** Inputs: images [B, H, W, C] in [0, 1]. Outputs: logits [B, classes], evaluation mode. */
export function predictionProgram(network: Network, batch: number, { normalise = true } = {}): Program {
  const { height, width, channels } = network.image
  return {
    name: `${network.id}/predict`,
    inputs: { images: [batch, height, width, channels] },
    step(state, { images }) {
      return {
        outputs: { logits: network.forward(state, images as tf.Tensor4D, { training: false, normalise }).logits },
      }
    },
  }
}

export interface Predictor {
  batch: number
  /**
   * Distributions (n, classes) of n images given as float32 NHWC in [0, 1]; n at most the batch.
   */
  predict(images: Float32Array): Promise<Float32Array>
  dispose(): void
}

/** Compiles a predictor against a state that holds the network's parameters and running statistics. */
export async function openPredictor(
  device: Device,
  network: Network,
  state: DeviceState,
  batch: number,
): Promise<Predictor> {
  const program: CompiledProgram = await device.compile(predictionProgram(network, batch), state)
  const { height, width, channels, classes } = network.image
  const size = height * width * channels
  return {
    batch,
    async predict(images) {
      const count = images.length / size
      const { logits } = await program.run({ images: padded(images, batch, size) })
      return softmaxRows((logits as Float32Array).subarray(0, count * classes), classes)
    },
    dispose: () => program.dispose(),
  }
}

/** Distributions (indices.length, classes) of packed images, yielding how many are done after each batch. */
export async function* predictPacked(
  predictor: Predictor,
  images: PackedImages,
  indices: Int32Array,
  classes: number,
): AsyncGenerator<number, Float32Array> {
  const predictions = new Float32Array(indices.length * classes)
  for (let start = 0; start < indices.length; start += predictor.batch) {
    const part = indices.subarray(start, start + predictor.batch)
    predictions.set(await predictor.predict(batchOf(images, part, null)), start * classes)
    yield start + part.length
  }
  return predictions
}

/** The rows given, repeated from the first where the batch is not full. */
export function padded(rows: Float32Array, batch: number, width: number): Float32Array {
  const count = rows.length / width
  if (count === batch) return rows
  const full = new Float32Array(batch * width)
  full.set(rows)
  for (let n = count; n < batch; n++) full.set(rows.subarray(0, width), n * width)
  return full
}

/** Softmax of each row, computed in double precision. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length)
  for (let row = 0; row < logits.length; row += classes) {
    const values = logits.subarray(row, row + classes)
    const largest = values.reduce((a, b) => Math.max(a, b), -Infinity)
    let sum = 0
    for (const value of values) sum += Math.exp(value - largest)
    values.forEach((value, c) => (result[row + c] = Math.exp(value - largest) / sum))
  }
  return result
}
