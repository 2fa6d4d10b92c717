/**
 * Hard against soft, one row a network, data set and measure: means over folds, differences paired by fold, and the
 * 95% interval of the corrected resampled t-test (folds share training data), beside the paper's numbers.
 */
import type { FigureRow } from '../shared/contract'
import type { RunInfo } from '../shared/domain'
import { correctedResampledT } from '../engine/evaluation/paired'
import { comparisons, type Comparison } from './pairs'
import { published } from './published'
import { runValues, type FinishedRun } from './runValues'

/** Properties of the data, not of a network: nothing to compare. */
const NOT_COMPARED = new Set(['secondBestImages', 'meanHumanEntropy'])

export function figureRows(runs: readonly RunInfo[]): FigureRow[] {
  return comparisons(runs).flatMap((comparison) => {
    const values = new Map([...comparison.hard, ...comparison.soft].map((run) => [run.id, runValues(run)]))
    const measures = new Set([...values.values()].flatMap((of) => [...of.keys()]))
    return [...measures].filter((measure) => !NOT_COMPARED.has(measure)).map((measure) => row(comparison, measure))
  })
}

export function row(comparison: Comparison, measure: string): FigureRow {
  const { network, dataset, imageSet, testShare } = comparison
  const valueOf = (run: FinishedRun) => runValues(run).get(measure)
  const pairs = comparison.pairs.flatMap(({ fold, seed, hard, soft }) => {
    const [h, s] = [valueOf(hard), valueOf(soft)]
    return h === undefined || s === undefined ? [] : [{ fold, seed, hard: h, soft: s }]
  })
  const compared = pairs.length === 0 ? null : correctedResampledT(pairs.map(({ hard, soft }) => soft - hard), testShare) // prettier-ignore
  // Once there are pairs the means are over them, so that their difference is the difference shown.
  const means = compared
    ? { hard: mean(pairs.map((pair) => pair.hard)), soft: mean(pairs.map((pair) => pair.soft)) }
    : {
        hard: mean(comparison.hard.flatMap((run) => valueOf(run) ?? [])),
        soft: mean(comparison.soft.flatMap((run) => valueOf(run) ?? [])),
      }
  const [hard, soft] = [published(imageSet, network, measure, 'hard'), published(imageSet, network, measure, 'soft')]
  const source = (hard ?? soft)?.source
  return {
    network,
    dataset,
    measure,
    ...means,
    difference: compared?.mean ?? null,
    interval: compared?.interval ?? null,
    pairs,
    published: source === undefined ? null : { hard: hard?.value ?? null, soft: soft?.value ?? null, source },
  }
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
}
