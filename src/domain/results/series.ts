/**
 * The runs that stand for one network and target in the paper's figures, and means of theirs: over folds, and over
 * networks where several ran.
 */
import type { Protocol, Stage, Target } from '../runs/config'
import { isJudgedSet, paperSet } from '../published/dataSets'
import { correctedResampledT } from '../measures/paired'
import { meanOrNull } from '../averages'
import { valueOn } from './contrasts'
import { groupBy, type Comparison } from './pairs'
import type { FinishedRun } from './runValues'

export interface Series {
  network: string
  stage: Stage
  protocol: Protocol
  target: Target
  variant: string
  runs: FinishedRun[]
  testShare: number
  /** Which rate (and alpha) was chosen, in words. */
  chosen: string | null
  /** Runs of the same kind under other configurations, for which these do not speak. */
  leftOut: FinishedRun[]
}

export interface Estimate {
  value: number
  /** 95% of the mean, corrected for folds that share training images; null with fewer than two. */
  interval: [number, number] | null
  /** Folds (and seeds) averaged over. */
  n: number
}

/**
 * One a network, stage, protocol and target. Where a project holds several configurations of a kind, the one speaks
 * into which most training went, on both sides together: a trial of two epochs does not speak for what was trained for
 * days.
 */
export function seriesOf(comparisons: readonly Comparison[]): Series[] {
  const all = comparisons.flatMap((each): Trained[] => {
    const { network, stage, protocol, testShare, chosen } = each
    const common = { network, stage, protocol, testShare }
    return [
      { ...common, target: 'hard', variant: 'hard', runs: each.hard, chosen: chosen.hard },
      { ...common, target: each.target, variant: each.variant, runs: each.soft, chosen: chosen.soft },
    ].map((side) => ({ ...side, leftOut: [], trained: trainedOn([...each.hard, ...each.soft]) }) as Trained)
  })
  const filled = all.filter(({ runs }) => runs.length > 0)
  const groups = groupBy(filled, ({ network, stage, protocol, variant }) =>
    [network, stage, protocol, variant].join('\n'),
  )
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = [...group].sort((a, b) => b.trained - a.trained)
    if (!first) return []
    const { trained: _, ...speaking } = first
    const own = new Set(speaking.runs.map(({ id }) => id))
    const leftOut = [...new Map(others.flatMap(({ runs }) => runs).map((run) => [run.id, run])).values()].filter(
      ({ id }) => !own.has(id),
    )
    return [{ ...speaking, leftOut }]
  })
}

interface Trained extends Series {
  trained: number
}

/** Images seen in training by all of the runs. How many a set holds is told by how many were held out of it. */
const trainedOn = (runs: readonly FinishedRun[]): number =>
  runs.reduce(
    (sum, { config, result }) =>
      sum + config.epochs * (config.trainImages ?? Math.max(1, result.heldOut * (config.folds - 1))),
    0,
  )

/** Which runs do not speak, where a project holds several configurations of one kind. */
export function leftOutNotes(series: readonly Series[]): string[] {
  const runsInWords = (runs: readonly FinishedRun[]) =>
    `${runs.length === 1 ? 'run' : 'runs'} ${runs.map(({ id }) => id).join(', ')}`
  return series.flatMap(({ network, variant, runs, leftOut }) => {
    const [first] = runs
    if (!first || leftOut.length === 0) return []
    return [
      `${network} on ${variant}: of several configurations the one that was trained most, ${first.config.epochs} epochs (${runsInWords(runs)}); left out: ${runsInWords(leftOut)}.`,
    ]
  })
}

/** Whether they are about the images the paper is about: on others its numbers say nothing. */
export const onPaperImages = (series: readonly Series[]): boolean =>
  series.length === 0 ||
  series.some(({ runs }) =>
    runs.some(({ config }) => isJudgedSet(config.imageSet) || paperSet(config.imageSet) !== null),
  )

/** Every finite value of a measure on a set of images, by fold and seed. */
export function valuesOf({ runs }: Series, dataset: string, measure: string): Map<string, number> {
  return new Map(
    runs.flatMap((run): [string, number][] => {
      const value = valueOn(run, dataset, measure)
      return value === undefined ? [] : [[`${run.config.fold}/${run.config.seed}`, value]]
    }),
  )
}

export function estimate(values: readonly number[], testShare: number): Estimate | null {
  if (values.length === 0) return null
  const { mean: value, interval } = correctedResampledT(values, testShare)
  return { value, interval, n: values.length }
}

export const estimateOf = (series: Series, dataset: string, measure: string): Estimate | null =>
  estimate([...valuesOf(series, dataset, measure).values()], series.testShare)

/** The fold-by-fold mean over networks, on the folds all of them ran; their plain mean where they share none. */
export function overNetworks(tables: readonly ReadonlyMap<string, number>[], testShare: number): Estimate | null {
  const [first] = tables
  if (!first || tables.some(({ size }) => size === 0)) return null
  const shared = [...first.keys()].filter((key) => tables.every((table) => table.has(key)))
  const at = (key: string) => meanOrNull(tables.flatMap((table) => table.get(key) ?? [])) ?? 0
  if (shared.length > 0) return estimate(shared.map(at), testShare)
  const value = meanOrNull(tables.map((table) => meanOrNull([...table.values()]) ?? 0))
  return value === null ? null : { value, interval: null, n: 1 }
}

export const meanName = (networks: number): string => `mean over ${networks} networks`
