/** Every figure and table of the paper from the runs at hand, both protocols beside what is published. */
import type { PaperFigure, PaperRow } from '.'
import type { Ensemble } from '../claims/ensembles'
import type { People } from '../claims/people'
import { comparisons } from '../results/pairs'
import type { RunPredictions } from '../measures/reliability'
import { partsOf, type FinishedRun } from '../results/runValues'
import { leftOutNotes, seriesOf, type Series } from '../results/series'
import { stageOf } from '../runs/stage'
import { figure1 } from './figure1'
import { figure2 } from './figure2'
import { figure3 } from './figure3'
import { figure4 } from './figure4'
import { table1 } from './table1'
import { table2 } from './table2'

export interface PaperInput {
  runs: readonly FinishedRun[]
  people: People | null
  predictions: readonly RunPredictions[]
  ensembles: readonly Ensemble[]
}

/**
 * Whether there is more than hard against soft labels on held-out images: runs in stages, other targets, further sets.
 */
export function hasStages(runs: readonly FinishedRun[]): boolean {
  return runs.some(
    (run) =>
      stageOf(run.config) !== 'from-scratch' ||
      run.config.protocol !== 'described' ||
      !['hard', 'soft'].includes(run.config.target) ||
      partsOf(run).length > 1,
  )
}

export function paperFigures({ runs, people, predictions, ensembles }: PaperInput): PaperFigure[] {
  const series = seriesOf(comparisons(runs))
  const figures = [
    figure1(series, people, predictions),
    figure2(series),
    figure3(series),
    table1(series, ensembles),
    table2(series),
    figure4(series),
  ]
  return figures.map((figure) => ({ ...figure, notes: [...figure.notes, ...leftOutNotes(shownIn(figure, series))] }))
}

/** Figure 1 has no rows: it is of the networks trained from scratch on hard labels. */
const shownIn = ({ id, rows }: PaperFigure, series: readonly Series[]): Series[] =>
  series.filter(({ network, stage, target }) =>
    id === 'figure-1'
      ? stage === 'from-scratch' && target === 'hard'
      : rows.some((row) => row.network === network && row.stage === stage && row.target === target),
  )

export interface Parting {
  figure: string
  row: PaperRow
  /** released - described */
  difference: number
}

/**
 * Numbers made here under both protocols, those that differ most relative to their size first; of several networks
 * their means only.
 */
export function partings(figures: readonly PaperFigure[]): Parting[] {
  const all = figures.flatMap(({ title, rows }) =>
    rows.flatMap((row): Parting[] => {
      const { described, released } = row.cells
      return described && released ? [{ figure: title, row, difference: released.value - described.value }] : []
    }),
  )
  const means = all.filter(({ row }) => row.network.startsWith('mean over'))
  const relative = ({ row, difference }: Parting) =>
    Math.abs(difference) / Math.max(1e-9, Math.abs(row.cells.described?.value ?? 1))
  return (means.length > 0 ? means : all).sort((a, b) => relative(b) - relative(a))
}
