/**
 * Random crops of zero-padded images, horizontal flips and cutout, and the conversion from packed uint8 to what
 * programs take. Padding is black *before* normalisation, as where raw images are padded and then normalised.
 */
import { MEAN } from '../model'
import type { Random } from '../../domain/addressedRandom'

export interface PackedImages {
  /** uint8 NHWC */
  pixels: Uint8Array
  height: number
  width: number
  channels: number
}

const PADDING = 4

/**
 * The images of `indices`, float32 NHWC in [0, 1]; with `random`, each padded by 4, cropped and perhaps flipped, and
 * then a square of side `cutout` cut out of it.
 */
export function batchOf(
  images: PackedImages,
  indices: ArrayLike<number>,
  random: Random | null,
  cutout = 0,
): Float32Array {
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
    if (cutout > 0) cutSquare(images, batch, n * size, cutout, random)
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

/**
 * A square at a random place, whose centre lies within the image, becomes the mean colour: 0 once it is normalised
 * (DeVries and Taylor 2017). What of the square lies outside is lost.
 */
function cutSquare(
  { height, width, channels }: PackedImages,
  batch: Float32Array,
  target: number,
  side: number,
  random: Random,
): void {
  // Of an even side the centre lies between pixels: there is one place more, on the far edge.
  const places = side % 2 === 0 ? 0 : 1
  const half = Math.floor(side / 2)
  const top = random.integer(height - places) - half
  const left = random.integer(width - places) - half
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + side); x++) {
      for (let c = 0; c < channels; c++) batch[target + (y * width + x) * channels + c] = MEAN[c] ?? 0
    }
  }
}
