/** What a report shows of each comparison: every fold, the numbers, how they learned, attacks with their trust. */
import type { FigureRow } from '../results/figureRow'
import type { MetricPoint } from '../runs/info'
import type { Comparison } from '../results/pairs'
import type { Side } from '../runs/config'
import { nearestPublished } from '../published/published'
import { measureWords } from '../measures/text'
import { attackedImages, epsilonChart, hasPaperCurve, pgdChart, trustTable } from './attackCharts'
import { legend } from '../charts/chart'
import { curveChart, type CurveField } from './curveChart'
import { figure, HARD_SOFT, section } from './frame'
import { el, type Child } from '../charts/markup'
import { pairedChart } from './pairedChart'
import { figuresTable, foldsTable, publishedSources, rowsOf } from './tables'

type Curves = ReadonlyMap<number, readonly MetricPoint[]>

export const named = (title: string, { network, dataset }: Comparison, several: boolean) =>
  several ? `${title}: ${network}, ${dataset}` : title

/** Measures drawn fold by fold; of several attack strengths the one nearest to the paper's. */
const DRAWN = ['crossEntropyToPeople', 'crossEntropyToLabels', 'accuracy', 'secondBestAccuracy']

export function foldFigures(comparison: Comparison, rows: FigureRow[], several: boolean): Child {
  const own = rows.filter(rowsOf(comparison)).filter(({ pairs }) => pairs.length > 0)
  const attacked = (suffix: string) => {
    const found = own.filter(({ measure }) => measure.startsWith('fgsm-') && measure.endsWith(`-${suffix}`))
    const epsilon = ({ measure }: FigureRow) => Math.abs(Number(measure.split('-')[1]) - 4)
    return found.sort((a, b) => epsilon(a) - epsilon(b)).slice(0, 1)
  }
  const drawn = [
    ...DRAWN.flatMap((measure) => own.filter((row) => row.measure === measure)),
    ...attacked('crossEntropyToLabels'),
    ...attacked('accuracy'),
  ]
  if (drawn.length === 0) return null
  return section(
    named('Every fold, hard against soft', comparison, several),
    el(
      'p',
      {},
      'Left, each fold’s two networks joined by a line. Right, their difference; the bar at the mean is its 95% interval, and a bar that stays clear of the dashed zero is a difference these folds can show.',
    ),
    legend([...HARD_SOFT]),
    el(
      'div',
      { class: 'charts' },
      drawn.map((row) => {
        const { name, better } = measureWords(row.measure)
        return figure(
          name,
          pairedChart(row),
          better === 1 ? 'More is better.' : better === -1 ? 'Less is better.' : undefined,
        )
      }),
    ),
  )
}

export function numbers(rows: FigureRow[], all: Comparison[]): Child {
  if (rows.length === 0) return null
  const imageSets = new Map(all.map(({ dataset, imageSet }) => [dataset, imageSet]))
  const protocols = [
    ...new Set(all.flatMap(({ hard, soft }) => [...hard, ...soft].map(({ config }) => config.protocol))),
  ]
  return section(
    'The numbers, beside the paper’s',
    el(
      'p',
      {},
      `Means over folds on held-out images, made here under the protocol “${protocols.join('”, “')}”. Accuracies in percent and their differences in points.`,
    ),
    figuresTable(rows),
    publishedSources(rows, imageSets),
    el('details', {}, el('summary', {}, 'Every fold as numbers'), foldsTable(rows)),
  )
}

const CURVES: [field: CurveField, title: string][] = [
  ['heldOutCrossEntropyToPeople', 'Cross-entropy to people, held-out images'],
  ['heldOutAccuracy', 'Accuracy, held-out images'],
  ['heldOutCrossEntropyToLabels', 'Cross-entropy to labels, held-out images'],
  ['loss', 'Training loss, each against its own targets'],
]

export function curvesSection(comparison: Comparison, curves: Curves | undefined, several: boolean): Child {
  const points = (target: Side) =>
    comparison[target].flatMap((run) => (curves?.get(run.id) ? [curves.get(run.id) ?? []] : []))
  const found = { hard: points('hard'), soft: points('soft') }
  const charts = CURVES.map(([field, title]) => figure(title, curveChart(title, found, field)))
  if (charts.every((chart) => !chart)) return null
  return section(
    named('How they learned', comparison, several),
    el('p', {}, 'The line is the mean over folds, the band their range.'),
    legend([...HARD_SOFT]),
    el('div', { class: 'charts' }, charts),
  )
}

export function robustness(comparison: Comparison, several: boolean): Child {
  const table = trustTable(comparison)
  if (!table) return null
  const paper = hasPaperCurve(comparison)
  const network = nearestPublished(comparison.network) ?? ''
  return section(
    named('Under attack', comparison, several),
    el(
      'p',
      {},
      `On ${attackedImages(comparison)}. A network trained on soft labels has gentler gradients, which can look like robustness: the table under the figures is how to tell.`,
    ),
    legend([
      ...HARD_SOFT,
      { kind: 'noise', text: 'random noise of equal size' },
      ...(paper
        ? [
            { kind: 'paper-hard', text: `paper, hard (${network})` } as const,
            { kind: 'paper-soft', text: 'paper, soft' } as const,
          ]
        : []),
    ]),
    el(
      'div',
      { class: 'charts' },
      figure('Accuracy under FGSM', epsilonChart(comparison)),
      figure('Loss over the steps of PGD', pgdChart(comparison)),
    ),
    el('div', { class: 'scroll' }, table),
    el(
      'p',
      { class: 'quiet', style: 'margin-top:10px' },
      'An attack can be trusted when accuracy at ε = 0 equals clean accuracy, the largest perturbation equals ε, random noise of the same size does much less harm, few gradients are exactly zero, and what the attack raises (its objective: the loss, unless it is aimed at a class or raises the margin) rises with every step.',
    ),
  )
}
