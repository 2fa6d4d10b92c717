/**
 * report.html: one self-contained document that explains an experiment to someone who was not there. No script, no
 * request, text that stays text. Order: what was found, each figure, what was done, where it departs from the paper,
 * and the claims one by one.
 */
import type { FigureRow } from '../../shared/contract'
import type { Claim, MetricPoint, Report } from '../../shared/domain'
import { deviations } from '../deviations'
import { figureRows } from '../figures'
import { rowEntropies } from '../humanEntropy'
import { comparisons, type Comparison, type Side } from '../pairs'
import { CITATION, nearestPublished } from '../published'
import { reliability, type Bin, type RunPredictions } from '../reliability'
import type { ReportInput } from '../report'
import { isFinished } from '../runValues'
import { measureWords, showChange, showInterval } from '../words'
import { attackedImages, epsilonChart, hasPaperCurve, pgdChart, trustTable } from './attackCharts'
import { concentrationChart, entropyHistogram, reliabilityChart } from './calibrationCharts'
import { legend } from './chart'
import { curveChart, type CurveField } from './curveChart'
import { el, type Markup, type Child } from './markup'
import { pairedChart } from './pairedChart'
import { configurationList, dataTable, RULES, runsTable } from './provenance'
import { STYLE } from './style'
import { claimsTable, figuresTable, foldsTable, publishedSources, verdictMark } from './tables'

/** What the document shows beyond report.json. Missing parts leave their section out. */
export interface ReportExtra extends Pick<ReportInput, 'runs' | 'imageSet' | 'labelSet' | 'people'> {
  /** Of the program. */
  version: string
  /** Points of the runs' curves by run id. */
  curves?: ReadonlyMap<number, readonly MetricPoint[]>
  /** Held-out predictions of finished runs, for reliability. */
  predictions?: readonly RunPredictions[]
  /** The publisher's label of every image, for reliability. */
  labels?: Uint8Array
}

const section = (title: string, ...children: Child[]): Markup => el('section', {}, el('h2', {}, title), ...children)
const figure = (title: string, chart: Markup | null, caption?: string): Child =>
  chart && el('figure', {}, el('h3', {}, title), chart, caption !== undefined && el('figcaption', {}, caption))

const HARD_SOFT = [
  { kind: 'hard', text: 'hard labels' },
  { kind: 'soft', text: 'human soft labels' },
] as const

export function reportHtml(report: Report, extra: ReportExtra): string {
  const finished = extra.runs.filter(isFinished)
  const all = comparisons(finished)
  const rows = figureRows(finished)
  const title = 'Hard labels against human soft labels'
  const body = el(
    'main',
    {},
    header(title, report, extra, all),
    headlines(report.claims),
    all.map((comparison) => foldFigures(comparison, rows, all.length > 1)),
    numbers(rows, all),
    all.map((comparison) => curvesSection(comparison, extra, all.length > 1)),
    all.map((comparison) => robustness(comparison, all.length > 1)),
    calibration(all, extra),
    uncertainty(extra),
    section(
      'What was done',
      configurationList(finished.map(({ config }) => config)),
      dataTable(extra.imageSet, extra.labelSet),
      extra.labelSet.report.length > 0 && el('ul', { class: 'quiet' }, extra.labelSet.report.map((line) => el('li', {}, line))), // prettier-ignore
      el('details', {}, el('summary', {}, `All ${extra.runs.length} runs`), runsTable(extra.runs)),
    ),
    section(
      'Rules the numbers follow',
      el(
        'ul',
        {},
        RULES.map((rule) => el('li', {}, rule)),
      ),
    ),
    section(
      'Where this departs from the paper',
      el('ul', {}, deviations(finished.map(({ config }) => config), extra.imageSet.count, rows.some(({ published }) => published)).map((line) => el('li', {}, line))), // prettier-ignore
    ),
    section('The paper’s findings, one by one', claimsTable(report.claims)),
    el('p', { class: 'quiet', style: 'margin-top:48px' }, `Published numbers: ${CITATION} Made by Second Guess ${extra.version}; report.json beside this file holds every figure.`), // prettier-ignore
  )
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    el('title', {}, `${title}: ${report.preset}, ${extra.imageSet.name}`).html,
    `<style>${STYLE}</style></head><body>`,
    body.html,
    '</body></html>\n',
  ].join('\n')
}

