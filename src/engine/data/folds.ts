/**
 * k-fold cross-validation as the paper's materials do it: positions of a seeded permutation (NumPy's
 * `RandomState(seed).shuffle(arange(n))`); fold f of k holds out the f-th k-th of the positions, and the rest is
 * trained on in the permutation's order.
 */
import { StudioError } from '../../domain/errors'
import { Random } from '../../domain/addressedRandom'

export interface Fold {
  /** Image indices, in the order of the permutation. */
  train: Int32Array
  heldOut: Int32Array
}

export function permutation(count: number, seed: number): Int32Array {
  return new Random(seed).permutation(count)
}

/**
 * Parts differ by at most one image where `count` is not a multiple of `folds`.
 * Throws StudioError('bad-input') where the fold does not exist or would be empty.
 */
export function fold(count: number, folds: number, index: number, seed: number): Fold {
  if (!Number.isInteger(folds) || folds < 2 || folds > count) {
    throw new StudioError('bad-input', `${count} images cannot be divided into ${folds} folds.`)
  }
  if (!Number.isInteger(index) || index < 0 || index >= folds) {
    throw new StudioError('bad-input', `There is no fold ${index}: ${folds} folds are numbered from 0.`)
  }
  const order = permutation(count, seed)
  const start = Math.floor((index * count) / folds)
  const end = Math.floor(((index + 1) * count) / folds)
  const train = new Int32Array(count - (end - start))
  train.set(order.subarray(0, start))
  train.set(order.subarray(end), start)
  return { train, heldOut: order.slice(start, end) }
}
