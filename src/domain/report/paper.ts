/** The paper's figures and tables: both protocols beside each other, the published numbers beside them, differences. */
import type { PaperFigure, PaperRow, PaperTable } from '../paper'
import { cellText, leavesOf, READING, sourcesOf } from '../paper/cells'
import { bareSentence } from '../paper/files/context'
import { drawPanel, legendOf } from '../charts/draw'
import { laidOut, type LaidOut } from '../paper/files'
import { setWords } from '../paper/tables'
import { partings } from '../paper/paperFigures'
import { measureWords, show, showChange } from '../measures/text'
import { legend } from '../charts/chart'
import { figure as chartFrame, section } from './frame'
import { el, type Child, type Markup } from '../charts/markup'
import { imageLists } from './paperImages'

/** Each column's numbers under the protocols that ran, then the paper's with our differences to it. */
function tableMarkup({ rows }: PaperFigure, table: PaperTable): Markup {
  const leaves = leavesOf(table)
  const start = (i: number) => leaves[i]?.at !== leaves[i - 1]?.at
  const span = (column: number) => leaves.filter(({ at }) => at === column).length
  return el(
    'div',
    { class: 'scroll' },
    el(
      'table',
      { class: 'numbers pivot' },
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          el('th', { scope: 'col', class: 'word', rowspan: 2 }, table.first),
          table.columns.map(
            ({ words, side }, i) =>
              span(i) > 0 && el('th', { scope: 'colgroup', class: `start ${side ?? ''}`, colspan: span(i) }, words),
          ),
        ),
        el(
          'tr',
          {},
          leaves.map(({ of }, i) => el('th', { scope: 'col', class: start(i) && 'start' }, of)),
        ),
      ),
      el(
        'tbody',
        {},
        table.lines.map(({ label, cells }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row', class: 'word' }, label),
            leaves.map(({ column, at, of }, i) => {
              const { main, under } = cellText(rows[cells[at] ?? -1], of)
              return el(
                'td',
                { class: `${of === 'paper' ? 'paper' : (column.side ?? '')} ${start(i) ? 'start' : ''}` },
                main,
                under !== '' && el('div', { class: 'quiet' }, under),
              )
            }),
          ),
        ),
      ),
    ),
  )
}

/** Means over networks stand open; each network's own is folded away where there are several. */
function tablesMarkup(found: LaidOut): Child {
  const titled = (tables: readonly PaperTable[]) =>
    tables.map((table, i) => [
      table.title !== '' && table.title !== tables[i - 1]?.title && el('h3', { class: 'of' }, table.title),
      tableMarkup(found, table),
    ])
  const folded = found.tables.filter((table) => table.folded)
  const networks = new Set(folded.map(({ title }) => title)).size
  return [
    titled(found.tables.filter((table) => !table.folded)),
    folded.length > 0 && el('details', {}, el('summary', {}, `Each of the ${networks} networks`), titled(folded)),
  ]
}

/** Attacks go by their kind alone: the two protocols make them of different strength. */
function whatOf({ measure, dataset }: PaperRow): string {
  const { name, attack } = measureWords(measure)
  return attack ? (name.split(',')[0] ?? name) : `${name}, ${setWords(dataset)}`
}

/** Images of Figure 1 as data: addresses, and whose they are. */
export interface Pictures {
  picture: (image: number) => string | null
  credit: string
}

function figureSection(figure: PaperFigure, classes: readonly string[], pictures: Pictures | null): Child {
  const found = laidOut(figure)
  const { title, about, rows, notes, missing, images = [], panels, bare } = found
  const sources = sourcesOf(rows)
  // Nothing of ours: one line says what it would take.
  if (bare) return section(title, el('p', { class: 'quiet' }, bareSentence(found)))
  return section(
    title,
    el('p', {}, about),
    panels.length > 0 && [
      legend(legendOf(panels)),
      el(
        'div',
        { class: 'charts' },
        panels.map((panel) => chartFrame(panel.title, drawPanel(panel))),
      ),
    ],
    found.tables.length > 0 && el('p', { class: 'quiet' }, READING),
    tablesMarkup(found),
    images.length > 0 && [
      imageLists(images, classes, pictures?.picture ?? (() => null), images.length),
      pictures && el('p', { class: 'quiet' }, pictures.credit),
    ],
    notes.length > 0 && noteList(notes),
    sources.length > 0 && el('p', { class: 'quiet' }, `Paper, protocol released: ${sources.join('; ')}.`),
    missing.length > 0 && el('p', { class: 'quiet' }, `Not measured: ${missing.join(' ')}`),
  )
}

/** Many of them are folded away. */
function noteList(notes: readonly string[]): Markup {
  const list = el(
    'ul',
    { class: 'quiet' },
    notes.map((note) => el('li', {}, note)),
  )
  return notes.length <= 4 ? list : el('details', {}, el('summary', {}, 'Which learning rate each stands for'), list)
}

export function paperSections(
  figures: readonly PaperFigure[],
  classes: readonly string[],
  pictures: Pictures | null,
): Child {
  return [...figures.map((each) => figureSection(each, classes, pictures)), partingsSection(figures)]
}

/** At most so many, the largest relative differences first. */
const PARTINGS = 20

function partingsSection(figures: readonly PaperFigure[]): Child {
  const all = partings(figures)
  if (all.length === 0) return null
  const head = ['Figure', 'Network', 'What', 'Described', 'Released', 'Released − described', 'Paper']
  return section(
    'Where the two protocols part',
    el(
      'p',
      {},
      `“Described” is what the paper’s text says, made sound; “released” is what produced its printed numbers. ${all.length} numbers were made under both; ${all.length > PARTINGS ? `the ${PARTINGS} that differ most for their size` : 'those that differ most for their size'} first.`,
    ),
    el(
      'div',
      { class: 'scroll' },
      el(
        'table',
        { class: 'numbers' },
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            head.map((name, i) => el('th', { scope: 'col', class: i < 3 && 'word' }, name)),
          ),
        ),
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
              el('td', { class: 'word wrap' }, whatOf(row), el('div', { class: 'quiet' }, row.label)),
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