function header(
  title: string,
  report: Report,
  { runs, imageSet, labelSet, version }: ReportExtra,
  all: Comparison[],
): Child {
  const created = `${report.created.slice(0, 16).replace('T', ', ')} UTC`
  const pairs = all.reduce((sum, each) => sum + each.pairs.length, 0)
  const networks = [...new Set(all.map(({ network }) => network))].join(', ') || 'no network yet'
  const unfinished = runs.filter((run) => !isFinished(run)).length
  const facts: [string, string][] = [
    ['Preset', report.preset],
    ['Images', `${imageSet.name} (${imageSet.count.toLocaleString('en-US')})`],
    ['Labels', labelSet.name],
    ['Networks', networks],
    ['Runs', `${runs.length - unfinished} finished${unfinished > 0 ? `, ${unfinished} not` : ''}`],
    ['Device', report.device || 'none yet'],
    ['Engine', report.engine || 'none yet'],
  ]
  const sentence = `${networks} trained twice on the same folds: once on the publisher’s label of each image, once on how people’s judgments of it were distributed. ${pairs === 1 ? 'One pair' : `${pairs} pairs`} of networks, compared on images neither had seen.` // prettier-ignore
  return el(
    'header',
    {},
    el('p', { class: 'brand' }, el('span', {}, el('b', {}, 'Second Guess'), ` ${version}`), el('span', {}, created)),
    el('h1', {}, title),
    el('p', { class: 'lead' }, sentence),
    el(
      'dl',
      { class: 'facts' },
      facts.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
    ),
  )
}

/** The three questions a reader comes with. */
function headlines(claims: Claim[]): Child {
  const asked: [id: string, title: string, measure: string][] = [
    ['soft-cross-entropy-people', 'Cross-entropy to people', 'crossEntropyToPeople'],
    ['soft-accuracy', 'Accuracy', 'accuracy'],
    ['fgsm-cross-entropy', 'Cross-entropy under FGSM', 'crossEntropyToLabels'],
  ]
  const shown = asked.flatMap(([id, title, measure]) => {
    const claim = claims.find((each) => each.id === id || each.id.startsWith(`${id}:`))
    return claim && claim.value !== null ? [{ claim, title, words: measureWords(measure) }] : []
  })
  if (shown.length === 0) return null
  return el(
    'div',
    { class: 'headlines' },
    shown.map(({ claim, title, words }) =>
      el(
        'div',
        {},
        el('h3', {}, title),
        el('p', { class: 'big', style: 'color:inherit' }, showChange(words, claim.value), ' ', el('small', {}, words.share ? 'points, soft − hard' : 'nats, soft − hard')), // prettier-ignore
        el('p', {}, claim.interval ? `95% interval ${showInterval(words, claim.interval)}` : 'one pair: no interval'),
        el('p', {}, 'The paper’s finding: ', verdictMark(claim.verdict)),
      ),
    ),
  )
}

const of = (comparison: Comparison) => (row: FigureRow) =>
  row.network === comparison.network && row.dataset === comparison.dataset

const named = (title: string, { network, dataset }: Comparison, several: boolean) =>
  several ? `${title}: ${network}, ${dataset}` : title

/** Measures drawn fold by fold; of several attack strengths the one nearest to the paper's. */
const DRAWN = ['crossEntropyToPeople', 'crossEntropyToLabels', 'accuracy', 'secondBestAccuracy']

function foldFigures(comparison: Comparison, rows: FigureRow[], several: boolean): Child {
  const own = rows.filter(of(comparison)).filter(({ pairs }) => pairs.length > 0)
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
    el('p', {}, 'Left, each fold’s two networks joined by a line. Right, their difference; the bar at the mean is its 95% interval, and a bar that stays clear of the dashed zero is a difference these folds can show.'), // prettier-ignore
    legend([...HARD_SOFT]),
    el(
      'div',
      { class: 'charts' },
      drawn.map((row) => {
        const { name, better } = measureWords(row.measure)
        return figure(name, pairedChart(row), better === 1 ? 'More is better.' : better === -1 ? 'Less is better.' : undefined) // prettier-ignore
      }),
    ),
  )
}

