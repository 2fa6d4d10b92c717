/** The paper's figures and tables: both protocols beside each other, the published numbers beside them, differences. */
import { PROTOCOLS } from '../../shared/domain'
import type { PaperFigure, PaperRow } from '../../shared/paper'
import { partings } from '../paper'
import { columnOfRow, COLUMNS, columnWords } from '../paper/table1'
import { paperSet, SET_WORDS } from '../dataSets'
import { groupBy } from '../pairs'
import { fixed, measureWords, show, showChange } from '../words'
import { section } from './frame'
import { el, type Child, type Markup } from './markup'
import { figure2Charts, figure4Charts } from './paperCharts'
import { imageLists } from './paperImages'

interface Column {
  key: string
  words: string
  /** Class of its numbers: "hard", "soft". */
  side: string
}

interface Layout {
  rowOf: (row: PaperRow) => string
  columnOf: (row: PaperRow) => Column | null
  /** Columns in this order; by default that of appearance. */
  order?: readonly string[]
}

const isMean = ({ network }: PaperRow) => network.startsWith('mean over')

/** "± 0.012 (3)": half of the 95% interval where there is one, and how many folds. */
function spread({ measure, cells }: PaperRow, protocol: 'described' | 'released'): string {
  const cell = cells[protocol]
  if (!cell) return ''
  const words = measureWords(measure)
  const half = cell.interval ? (cell.interval[1] - cell.interval[0]) / 2 : null
  return `${half === null ? '' : `± ${words.share ? fixed(100 * half, 1) : fixed(half, 3)} `}(${cell.n})`
}

function differences({ measure, cells }: PaperRow): string {
  const words = measureWords(measure)
  return PROTOCOLS.flatMap((protocol) => {
    const cell = cells[protocol]
    return cell && cell.difference !== null ? [showChange(words, cell.difference)] : []
  }).join(', ')
}

/** Each column's numbers under the protocols that ran, then the paper's with our differences to it. */
export function pivot(rows: readonly PaperRow[], { rowOf, columnOf, order }: Layout, first: string): Markup | null {
  const placed = rows.flatMap((row) => {
    const column = columnOf(row)
    return column ? [{ row, column, at: rowOf(row) }] : []
  })
  if (placed.length === 0) return null
  const columns = [...groupBy(placed, ({ column }) => column.key).values()].flatMap((own) => {
    const column = own[0]?.column
    if (!column) return []
    const protocols = PROTOCOLS.filter((protocol) => own.some(({ row }) => row.cells[protocol]))
    return [{ column, protocols, paper: own.some(({ row }) => row.published !== null) }]
  })
  if (order) columns.sort((a, b) => order.indexOf(a.column.key) - order.indexOf(b.column.key))
  const body = [...groupBy(placed, ({ at }) => at)].map(([at, own]) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row', class: 'word' }, at),
      columns.map(({ column, protocols, paper }) => {
        const row = own.find((each) => each.column.key === column.key)?.row
        return [
          protocols.map((protocol, i) => ours(row, protocol, column, i === 0)),
          paper && el('td', { class: `paper ${protocols.length === 0 ? 'start' : ''}` }, row?.published === null || !row ? '' : [show(measureWords(row.measure), row.published), el('div', { class: 'quiet' }, differences(row))]), // prettier-ignore
        ]
      }),
    ),
  )
  const span = ({ protocols, paper }: (typeof columns)[number]) => protocols.length + (paper ? 1 : 0)
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'numbers pivot' },
      el(
        'thead',
        {},
        el('tr', {}, el('th', { scope: 'col', class: 'word', rowspan: 2 }, first), columns.map((each) => el('th', { scope: 'colgroup', class: `start ${each.column.side}`, colspan: span(each) }, each.column.words))), // prettier-ignore
        el('tr', {}, columns.map(({ protocols, paper }) => [protocols.map((protocol, i) => el('th', { scope: 'col', class: i === 0 && 'start' }, protocol)), paper && el('th', { scope: 'col', class: protocols.length === 0 && 'start' }, 'paper')])), // prettier-ignore
      ),
      el('tbody', {}, body),
    ),
  )
}

