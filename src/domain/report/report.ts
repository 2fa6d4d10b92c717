/** report.json: every figure of an experiment's finished runs, and the claims table (design: commands). */
import type { PeopleFloors } from '../claims/peopleFloors'
import type { Claim } from '../claims/claim'
import type { PaperFigure } from '../paper'
import type { DataName, ImageSetInfo, LabelSetInfo } from '../labels/sets'
import type { Preset } from '../runs/config'
import type { ReportRow } from '../results/reportRow'
import type { RunInfo } from '../runs/info'
import { claims, type People } from '../claims/claims'
import { ensembleRows, ensembles, type SetPredictions } from '../claims/ensembles'
import { comparisons } from '../results/pairs'
import { paperFigures } from '../paper/paperFigures'
import { peopleFloors } from '../claims/peopleFloors'
import { publishedFor } from '../published/published'
import type { RunPredictions } from '../measures/reliability'
import { finishedRuns, partsOf, type FinishedRun } from '../results/runValues'
import { meanName, seriesOf, valuesOf } from '../results/series'
import { stageOf } from '../runs/stage'

export interface Report {
  version: 1
  created: string
  device: string
  engine: string
  /** Null: of every finished run of a project. */
  preset: Preset | null
  data: DataName[]
  /** What people's own disagreement sets beside every cross-entropy to them; absent without people. */
  people?: PeopleFloors
  rows: ReportRow[]
  claims: Claim[]
  /** The paper's figures and tables as far as the runs go; absent where none is finished. */
  paper?: PaperFigure[]
}

export interface ReportInput {
  /** Null: of every run there is, whatever queued it. */
  preset: Preset | null
  /** ISO 8601. */
  created: string
  runs: readonly RunInfo[]
  imageSet: ImageSetInfo
  labelSet: LabelSetInfo
  people: People | null
  /** Publisher's labels of the image set. */
  labels?: Uint8Array
  /** Held-out predictions of finished runs, for Figure 1 and reliability. */
  predictions?: readonly RunPredictions[]
  /** Predictions of pretrained runs on it, for ensembles. */
  setPredictions?: readonly SetPredictions[]
  /** Other data that runs were made of or measured on. */
  further?: readonly DataName[]
}

export function buildReport(input: ReportInput): Report {
  const { preset, created, runs, imageSet, labelSet, people } = input
  const finished = finishedRuns(runs)
  const together = ensembles({ ...input, runs: finished })
  const distinct = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))].join('; ')
  return {
    version: 1,
    created,
    device: distinct(finished.map((run) => run.device)),
    engine: distinct(finished.map((run) => run.engine)),
    preset,
    data: dataNames([imageSet, labelSet, ...(input.further ?? [])]),
    ...(people && { people: peopleFloors(people) }),
    rows: [...finished.flatMap(rowsOf), ...ensembleRows(together), ...meanRows(finished)],
    claims: claims(finished, people, { labels: input.labels, ensembles: together }),
    ...(finished.length > 0 && {
      paper: paperFigures({ runs: finished, people, predictions: input.predictions ?? [], ensembles: together }),
    }),
  }
}

/** Each once, by name. */
const dataNames = (sets: readonly DataName[]): DataName[] => [
  ...new Map(sets.map(({ name, digest }) => [name, { name, digest }])).values(),
]

function rowsOf(run: FinishedRun): ReportRow[] {
  const { network, target, fold, seed, protocol, device } = run.config
  const stage = stageOf(run.config)
  return partsOf(run).flatMap(({ dataset, values }) =>
    [...values].map(([measure, value]) => {
      const paper = publishedFor({ stage, dataset, network, target, measure })
      return {
        network,
        target,
        fold,
        seed,
        device: run.device ?? device,
        protocol,
        dataset,
        stage,
        measure,
        value,
        ...(paper && { published: paper.value }),
      }
    }),
  )
}

/** Of each fold, the mean over networks, where several ran; the paper's Figure 2 shows such means. */
function meanRows(finished: FinishedRun[]): ReportRow[] {
  const groups = new Map<string, ReturnType<typeof seriesOf>>()
  for (const series of seriesOf(comparisons(finished))) {
    const key = [series.stage, series.protocol, series.variant].join('\n')
    groups.set(key, [...(groups.get(key) ?? []), series])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first || group.length < 2) return []
    const { stage, protocol, target } = first
    const network = meanName(group.length)
    const measured = first.runs.flatMap((run) =>
      partsOf(run).flatMap(({ dataset, values }) => [...values.keys()].map((measure) => ({ dataset, measure }))),
    )
    const distinct = new Map(measured.map((each) => [`${each.dataset}\n${each.measure}`, each]))
    const device = [...new Set(group.flatMap(({ runs }) => runs.map((run) => run.device ?? run.config.device)))].join(
      '; ',
    )
    return [...distinct.values()].flatMap(({ dataset, measure }): ReportRow[] => {
      const tables = group.map((series) => valuesOf(series, dataset, measure))
      const keys = [...(tables[0]?.keys() ?? [])].filter((key) => tables.every((table) => table.has(key)))
      const paper = publishedFor({ stage, dataset, network, target, measure })
      return keys.map((key) => {
        const [fold = 0, seed = 0] = key.split('/').map(Number)
        const value = tables.reduce((sum, table) => sum + (table.get(key) ?? 0), 0) / tables.length
        return {
          network,
          target,
          fold,
          seed,
          device,
          protocol,
          dataset,
          stage,
          measure,
          value,
          ...(paper && { published: paper.value }),
        }
      })
    })
  })
}
