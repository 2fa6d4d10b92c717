/** What finished runs said of the images they held out, read once, and its mean over the runs chosen. */
import { StudioError } from '../../domain/errors'
import { argmax, rowAt } from '../../domain/labels/distribution'
import type { RunInfo } from '../../domain/runs/info'
import type { ProjectStore } from '../storage'
import { readPredictions } from '../storage/runFiles'
import { keptPerKey } from '../project/kept'
import { breathing } from '../project/slices'

export interface HeldOut {
  /** float32 (images, classes). */
  predictions: Float32Array
  /** Indices in the run's image set. */
  images: Int32Array
}

const kept = keptPerKey<HeldOut | null>(400)

/** What a finished run's predictions depend on. */
export const stampOf = ({ id, finishedAt }: RunInfo): string => `${id}@${finishedAt}`

/** Null where the files are gone, or the run is not done or holds nothing out. */
export function heldOutOf(store: ProjectStore, run: RunInfo): HeldOut | null {
  if (run.state !== 'done') return null
  return kept(store, stampOf(run), () => {
    const found = readPredictions(store.runFolder(run.id))
    return found && { predictions: found.predictions, images: found.heldOut }
  })
}

/**
 * The runs chosen, all of them done and of these images. Throws StudioError('not-found', 'bad-input' or 'conflict').
 */
export function chosenRuns(store: ProjectStore, ids: readonly number[], imageSet: string): RunInfo[] {
  return ids.map((id) => {
    const run = store.runs.find(id)
    if (!run) throw new StudioError('not-found', `There is no run ${id} in this project.`)
    if (run.config.imageSet !== imageSet)
      throw new StudioError('bad-input', `Run ${id} was evaluated on ${run.config.imageSet}, not on ${imageSet}.`)
    if (!heldOutOf(store, run)) throw new StudioError('conflict', `Run ${id} has no predictions: it is ${run.state}.`)
    return run
  })
}

export interface Mean {
  /** (count, classes); rows of images nobody held out are NaN. */
  values: Float32Array
  /** How many runs held each image out (count). */
  runs: Uint16Array
  /** How many of those have the label as their top guess (count). */
  right: Uint16Array
}

export async function meanOf(store: ProjectStore, runs: RunInfo[], labels: Uint8Array, classes: number): Promise<Mean> {
  const count = labels.length
  const sums = new Float64Array(count * classes)
  const times = new Uint16Array(count)
  const right = new Uint16Array(count)
  const breathe = breathing()
  for (const run of runs) {
    const { predictions, images } = heldOutOf(store, run) ?? { predictions: new Float32Array(), images: [] }
    images.forEach((image, row) => {
      const own = rowAt(predictions, row, classes)
      times[image] = (times[image] as number) + 1
      if (argmax(own) === labels[image]) right[image] = (right[image] as number) + 1
      for (let c = 0; c < classes; c++)
        sums[image * classes + c] = (sums[image * classes + c] as number) + (own[c] as number)
    })
    await breathe()
  }
  const values = Float32Array.from(sums, (sum, at) => {
    const n = times[Math.floor(at / classes)] as number
    return n > 0 ? sum / n : NaN
  })
  return { values, runs: times, right }
}
