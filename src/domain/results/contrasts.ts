/**
 * Hard labels against another target, one row a network, data set and measure: means over folds, differences paired by
 * fold, and the 95% interval of the corrected resampled t-test (folds share training data), beside the paper's numbers.
 */
import type { FigureRow } from './figureRow'
import type { RunInfo } from '../runs/info'
import type { Target } from '../runs/config'
import { correctedResampledT } from '../measures/paired'
import { comparisons, type Comparison } from './pairs'
import { publishedFor } from '../published/published'
import { datasetOf, partsOf, type FinishedRun } from './runValues'
import { meanOrNull } from '../averages'

/** Properties of the data, not of a network: nothing to compare. */
export const NOT_COMPARED = new Set(['secondBestImages', 'judgedImages', 'meanHumanEntropy'])

export function figureRows(runs: readonly RunInfo[]): FigureRow[] {
  return comparisons(runs).flatMap((comparison) => {
    const found = new Map<string, Set<string>>()
    for (const run of [...comparison.hard, ...comparison.soft])
      for (const { dataset, values } of partsOf(run)) {
        const measures = found.get(dataset) ?? new Set()
        found.set(dataset, measures)
        for (const measure of values.keys()) if (!NOT_COMPARED.has(measure)) measures.add(measure)
      }
    return [...found].flatMap(([dataset, measures]) =>
      [...measures].map((measure) => row(comparison, measure, dataset)),
    )
  })
}

/** One measure of a run on a set of images; undefined where it was not taken. */
export const valueOn = (run: FinishedRun, dataset: string, measure: string): number | undefined =>
  partsOf(run)
    .find((part) => part.dataset === dataset)
    ?.values.get(measure)

/** @param dataset as `partsOf` names it; by default the images of the runs themselves, held out */
export function row(comparison: Comparison, measure: string, dataset?: string): FigureRow {
  const { network, stage, protocol, target, variant, particulars, testShare, chosen } = comparison
  const [first] = [...comparison.hard, ...comparison.soft]
  const on = dataset ?? (first ? datasetOf(first) : comparison.dataset)
  const valueOf = (run: FinishedRun) => valueOn(run, on, measure)
  const pairs = comparison.pairs.flatMap(({ fold, seed, hard, soft }) => {
    const [h, s] = [valueOf(hard), valueOf(soft)]
    return h === undefined || s === undefined ? [] : [{ fold, seed, hard: h, soft: s }]
  })
  const compared =
    pairs.length === 0
      ? null
      : correctedResampledT(
          pairs.map(({ hard, soft }) => soft - hard),
          testShare,
        )
  // Once there are pairs the means are over them, so that their difference is the difference shown.
  const means = compared
    ? { hard: meanOrNull(pairs.map((pair) => pair.hard)), soft: meanOrNull(pairs.map((pair) => pair.soft)) }
    : {
        hard: meanOrNull(comparison.hard.flatMap((run) => valueOf(run) ?? [])),
        soft: meanOrNull(comparison.soft.flatMap((run) => valueOf(run) ?? [])),
      }
  const of = (side: Target) => publishedFor({ stage, dataset: on, network, target: side, measure })
  const [hard, soft] = [of('hard'), of(target)]
  const source = (hard ?? soft)?.source
  return {
    network,
    stage,
    protocol,
    target,
    variant,
    dataset: particulars === null ? on : `${on}, ${particulars}`,
    measure,
    ...means,
    difference: compared?.mean ?? null,
    interval: compared?.interval ?? null,
    pairs,
    ...(first && { folds: first.config.folds }),
    chosen,
    published: source === undefined ? null : { hard: hard?.value ?? null, soft: soft?.value ?? null, source },
  }
}
