/** What a network is trained towards: one file that turns labels and distributions into rows of probabilities. */
import type { Target } from '../../shared/domain'
import { StudioError } from '../../shared/errors'

/** One-hot rows of the labels of `indices`, (n, classes). */
export function oneHot(labels: Uint8Array, indices: ArrayLike<number>, classes: number): Float32Array {
  const rows = new Float32Array(indices.length * classes)
  for (let n = 0; n < indices.length; n++) {
    const image = indices[n] as number
    const label = labels[image] as number
    if (label >= classes) {
      throw new StudioError('bad-input', `Image ${image} has no label among the ${classes} classes.`)
    }
    rows[n * classes + label] = 1
  }
  return rows
}

/** Rows of `values` (count, width) for `indices`. */
export function rowsOf(values: Float32Array, indices: ArrayLike<number>, width: number): Float32Array {
  const rows = new Float32Array(indices.length * width)
  for (let n = 0; n < indices.length; n++) {
    const row = indices[n] as number
    rows.set(values.subarray(row * width, (row + 1) * width), n * width)
  }
  return rows
}

/** Target rows (n, classes): the publisher's labels one-hot, or the people's distributions. */
export function targetsOf(
  target: Target,
  data: { labels: Uint8Array; distributions: Float32Array; classes: number },
  indices: ArrayLike<number>,
): Float32Array {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check
  switch (target) {
    case 'hard':
      return oneHot(data.labels, indices, data.classes)
    case 'soft':
      return rowsOf(data.distributions, indices, data.classes)
    default:
      throw new StudioError('bad-input', `The target ${target} is not there yet.`)
  }
}