function numbers(rows: FigureRow[], all: Comparison[]): Child {
  if (rows.length === 0) return null
  const imageSets = new Map(all.map(({ dataset, imageSet }) => [dataset, imageSet]))
  const protocols = [
    ...new Set(all.flatMap(({ hard, soft }) => [...hard, ...soft].map(({ config }) => config.protocol))),
  ]
  return section(
    'The numbers, beside the paper’s',
    el('p', {}, `Means over folds on held-out images, made here under the protocol “${protocols.join('”, “')}”. Accuracies in percent and their differences in points.`), // prettier-ignore
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

function curvesSection(comparison: Comparison, { curves }: ReportExtra, several: boolean): Child {
  const points = (target: Side) => comparison[target].flatMap((run) => (curves?.get(run.id) ? [curves.get(run.id) ?? []] : [])) // prettier-ignore
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

function robustness(comparison: Comparison, several: boolean): Child {
  const table = trustTable(comparison)
  if (!table) return null
  const paper = hasPaperCurve(comparison)
  const network = nearestPublished(comparison.network) ?? ''
  return section(
    named('Under attack', comparison, several),
    el('p', {}, `On ${attackedImages(comparison)}. A network trained on soft labels has gentler gradients, which can look like robustness: the table under the figures is how to tell.`), // prettier-ignore
    legend([
      ...HARD_SOFT,
      { kind: 'noise', text: 'random noise of equal size' },
      ...(paper ? [{ kind: 'paper-hard', text: `paper, hard (${network})` } as const, { kind: 'paper-soft', text: 'paper, soft' } as const] : []), // prettier-ignore
    ]),
    el(
      'div',
      { class: 'charts' },
      figure('Accuracy under FGSM', epsilonChart(comparison)),
      figure('Loss over the steps of PGD', pgdChart(comparison)),
    ),
    el('div', { class: 'scroll' }, table),
    el('p', { class: 'quiet', style: 'margin-top:10px' }, 'An attack can be trusted when accuracy at ε = 0 equals clean accuracy, the largest perturbation equals ε, random noise of the same size does much less harm, few gradients are exactly zero, and the loss rises with every step.'), // prettier-ignore
  )
}

function calibration(all: Comparison[], { predictions, labels, people }: ReportExtra): Child {
  if (!predictions || !labels || !people || predictions.length === 0) return null
  const truth = { labels, ...people }
  const bins: Partial<Record<Side, Bin[]>> = {}
  for (const target of ['hard', 'soft'] as const) {
    const ids = new Set(all.flatMap((comparison) => comparison[target].map(({ id }) => id)))
    bins[target] = reliability(predictions.filter(({ run }) => ids.has(run)), truth) // prettier-ignore
  }
  return section(
    'Does confidence mean anything?',
    el('p', {}, 'Predictions of all folds in 15 bins of confidence. On the diagonal a network is right, or people agree with it, as often as it is sure. Bins of fewer than 30 predictions are faint.'), // prettier-ignore
    legend([...HARD_SOFT, { kind: 'perfect', text: 'perfectly calibrated' }]),
    el(
      'div',
      { class: 'charts' },
      figure('Right, by the publisher’s label', reliabilityChart('Reliability against labels', bins, 'correct')),
      figure('Share of people who say the same', reliabilityChart('Reliability against people', bins, 'people')),
    ),
  )
}

function uncertainty({ people, labelSet }: ReportExtra): Child {
  if (!people) return null
  const entropies = rowEntropies(people.distributions, people.classes)
  const chart = concentrationChart(entropies)
  if (!chart) return null
  return section(
    'Where people’s uncertainty lies',
    el(
      'p',
      {},
      `Entropy of each image’s label distribution in ${labelSet.name}: how it is spread over images, and how much of all of it the most uncertain images hold.`,
    ),
    el(
      'div',
      { class: 'charts' },
      figure('Images by people’s entropy', entropyHistogram(entropies)),
      figure('Share of all entropy held', chart),
    ),
  )
}