function ours(row: PaperRow | undefined, protocol: 'described' | 'released', { side }: Column, start: boolean): Markup {
  const cell = row?.cells[protocol]
  const shown = row && cell ? [show(measureWords(row.measure), cell.value), el('div', { class: 'quiet' }, spread(row, protocol))] : '' // prettier-ignore
  return el('td', { class: `${side} ${start ? 'start' : ''}` }, shown)
}

const SIDE_WORDS: Record<string, string> = { hard: 'Hard labels', soft: 'Human soft labels' }
const sideColumn = ({ target }: PaperRow): Column | null =>
  target === 'hard' || target === 'soft' ? { key: target, words: SIDE_WORDS[target] ?? target, side: target } : null
const measured = (row: PaperRow): Column | null => {
  const side = sideColumn(row)
  const name = row.measure.endsWith('accuracy') ? 'Accuracy' : 'Cross-entropy'
  return side && { ...side, key: `${name} ${side.key}`, words: `${name}, ${side.key}` }
}
const setWords = (dataset: string): string => {
  const set = paperSet(dataset)
  return set ? `${SET_WORDS[set]}${dataset.includes(', first') ? dataset.slice(dataset.indexOf(', first')) : ''}` : dataset // prettier-ignore
}

/** The means over networks stand open; each network's own is folded away where there are several. */
function byNetwork(rows: readonly PaperRow[], table: (rows: PaperRow[]) => Child): Child {
  const groups = [...groupBy(rows, ({ network }) => network)]
  const means = groups.filter(([, [first]]) => first && (isMean(first) || first.network.startsWith('ensemble')))
  const own = groups.filter(([network]) => !means.some(([name]) => name === network))
  const shown = ([network, its]: [string, PaperRow[]]) => [el('h3', { class: 'of' }, network.replace(/^(?:mean|ensemble)/, (word) => word.replace(/^./, (letter) => letter.toUpperCase()))), table(its)] // prettier-ignore
  if (own.length < 2) return [...means, ...own].map(shown)
  return [means.map(shown), el('details', {}, el('summary', {}, `Each of the ${own.length} networks`), own.map(shown))]
}

/** Table 1 is shown in parts that fit a page; what the paper does not have in it comes last. */
const PARTS = [
  ['c10H', 'c10'],
  ['v4', 'v6'],
]

function tablesOf({ id, rows }: PaperFigure): Child {
  switch (id) {
    case 'figure-2': {
      const clean = rows.filter(({ measure }) => !measure.startsWith('secondBest'))
      const second = rows.filter(({ measure }) => measure.startsWith('secondBest'))
      return [
        figure2Charts(clean),
        byNetwork(clean, (its) => pivot(its, { rowOf: ({ dataset, measure }) => `${setWords(dataset)}: ${measureWords(measure).name.toLowerCase()}`, columnOf: sideColumn }, 'Data set')), // prettier-ignore
        [...groupBy(second, ({ measure }) => measure)].map(([measure, its]) => [el('h3', { class: 'of' }, measureWords(measure).name), pivot(its, { rowOf: ({ network }) => network, columnOf: sideColumn }, 'Network')]), // prettier-ignore
      ]
    }
    case 'figure-3':
      return byNetwork(rows, (its) => pivot(its, { rowOf: ({ measure }) => measureWords(measure).name, columnOf: sideColumn }, 'Measure')) // prettier-ignore
    case 'table-1': {
      const columnOf = (row: PaperRow): Column | null => {
        const column = columnOfRow(row)
        return column && { key: column, words: columnWords(column), side: '' }
      }
      const table = (its: PaperRow[]) => pivot(its, { rowOf: ({ label }) => label, columnOf, order: COLUMNS }, 'Network is') // prettier-ignore
      const part = (row: PaperRow) => PARTS.findIndex((keys) => keys.includes(columnOf(row)?.key ?? ''))
      return byNetwork(rows, (its) => [...PARTS.keys(), -1].map((wanted) => table(its.filter((row) => part(row) === wanted)))) // prettier-ignore
    }
    default:
      return [...groupBy(rows, ({ measure }) => String(measure.endsWith('accuracy')))].map(([, its]) => pivot(its, { rowOf: ({ network }) => network, columnOf: measured }, 'Network')) // prettier-ignore
  }
}

