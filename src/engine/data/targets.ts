/** What a network is trained towards: labels and distributions turned into rows of probabilities, batch by batch. */
import type { RunConfig } from '../../domain/runs/config'
import { assertNever, StudioError } from '../../domain/errors'
import { PURPOSE, Random } from '../../domain/addressedRandom'
import { categoryRows } from './categories'
import { majorityHard, modeForced, smoothed } from './controls'

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

export interface TargetData {
  /** Publisher's labels (count). */
  labels: Uint8Array
  classes: number
  /** Human distributions (count, classes); null where there are none. */
  people: Float32Array | null
  /** What `distilled` and `aggregated` train towards (count, classes); null for other targets. */
  given: Float32Array | null
  /** Images that are trained on. */
  train: Int32Array
}

/** Which batch of a run: all that its random numbers depend on. */
export interface BatchPlace {
  epoch: number
  /** Within the epoch. */
  index: number
}

export interface Targets {
  /** Target rows (n, classes) of a batch of images; mixup's are of the images before they are mixed. */
  batch: (indices: ArrayLike<number>, place: BatchPlace) => Float32Array
  /**
   * What a network that fits its targets perfectly would predict, (n, classes): draws replaced by their expectation.
   */
  expected: (indices: ArrayLike<number>) => Float32Array
}

type Asked = Pick<RunConfig, 'target' | 'protocol' | 'seed'>

/** Throws StudioError('bad-input') where the target needs distributions that are not there. */
export function openTargets(config: Asked, data: TargetData): Targets {
  const { labels, classes, train } = data
  const always = (expected: Targets['expected']): Targets => ({ batch: expected, expected })
  const table = (rows: Float32Array): Targets => always((indices) => rowsOf(rows, indices, classes))
  const people = () => needed(data.people, config.target, 'a label set')
  switch (config.target) {
    case 'hard':
    case 'mixup':
      return always((indices) => oneHot(labels, indices, classes))
    case 'soft':
      return table(people())
    case 'category-soft': {
      // The released vectors are of all images, those held out included (design: experiments).
      const from = config.protocol === 'released' ? Int32Array.from(labels, (_, image) => image) : train
      return table(categoryRows(people(), labels, classes, from))
    }
    case 'sampled-hard': {
      const { expected } = table(people())
      return {
        batch: (indices, { epoch, index }) =>
          sampled(expected(indices), classes, new Random(config.seed, PURPOSE.sample, epoch, index)),
        expected,
      }
    }
    case 'distilled':
      return table(needed(data.given, config.target, 'teachers'))
    case 'aggregated':
      return table(needed(data.given, config.target, 'another label set'))
    case 'majority-hard':
      return table(majorityHard(people(), labels, classes))
    case 'mode-forced':
      return table(modeForced(people(), labels, classes))
    case 'smoothed':
      return table(smoothed(people(), labels, classes, train))
    default:
      return assertNever(config.target)
  }
}

function needed(distributions: Float32Array | null, target: string, what: string): Float32Array {
  if (distributions) return distributions
  throw new StudioError('bad-input', `The target ${target} needs ${what}.`)
}

/** One class drawn from each row, one-hot. */
export function sampled(rows: Float32Array, classes: number, random: Random): Float32Array {
  const drawn = new Float32Array(rows.length)
  for (let start = 0; start < rows.length; start += classes) {
    let left = random.uniform()
    let chosen = -1
    for (let c = 0; c < classes; c++) {
      const share = rows[start + c] as number
      if (share <= 0) continue
      // The last class with a share takes what rounding leaves over.
      chosen = c
      left -= share
      if (left < 0) break
    }
    drawn[start + Math.max(0, chosen)] = 1
  }
  return drawn
}
