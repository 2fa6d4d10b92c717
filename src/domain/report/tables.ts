/** The report's tables: means beside the paper, every fold, the claims. */
import type { FigureRow } from '../results/figureRow'
import type { Claim } from '../claims/claim'
import type { Comparison } from '../results/pairs'
import { published } from '../published/published'
import { STAGE_WORDS } from '../runs/stage'
import { measureWords, show, showChange, showInterval } from '../measures/text'
import { NONE } from '../text/numbers'
import { foldNumber } from '../runs/foldLabel'
import { section } from './frame'
import { el, type Markup } from '../charts/markup'

/** Rows of one comparison, on its held-out images. */
export const rowsOf = (comparison: Comparison) => (row: FigureRow) =>
  row.network === comparison.network &&
  row.dataset === comparison.dataset &&
  row.variant === comparison.variant &&
  row.stage === comparison.stage &&
  row.protocol === comparison.protocol

const head = (...names: [text: string, word?: 'word'][]) =>
  el(
    'thead',
    {},
    el(
      'tr',
      {},
      names.map(([text, word]) => el('th', { scope: 'col', class: word }, text)),
    ),
  )

/** Means here and in the paper, the difference of differences in words a reader can check. */
export function figuresTable(rows: FigureRow[]): Markup {
  const several = new Set(rows.map(({ network, dataset }) => `${network} on ${dataset}`)).size > 1
  const paper = rows.some((row) => row.published)
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'numbers' },
      head(
        ['Measure', 'word'],
        ['Hard'],
        ['Soft'],
        ['Soft − hard'],
        ['95% interval'],
        ...(paper
          ? ([['Paper hard'], ['Paper soft'], ['Here − paper, hard'], ['Here − paper, soft']] as [string][])
          : []),
      ),
      el(
        'tbody',
        {},
        rows.map((row) => {
          const words = measureWords(row.measure)
          const gap = (here: number | null, there: number | null | undefined) =>
            here === null || there === null || there === undefined ? NONE : showChange(words, here - there)
          const where = several ? el('div', { class: 'quiet' }, `${row.network}, ${row.dataset}`) : null
          return el(
            'tr',
            {},
            el('th', { scope: 'row', class: 'word' }, words.name, where),
            el('td', { class: 'hard' }, show(words, row.hard)),
            el('td', { class: 'soft' }, show(words, row.soft)),
            el('td', { class: 'strong' }, showChange(words, row.difference)),
            el('td', {}, showInterval(words, row.interval)),
            paper && [
              el('td', { class: 'hard' }, show(words, row.published?.hard)),
              el('td', { class: 'soft' }, show(words, row.published?.soft)),
              el('td', {}, gap(row.hard, row.published?.hard)),
              el('td', {}, gap(row.soft, row.published?.soft)),
            ],
          )
        }),
      ),
    ),
  )
}

/** What every target is worth beside hard labels, on held-out images. */
const TARGET_MEASURES = ['crossEntropyToPeople', 'crossEntropyToLabels', 'accuracy']

export function targetsTable(rows: readonly FigureRow[], all: readonly Comparison[]): Markup | null {
  const own = all.filter(({ pairs }) => pairs.length > 0)
  if (own.length === 0) return null
  const cells = (comparison: Comparison) =>
    TARGET_MEASURES.map((measure) => {
      const words = measureWords(measure)
      const found = rows.find((row) => rowsOf(comparison)(row) && row.measure === measure)
      const reach = found?.interval ? el('div', { class: 'quiet' }, showInterval(words, found.interval)) : null
      return el('td', {}, found ? [showChange(words, found.difference), reach] : '')
    })
  return section(
    'Every target against hard labels',
    el(
      'p',
      {},
      'Target minus hard labels on held-out images, paired by fold: the mean and its 95% interval. Only runs that differ in nothing but the target are compared.',
    ),
    el(
      'div',
      { class: 'scroll' },
      el(
        'table',
        { class: 'numbers' },
        head(
          ['Network', 'word'],
          ['Stage', 'word'],
          ['Protocol', 'word'],
          ['Target', 'word'],
          ['Pairs'],
          ...TARGET_MEASURES.map((measure): [string] => [measureWords(measure).name]),
        ),
        el(
          'tbody',
          {},
          own.map((each) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row', class: 'word' }, each.network),
              el('td', { class: 'word' }, STAGE_WORDS[each.stage]),
              el('td', { class: 'word' }, each.protocol),
              el(
                'td',
                { class: `word ${each.target}` },
                each.variant,
                each.particulars && el('div', { class: 'quiet' }, each.particulars),
              ),
              el('td', {}, each.pairs.length),
              cells(each),
            ),
          ),
        ),
      ),
    ),
  )
}

/** Where the paper's numbers in a table stand, and under which protocol they were made. */
export function publishedSources(rows: FigureRow[], imageSets: ReadonlyMap<string, string>): Markup | null {
  const sources = new Map<string, string>()
  for (const { dataset, network, measure, published: paper } of rows) {
    const imageSet = imageSets.get(dataset)
    const found =
      imageSet === undefined
        ? null
        : (published(imageSet, network, measure, 'hard') ?? published(imageSet, network, measure, 'soft'))
    if (paper && found) sources.set(paper.source, found.protocol)
  }
  if (sources.size === 0) return null
  return el(
    'ul',
    { class: 'quiet' },
    [...sources].map(([source, protocol]) => el('li', {}, `Paper: ${source} (protocol: ${protocol}).`)),
  )
}

/** Every fold's values, and their difference. */
export function foldsTable(rows: FigureRow[]): Markup {
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'numbers' },
      head(['Measure', 'word'], ['Fold'], ['Seed'], ['Hard'], ['Soft'], ['Soft − hard']),
      el(
        'tbody',
        {},
        rows.flatMap((row) => {
          const words = measureWords(row.measure)
          return row.pairs.map(({ fold, seed, hard, soft }, i) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row', class: 'word' }, i === 0 ? words.name : ''),
              el('td', {}, foldNumber(fold, row.folds)),
              el('td', {}, seed),
              el('td', { class: 'hard' }, show(words, hard)),
              el('td', { class: 'soft' }, show(words, soft)),
              el('td', {}, showChange(words, soft - hard)),
            ),
          )
        }),
      ),
    ),
  )
}

/** A sign beside every verdict: colour is never alone. */
const VERDICTS: Record<Claim['verdict'], [sign: string, word: string]> = {
  holds: ['✓', 'holds'],
  fails: ['✕', 'fails'],
  undecided: ['?', 'undecided'],
  'not-measured': ['–', 'not measured'],
  noted: ['·', 'noted'],
}

export function verdictMark(verdict: Claim['verdict']): Markup {
  const [sign, word] = VERDICTS[verdict]
  return el('span', { class: `verdict ${verdict}` }, el('span', { 'aria-hidden': 'true' }, sign), word)
}

export function claimsTable(claims: Claim[]): Markup {
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'claims' },
      head(['The paper says', 'word'], ['Found here', 'word'], ['Verdict', 'word']),
      el(
        'tbody',
        {},
        claims.map(({ statement, measured, verdict }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, statement),
            el('td', {}, measured),
            el('td', {}, verdictMark(verdict)),
          ),
        ),
      ),
    ),
  )
}
