/**
 * The knowledge of an ensemble (section 6.3): the arithmetic mean of the predictions of all pretrained networks on the
 * same images, measured as a network would be.
 */
import type { Protocol } from '../runs/config'
import type { ReportRow } from '../results/reportRow'
import { measuresWhereJudged } from '../measures/judged'
import type { People } from './claims'
import { groupBy } from '../results/pairs'
import { publishedFor } from '../published/published'
import type { FinishedRun } from '../results/runValues'
import { stageOf } from '../runs/stage'

/** A run's network distributions on images it did not hold out for training. */
export interface SetPredictions {
  run: number
  imageSet: string
  /** (images.length, classes) */
  values: Float32Array
  /** Index in the image set of each row. */
  images: Int32Array
}

interface Input {
  /** Finished ones. */
  runs: readonly FinishedRun[]
  imageSet: { name: string }
  people: People | null
  labels?: Uint8Array
  setPredictions?: readonly SetPredictions[]
}

export interface Ensemble {
  networks: string[]
  protocol: Protocol
  device: string
  imageSet: string
  measures: Record<string, number>
}

/** One a protocol, of every pretrained network's latest run; none where fewer than two networks ran. */
export function ensembles({ runs, imageSet, people, labels, setPredictions = [] }: Input): Ensemble[] {
  if (!people || !labels) return []
  const pretrained = runs.filter(({ config }) => stageOf(config) === 'pretrained' && config.target === 'hard')
  return [...groupBy(pretrained, ({ config }) => config.protocol).values()].flatMap((group): Ensemble[] => {
    const members = [...groupBy(group, ({ config }) => config.network).values()].flatMap((same) => {
      const run = [...same].sort((a, b) => b.id - a.id)[0]
      const found = setPredictions.find((each) => each.run === run?.id && each.imageSet === imageSet.name)
      return run && found ? [{ run, found }] : []
    })
    const [first] = members
    if (!first || members.length < 2) return []
    const { images } = first.found
    const same = (other: Int32Array) =>
      other.length === images.length && other.every((image, row) => image === images[row])
    if (!members.every(({ found }) => same(found.images))) return []
    const values = new Float32Array(images.length * people.classes)
    for (const { found } of members)
      values.forEach((sum, i) => (values[i] = sum + (found.values[i] ?? 0) / members.length))
    const { distributions, classes } = people
    const of = Float64Array.from(
      { length: values.length },
      (_, i) => distributions[(images[Math.floor(i / classes)] ?? 0) * classes + (i % classes)] ?? 0,
    )
    const its = Uint8Array.from(images, (image) => labels[image] ?? 0)
    return [
      {
        networks: members.map(({ run }) => run.config.network),
        protocol: first.run.config.protocol,
        device: [...new Set(members.map(({ run }) => run.device ?? run.config.device))].join('; '),
        imageSet: imageSet.name,
        measures: measuresWhereJudged(values, its, of, classes),
      },
    ]
  })
}

export function ensembleRows(found: readonly Ensemble[]): ReportRow[] {
  return found.flatMap(({ networks, protocol, device, imageSet, measures: found }) =>
    Object.entries(found).map(([measure, value]): ReportRow => {
      const network = `ensemble of ${networks.length}`
      const about = { network, target: 'hard', stage: 'pretrained', dataset: imageSet, measure } as const
      const paper = publishedFor(about)
      return { ...about, fold: 0, seed: 0, device, protocol, value, ...(paper && { published: paper.value }) }
    }),
  )
}
