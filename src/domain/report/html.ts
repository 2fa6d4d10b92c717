/**
 * report.html: one self-contained document that explains an experiment to someone who was not there. No script, no
 * request, text that stays text. Order: what was found, each figure, what was done, where it departs from the paper,
 * and the claims one by one.
 */
import type { FigureRow } from '../results/figureRow'
import type { Claim } from '../claims/claim'
import type { MetricPoint } from '../runs/info'
import type { Report } from './report'
import type { PaperFigure } from '../paper'
import { deviations } from './deviations'
import { figureRows } from '../results/contrasts'
import { comparisons, type Comparison } from '../results/pairs'
import { CITATION } from '../published/published'
import type { ReportInput } from './report'
import { hasStages } from '../paper/paperFigures'
import { finishedRuns, isFinished } from '../results/runValues'
import { STAGE_WORDS, stageOf } from '../runs/stage'
import { measureWords, showChange, showInterval } from '../measures/text'
import { curvesSection, foldFigures, named, numbers, robustness } from './comparisons'
import { section } from './frame'
import { el, type Child } from '../charts/markup'
import { paperSections, type Pictures } from './paper'
import { calibration, uncertainty } from './people'
import { configurations, dataTable, RULES, runsTable, STAGED_RULES } from './provenance'
import { STYLE } from './style'
import { claimsTable, rowsOf, targetsTable, verdictMark } from './tables'
import { count, plural } from '../text/numbers'

/** What the document shows beyond report.json. Missing parts leave their section out. */
export interface ReportExtra extends Pick<
  ReportInput,
  'runs' | 'imageSet' | 'labelSet' | 'people' | 'predictions' | 'labels'
> {
  /** Of the program. */
  version: string
  /** Points of the runs' curves by run id. */
  curves?: ReadonlyMap<number, readonly MetricPoint[]>
  /** The images that Figure 1 shows, and whose they are. */
  pictures?: Pictures
}

export function reportHtml(report: Report, extra: ReportExtra): string {
  const finished = finishedRuns(extra.runs)
  const all = comparisons(finished)
  const rows = figureRows(finished)
  const staged = hasStages(finished)
  const title = 'Hard labels against human soft labels'
  const body = el(
    'main',
    {},
    header(title, report, extra, all),
    headlines(report.claims),
    ...(staged
      ? wholePaper(report.paper ?? [], all, rows, extra)
      : [
          paperSections(report.paper ?? [], extra.imageSet.classes, extra.pictures ?? null),
          ...section5(all, rows, extra),
        ]),
    calibration(all, extra),
    uncertainty(extra, report.people),
    section(
      'What was done',
      configurations(finished.map(({ config }) => config)),
      dataTable(extra.imageSet, extra.labelSet),
      report.data.length > 2 &&
        el(
          'p',
          { class: 'quiet' },
          `Also used: ${report.data
            .slice(2)
            .map(({ name, digest }) => `${name} (SHA-256 ${digest.slice(0, 16)}…)`)
            .join(', ')}.`,
        ),
      extra.labelSet.report.length > 0 &&
        el(
          'ul',
          { class: 'quiet' },
          extra.labelSet.report.map((line) => el('li', {}, line)),
        ),
      el('details', {}, el('summary', {}, `All ${extra.runs.length} runs`), runsTable(extra.runs)),
    ),
    section(
      'Rules the numbers follow',
      el(
        'ul',
        {},
        [...RULES, ...(staged ? STAGED_RULES : [])].map((rule) => el('li', {}, rule)),
      ),
    ),
    report.paper && definitions(report),
    section(
      'Where this departs from the paper',
      el(
        'ul',
        {},
        deviations(
          finished.map(({ config }) => config),
          extra.imageSet.count,
          rows.some(({ published }) => published),
        ).map((line) => el('li', {}, line)),
      ),
    ),
    section(
      'The paper’s findings, one by one',
      findings(report.claims.filter(({ basis }) => basis !== 'published')),
      publishedFacts(report.claims),
    ),
    el(
      'p',
      { class: 'quiet', style: 'margin-top:48px' },
      `Published numbers: ${CITATION} Made by Second Guess ${extra.version}; report.json beside this file holds every figure.`,
    ),
  )
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width, initial-scale=1"/>',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/>`,
    el('title', {}, `${title}: ${report.preset ?? 'all runs'}, ${extra.imageSet.name}`).html,
    `<style>${STYLE}</style></head><body>`,
    body.html,
    '</body></html>\n',
  ].join('\n')
}

/**
 * Hard against human soft labels on held-out images, and nothing else: all of it stands open, after the paper's
 * figures.
 */
const section5 = (all: Comparison[], rows: FigureRow[], { curves }: ReportExtra): Child[] => [
  all.map((comparison) => foldFigures(comparison, rows, all.length > 1)),
  numbers(rows, all),
  all.map((comparison) => curvesSection(comparison, curves, all.length > 1)),
  all.map((comparison) => robustness(comparison, all.length > 1)),
]

