/** The rows of each figure and table laid out as they are read: what stands in a line, what in a column. */
import { PROTOCOLS } from '../runs/config'
import type { PaperColumn, PaperFigure, PaperRow, PaperTable } from '.'
import { isJudgedSet, paperSet, SET_WORDS } from '../published/dataSets'
import { groupBy } from '../results/pairs'
import { columnOfRow, COLUMNS, columnWords } from './table1'
import { measureWords } from '../measures/text'

type Column = Pick<PaperColumn, 'key' | 'words' | 'side'>

interface Layout {
  first: string
  lineOf: (row: PaperRow) => string
  columnOf: (row: PaperRow) => Column | null
  /** Whether a line's label is the name of its measure. */
  byMeasure?: boolean
  /** Columns in this order; by default that of appearance. */
  order?: readonly string[]
}

const isMean = (network: string) => network.startsWith('mean over')
const isTogether = (network: string) => isMean(network) || network.startsWith('ensemble')

const SIDE_WORDS = { hard: 'Hard labels', soft: 'Human soft labels' } as const
const bySide = ({ target }: PaperRow): Column | null =>
  target === 'hard' || target === 'soft' ? { key: target, words: SIDE_WORDS[target], side: target } : null

function bySideAndMeasure(row: PaperRow): Column | null {
  const side = bySide(row)
  const name = row.measure.endsWith('accuracy') ? 'Accuracy' : 'Cross-entropy'
  return side && { ...side, key: `${name} ${side.key}`, words: `${name}, ${side.key}` }
}

/** "CIFAR-10.1 v4, first 500"; sets the paper does not have by their own name. */
export function setWords(dataset: string): string {
  const set = paperSet(dataset)
  if (!set) return isJudgedSet(dataset) ? dataset.replace(/^\S+/, 'CIFAR-10 test') : dataset
  return SET_WORDS[set] + (/, first .*$/.exec(dataset)?.[0] ?? '')
}

function table(
  rows: readonly PaperRow[],
  its: readonly PaperRow[],
  title: string,
  layout: Layout,
  folded = false,
): PaperTable[] {
  const { first, lineOf, columnOf, byMeasure = false, order } = layout
  const placed = its.flatMap((row) => {
    const column = columnOf(row)
    return column ? [{ row, column, line: lineOf(row) }] : []
  })
  if (placed.length === 0) return []
  const columns = [...groupBy(placed, ({ column }) => column.key).values()].flatMap((own): PaperColumn[] => {
    const column = own[0]?.column
    if (!column) return []
    const protocols = PROTOCOLS.filter((protocol) => own.some(({ row }) => row.cells[protocol]))
    return [{ ...column, protocols, paper: own.some(({ row }) => row.published !== null) }]
  })
  if (order) columns.sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
  const lines = [...groupBy(placed, ({ line }) => line)].map(([label, own]) => ({
    label,
    measure: byMeasure ? (own[0]?.row.measure ?? null) : null,
    cells: columns.map(({ key }) => {
      const found = own.find(({ column }) => column.key === key)
      return found ? rows.indexOf(found.row) : null
    }),
  }))
  return [{ title, first, columns, lines, folded }]
}

const capital = (text: string) => text.replace(/^./, (letter) => letter.toUpperCase())

/** Means over networks stand open; each network's own is folded away where there are several. */
function byNetwork(
  rows: readonly PaperRow[],
  tables: (its: PaperRow[], title: string, folded: boolean) => PaperTable[],
): PaperTable[] {
  const groups = [...groupBy(rows, ({ network }) => network)]
  const together = groups.filter(([network]) => isTogether(network))
  const own = groups.filter(([network]) => !isTogether(network))
  return [
    ...together.flatMap(([network, its]) => tables(its, capital(network), false)),
    ...own.flatMap(([network, its]) => tables(its, network, together.length > 0 && own.length > 1)),
  ]
}

/** Table 1 is shown in parts that fit a page; what the paper does not have in it comes last. */
const PARTS = [
  ['c10H', 'c10'],
  ['v4', 'v6'],
]

export function tablesOf({ id, rows }: Pick<PaperFigure, 'id' | 'rows'>): PaperTable[] {
  switch (id) {
    case 'figure-2': {
      const clean = rows.filter(({ measure }) => !measure.startsWith('secondBest'))
      const second = rows.filter(({ measure }) => measure.startsWith('secondBest'))
      const lineOf = ({ dataset, measure }: PaperRow) =>
        `${setWords(dataset)}: ${measureWords(measure).name.toLowerCase()}`
      return [
        ...byNetwork(clean, (its, title, folded) =>
          table(rows, its, title, { first: 'Data set', lineOf, columnOf: bySide }, folded),
        ),
        ...[...groupBy(second, ({ measure }) => measure)].flatMap(([measure, its]) =>
          table(rows, its, measureWords(measure).name, {
            first: 'Network',
            lineOf: ({ network }) => network,
            columnOf: bySide,
          }),
        ),
      ]
    }
    case 'figure-3':
      return byNetwork(rows, (its, title, folded) =>
        table(
          rows,
          its,
          title,
          { first: 'Measure', lineOf: ({ measure }) => measureWords(measure).name, columnOf: bySide, byMeasure: true },
          folded,
        ),
      )
    case 'table-1': {
      const columnOf = (row: PaperRow): Column | null => {
        const column = columnOfRow(row)
        return column && { key: column, words: columnWords(column), side: null }
      }
      const part = (row: PaperRow) => PARTS.findIndex((keys) => keys.includes(columnOfRow(row) ?? ''))
      return byNetwork(rows, (its, title, folded) =>
        [...PARTS.keys(), -1].flatMap((wanted) =>
          table(
            rows,
            its.filter((row) => part(row) === wanted),
            title,
            { first: 'Network is', lineOf: ({ label }) => label, columnOf, order: COLUMNS },
            folded,
          ),
        ),
      )
    }
    default:
      return [
        ...groupBy(rows, ({ measure }) => (measure.endsWith('accuracy') ? 'Accuracy' : 'Cross-entropy to labels')),
      ].flatMap(([title, its]) =>
        table(rows, its, title, { first: 'Network', lineOf: ({ network }) => network, columnOf: bySideAndMeasure }),
      )
  }
}

/** Whether nothing of a figure was measured by these runs. */
export const isBare = ({ rows, images = [], curves = [] }: PaperFigure): boolean =>
  images.length === 0 &&
  curves.every((curve) => curve.of === 'paper') &&
  rows.every(({ cells }) => !cells.described && !cells.released)
