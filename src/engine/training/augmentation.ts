/**
 * Random crops of zero-padded images and horizontal flips, and the conversion from packed uint8 to what programs
 * take. Padding is black *before* normalisation, as where raw images are padded and then normalised.
 */
import type { Random } from '../random'

export interface PackedImages {
  /** uint8 NHWC */
  pixels: Uint8Array
  height: number
  width: number
  channels: number
}

const PADDING = 4

/** The images of `indices`, float32 NHWC in [0, 1]; with `random`, each padded by 4, cropped and perhaps flipped. */
export function batchOf(images: PackedImages, indices: ArrayLike<number>, random: Random | null): Float32Array {
  const { height, width, channels } = images
  const size = height * width * channels
  const batch = new Float32Array(indices.length * size)
  for (let n = 0; n < indices.length; n++) {
    const source = (indices[n] as number) * size
    if (!random) {
      for (let i = 0; i < size; i++) batch[n * size + i] = (images.pixels[source + i] as number) / 255
      continue
    }
    const top = random.integer(2 * PADDING) - PADDING
    const left = random.integer(2 * PADDING) - PADDING
    const flip = random.integer(1) === 1
    copyCrop(images, source, batch, n * size, top, left, flip)
  }
  return batch
}

/** Crop whose corner lies at (top, left) of the image, outside of which everything is 0; then mirrored if `flip`. */
export function copyCrop(
  { pixels, height, width, channels }: PackedImages,
  source: number,
  batch: Float32Array,
  target: number,
  top: number,
  left: number,
  flip: boolean,
): void {
  for (let y = 0; y < height; y++) {
    const fromY = y + top
    if (fromY < 0 || fromY >= height) continue
    for (let x = 0; x < width; x++) {
      const fromX = (flip ? width - 1 - x : x) + left
      if (fromX < 0 || fromX >= width) continue
      const from = source + (fromY * width + fromX) * channels
      const to = target + (y * width + x) * channels
      for (let c = 0; c < channels; c++) batch[to + c] = (pixels[from + c] as number) / 255
    }
  }
}