/** Without the networks' names, and none that another one says too. */
function sourcesOf(rows: readonly PaperRow[]): string[] {
  const all = new Set(rows.flatMap(({ source }) => (source === '' ? [] : [source.replace(/^[^,]+, (?:mean of the eight of )?/, '')]))) // prettier-ignore
  return [...all].filter((each) => ![...all].some((other) => other !== each && other.includes(each)))
}

/** Attacks go by their kind alone: the two protocols make them of different strength. */
function whatOf({ measure, dataset }: PaperRow): string {
  const { name, attack } = measureWords(measure)
  return attack ? (name.split(',')[0] ?? name) : `${name}, ${setWords(dataset)}`
}

const READING = 'Under each of our numbers: half of its 95% interval, and in brackets how many folds; one fold has no interval. Under the paper’s: ours minus the paper’s, described before released.' // prettier-ignore

function figureSection(found: PaperFigure, classes: readonly string[]): Child {
  const { id, title, about, rows, notes, missing, images = [], curves = [] } = found
  const sources = sourcesOf(rows)
  // Nothing of ours: one line says what it would take.
  const bare = images.length === 0 && curves.every((curve) => curve.of === 'paper') && rows.every(({ cells }) => !cells.described && !cells.released) // prettier-ignore
  if (bare)
    return section(title, el('p', { class: 'quiet' }, `Not measured by these runs. Needed: ${missing.join(' ')}`))
  return section(
    title,
    el('p', {}, about),
    id === 'figure-4' && figure4Charts(curves),
    id === 'figure-2' && el('p', { class: 'quiet' }, READING),
    tablesOf(found),
    images.length > 0 && imageLists(images, classes, 2),
    notes.length > 0 && noteList(notes),
    sources.length > 0 && el('p', { class: 'quiet' }, `Paper, protocol released: ${sources.join('; ')}.`),
    missing.length > 0 && el('p', { class: 'quiet' }, `Not measured: ${missing.join(' ')}`),
  )
}

/** Many of them are folded away. */
function noteList(notes: readonly string[]): Markup {
  const list = el('ul', { class: 'quiet' }, notes.map((note) => el('li', {}, note))) // prettier-ignore
  return notes.length <= 4 ? list : el('details', {}, el('summary', {}, 'Which learning rate each stands for'), list)
}

export function paperSections(figures: readonly PaperFigure[], classes: readonly string[]): Child {
  return [...figures.map((each) => figureSection(each, classes)), partingsSection(figures)]
}

/** At most so many, the largest relative differences first. */
const PARTINGS = 20

function partingsSection(figures: readonly PaperFigure[]): Child {
  const all = partings(figures)
  if (all.length === 0) return null
  const head = ['Figure', 'Network', 'What', 'Described', 'Released', 'Released − described', 'Paper']
  return section(
    'Where the two protocols part',
    el('p', {}, `“Described” is what the paper’s text says, made sound; “released” is what produced its printed numbers. ${all.length} numbers were made under both; ${all.length > PARTINGS ? `the ${PARTINGS} that differ most for their size` : 'those that differ most for their size'} first.`), // prettier-ignore
    el(
      'div',
      { class: 'scroll' },
      el(
        'table',
        { class: 'numbers' },
        el('thead', {}, el('tr', {}, head.map((name, i) => el('th', { scope: 'col', class: i < 3 && 'word' }, name)))), // prettier-ignore
        el(
          'tbody',
          {},
          all.slice(0, PARTINGS).map(({ figure, row, difference }) => {
            const words = measureWords(row.measure)
            return el(
              'tr',
              {},
              el('th', { scope: 'row', class: 'word' }, figure.split(':')[0]),
              el('td', { class: 'word' }, row.network),
              el('td', { class: 'word wrap' }, whatOf(row), el('div', { class: 'quiet' }, row.label)), // prettier-ignore
              el('td', {}, show(words, row.cells.described?.value)),
              el('td', {}, show(words, row.cells.released?.value)),
              el('td', { class: 'strong' }, showChange(words, difference)),
              el('td', { class: 'paper' }, show(words, row.published)),
            )
          }),
        ),
      ),
    ),
  )
}
