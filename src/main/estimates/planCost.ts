/** What runs will take: how many of each kind, how much disk, how much of a device's time. For a person who decides. */
import { cost } from '../../domain/runs/cost'
import { stageOf } from '../../domain/runs/stage'
import type { ImageSetInfo } from '../../domain/labels/sets'
import type { RunConfig, Stage, Target } from '../../domain/runs/config'
import { runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import { imageSetNamed } from '../labels/labelSets'
import { ratesOf, type Speed } from '../speeds/speeds'
import { plannedRuns } from '../cluster/plan'

/** Parameters and momentum in the checkpoint, and the measured weights beside it. */
const COPIES = 3
const FLOAT_BYTES = 4

/** What is needed to know of images to tell a run's cost. */
export type ImageCounts = Pick<ImageSetInfo, 'count' | 'height' | 'width' | 'channels'> & { classes: readonly string[] }

export interface PlanCost {
  runs: number
  /** In the order of the plan. */
  kinds: { stage: Stage; target: Target; runs: number }[]
  /** Runs that begin with another's network, or learn from others'. */
  dependent: number
  /** Runs that are finished in the project already. */
  done: number
  /** Of all runs, the checkpoints and predictions they leave. */
  diskBytes: number
  trainingImages: number
  /** Of one device that does all of them; null where a network's speed is not known. */
  deviceHours: number | null
}

/** Whether a run of this key is done, where there is a project to look. */
export type IsDone = (key: string) => boolean

export const doneIn =
  (store: ProjectStore): IsDone =>
  (key) =>
    store.runs.findByKey(key)?.state === 'done'

export interface CostOptions {
  speeds?: readonly Speed[]
  /** Passes per second by network, of runs that finished here (finishedRates.ts); goes before `speeds`. */
  learned?: Record<string, number>
  isDone?: IsDone
}

/** @param images what is known of an image set, by name */
export async function planCost(
  configs: readonly RunConfig[],
  images: (name: string) => ImageCounts,
  { speeds = [], learned = {}, isDone = () => false }: CostOptions = {},
): Promise<PlanCost> {
  const runs = plannedRuns(configs)
  const disk = await diskBytes(configs, images)
  const rates = { ...ratesOf(speeds), ...learned }
  const sets = [...new Set(configs.map(({ imageSet }) => imageSet))]
  const costs = sets.map((name) =>
    cost(
      configs.filter(({ imageSet }) => imageSet === name),
      images(name).count,
      rates,
    ),
  )
  const seconds = costs.reduce<number | null>(
    (sum, each) => (sum === null || each.seconds === null ? null : sum + each.seconds),
    0,
  )
  return {
    runs: runs.length,
    kinds: kindsOf(configs),
    dependent: runs.filter(({ needs }) => needs.length > 0).length,
    done: configs.filter((config) => isDone(runKey(config))).length,
    diskBytes: disk,
    trainingImages: costs.reduce((sum, each) => sum + each.trainingImages, 0),
    deviceHours: seconds === null ? null : seconds / 3600,
  }
}

function kindsOf(configs: readonly RunConfig[]): PlanCost['kinds'] {
  const kinds = new Map<string, PlanCost['kinds'][number]>()
  for (const config of configs) {
    const [stage, { target }] = [stageOf(config), config]
    const kind = kinds.get(`${stage} ${target}`)
    if (kind) kind.runs++
    else kinds.set(`${stage} ${target}`, { stage, target, runs: 1 })
  }
  return [...kinds.values()]
}

async function diskBytes(configs: readonly RunConfig[], images: (name: string) => ImageCounts): Promise<number> {
  // TensorFlow.js comes with it.
  const { network } = await import('../../engine/model')
  const parameters = new Map<string, number>()
  return configs.reduce((sum, config) => {
    const { count, classes, height, width, channels } = images(config.imageSet)
    const key = `${config.network} ${config.imageSet}`
    const size =
      parameters.get(key) ??
      network(config.network, { height, width, channels, classes: classes.length }).parameters.reduce(
        (all, { shape }) => all + shape.reduce((product, dim) => product * dim, 1),
        0,
      )
    parameters.set(key, size)
    const heldOut = config.folds === 1 ? 0 : Math.min(config.testImages ?? Infinity, Math.ceil(count / config.folds))
    const elsewhere = config.evaluations.reduce(
      (all, each) => all + Math.min(each.images ?? Infinity, images(each.imageSet).count),
      0,
    )
    return sum + FLOAT_BYTES * (COPIES * size + (heldOut + elsewhere) * classes.length)
  }, 0)
}

export const imagesIn =
  (store: ProjectStore) =>
  (name: string): ImageCounts =>
    imageSetNamed(store, name)

export function costLines(found: PlanCost): string[] {
  const of = found.done > 0 ? `, ${found.done} of them done already` : ''
  const hours = found.deviceHours
  return [
    `${found.runs} runs${of}`,
    ...found.kinds.map(({ stage, target, runs }) => `  ${stage}, ${target}: ${runs}`),
    ...(found.dependent > 0 ? [`  ${found.dependent} of them need the network of another`] : []),
    `disk: about ${bytesInWords(found.diskBytes)}`,
    `time: ${hours === null ? 'not known for these networks without a trial' : `about ${hoursInWords(hours)} of one device`}`,
  ]
}

const bytesInWords = (bytes: number): string =>
  bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`

const hoursInWords = (hours: number): string =>
  hours < 1 ? `${Math.max(1, Math.round(hours * 60))} min` : `${hours.toFixed(hours < 10 ? 1 : 0)} h`
