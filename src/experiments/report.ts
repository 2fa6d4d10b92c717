/** report.json: every figure of an experiment's finished runs, and the claims table (design: commands). */
import type { ImageSetInfo, LabelSetInfo, Preset, Report, ReportRow, RunInfo } from '../shared/domain'
import { claims, type People } from './claims'
import { published } from './published'
import { datasetOf, isFinished, runValues, type FinishedRun } from './runValues'

export interface ReportInput {
  preset: Preset
  /** ISO 8601. */
  created: string
  runs: readonly RunInfo[]
  imageSet: ImageSetInfo
  labelSet: LabelSetInfo
  people: People | null
}

export function buildReport({ preset, created, runs, imageSet, labelSet, people }: ReportInput): Report {
  const finished = runs.filter(isFinished)
  const distinct = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))].join('; ')
  return {
    version: 1,
    created,
    device: distinct(finished.map((run) => run.device)),
    engine: distinct(finished.map((run) => run.engine)),
    preset,
    data: [
      { name: imageSet.name, digest: imageSet.digest },
      { name: labelSet.name, digest: labelSet.digest },
    ],
    rows: finished.flatMap(rowsOf),
    claims: claims(finished, people),
  }
}

function rowsOf(run: FinishedRun): ReportRow[] {
  const { network, target, fold, seed, protocol, imageSet, device } = run.config
  return [...runValues(run)].map(([measure, value]) => {
    const paper = published(imageSet, network, measure, target)
    return {
      network,
      target,
      fold,
      seed,
      device: run.device ?? device,
      protocol,
      dataset: datasetOf(run),
      stage: 'from-scratch' as const,
      measure,
      value,
      ...(paper && { published: paper.value }),
    }
  })
}