/** The paper's figures and tables, every target, then each pair of hard and soft folded away. */
function wholePaper(
  figures: PaperFigure[],
  all: Comparison[],
  rows: FigureRow[],
  { imageSet, curves, pictures }: ReportExtra,
): Child[] {
  const pairs = all.filter((each) => each.target === 'soft' && each.hard.length + each.soft.length > 0)
  const detail = (comparison: Comparison): Child => {
    const parts = [
      foldFigures(comparison, rows, false),
      numbers(rows.filter(rowsOf(comparison)), [comparison]),
      curvesSection(comparison, curves, false),
      robustness(comparison, false),
    ]
    const title = named(`${STAGE_WORDS[comparison.stage]}, protocol ${comparison.protocol}`, comparison, true)
    return parts.some((part) => part) && el('details', {}, el('summary', {}, title), parts)
  }
  return [
    paperSections(figures, imageSet.classes, pictures ?? null),
    targetsTable(rows, all),
    pairs.length > 0 &&
      section(
        'Each network in detail',
        el(
          'p',
          {},
          'Every fold, the numbers, how it learned, and under attack, with what tells whether the attack can be trusted.',
        ),
        pairs.map(detail),
      ),
  ]
}

/** Every measure that the report shows, as it is defined. */
function definitions({ rows }: Report): Child {
  const plain = [...new Set(rows.map(({ measure }) => measure.split('-').at(-1) ?? measure))]
  const told = plain.map(measureWords).filter(({ means }) => means !== '')
  return el(
    'details',
    {},
    el('summary', {}, 'Measures, defined'),
    el(
      'ul',
      { class: 'quiet' },
      told.map(({ name, means }) => el('li', {}, el('b', {}, name), `: ${means}`)),
    ),
  )
}

/** A finding over all networks stands open, each network's own is folded away where there is one over all. */
function findings(claims: Claim[]): Child {
  const plain = (id: string) => id.split(':')[0] ?? id
  const ofOne = ({ id }: Claim) => id.split(':').length > 2 && claims.some((other) => other.id === plain(id))
  const own = claims.filter(ofOne)
  return [
    claimsTable(claims.filter((claim) => !ofOne(claim))),
    own.length > 0 && el('details', {}, el('summary', {}, 'Each network by itself'), claimsTable(own)),
  ]
}

function publishedFacts(claims: Claim[]): Child {
  const own = claims.filter(({ basis }) => basis === 'published')
  if (own.length === 0) return null
  return [
    el('h3', { class: 'of' }, 'What the published numbers say of themselves'),
    el(
      'p',
      { class: 'quiet' },
      'Read from the paper’s tables and the authors’ released scores; nothing here was measured by these runs.',
    ),
    claimsTable(own),
  ]
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
  const several = new Set(all.map(({ network }) => network)).size
  const unfinished = runs.filter((run) => !isFinished(run)).length
  const facts: [string, string][] = [
    ['Preset', report.preset ?? 'none: all finished runs'],
    ['Images', `${imageSet.name} (${count(imageSet.count)})`],
    ['Labels', labelSet.name],
    ['Networks', several > 3 ? `${several}, named below` : networks],
    ['Runs', `${runs.length - unfinished} finished${unfinished > 0 ? `, ${unfinished} not` : ''}`],
    ['Device', report.device || 'none yet'],
    ['Engine', report.engine || 'none yet'],
  ]
  const sentence = hasStages(finishedRuns(runs))
    ? stagesSentence(runs)
    : `${networks} trained twice on the same folds: once on the publisher’s label of each image, once on how people’s judgments of it were distributed. ${pairs === 1 ? 'One pair' : `${pairs} pairs`} of networks, compared on images neither had seen.`
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

/**
 * "8 networks: 80 runs trained from scratch, 8 pretrained, ... on 6 targets, under the protocols described and
 * released."
 */
function stagesSentence(runs: ReportExtra['runs']): string {
  const finished = finishedRuns(runs)
  const count = (of: string[]) => [...new Set(of)].map((name) => `${of.filter((each) => each === name).length} ${name}`)
  const stages = count(finished.map(({ config }) => STAGE_WORDS[stageOf(config)]))
  const networks = new Set(finished.map(({ config }) => config.network)).size
  const targets = new Set(finished.map(({ config }) => config.target)).size
  const protocols = [...new Set(finished.map(({ config }) => config.protocol))].sort()
  return `${plural(networks, 'network')}, ${finished.length} runs: ${stages.join(', ')}; on ${targets} kinds of target, under the ${protocols.length === 1 ? 'protocol' : 'protocols'} ${protocols.join(' and ')}.`
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
        el(
          'p',
          { class: 'big', style: 'color:inherit' },
          showChange(words, claim.value),
          ' ',
          el('small', {}, words.share ? 'points, soft − hard' : 'nats, soft − hard'),
        ),
        el('p', {}, claim.interval ? `95% interval ${showInterval(words, claim.interval)}` : 'one pair: no interval'),
        el('p', { class: 'quiet' }, claim.measured),
        el('p', {}, 'The paper’s finding: ', verdictMark(claim.verdict)),
      ),
    ),
  )
}
