/**
 * What the paper's tables say to a reader, in the window and in files alike: a number, what tells how sure it is, whose
 * it is.
 */
import { PROTOCOLS, type Protocol } from '../runs/config'
import type { PaperColumn, PaperRow, PaperTable } from '.'
import { fixed } from '../text/numbers'
import { measureWords, show, showChange } from '../measures/text'

/** One column of numbers: ours under a protocol, or the paper's. */
export interface Leaf {
  column: PaperColumn
  /** Position of the column in the table. */
  at: number
  of: Protocol | 'paper'
  /** First of its column. */
  start: boolean
}

export const leavesOf = ({ columns }: PaperTable): Leaf[] =>
  columns.flatMap((column, at) => {
    const own = [...column.protocols, ...(column.paper ? (['paper'] as const) : [])]
    return own.map((of, i) => ({ column, at, of, start: i === 0 }))
  })

/** "± 0.012 (3)": half of the 95% interval where there is one, and how many folds. */
export function spread({ measure, cells }: PaperRow, protocol: Protocol): string {
  const cell = cells[protocol]
  if (!cell) return ''
  const words = measureWords(measure)
  const half = cell.interval ? (cell.interval[1] - cell.interval[0]) / 2 : null
  return `${half === null ? '' : `± ${words.share ? fixed(100 * half, 1) : fixed(half, 3)} `}(${cell.n})`
}

/** Ours minus the paper's, described before released. */
export function differences({ measure, cells }: PaperRow): string {
  const words = measureWords(measure)
  return PROTOCOLS.flatMap((protocol) => {
    const cell = cells[protocol]
    return cell && cell.difference !== null ? [showChange(words, cell.difference)] : []
  }).join(', ')
}

/** The number and what stands under it; both empty where there is none. */
export function cellText(row: PaperRow | undefined, of: Leaf['of']): { main: string; under: string } {
  if (!row) return { main: '', under: '' }
  const words = measureWords(row.measure)
  if (of === 'paper')
    return row.published === null
      ? { main: '', under: '' }
      : { main: show(words, row.published), under: differences(row) }
  const cell = row.cells[of]
  return cell ? { main: show(words, cell.value), under: spread(row, of) } : { main: '', under: '' }
}

export const READING_OURS =
  'Under each of our numbers: half of its 95% interval, and in brackets how many folds; one fold has no interval.'
export const READING_THEIRS = 'Under the paper’s: ours minus the paper’s, described before released.'
export const READING = `${READING_OURS} ${READING_THEIRS}`

/** Where the paper's numbers stand: without the networks' names, and none that another one says too. */
export function sourcesOf(rows: readonly PaperRow[]): string[] {
  const all = new Set(
    rows.flatMap(({ source }) => (source === '' ? [] : [source.replace(/^[^,]+, (?:mean of the eight of )?/, '')])),
  )
  return [...all].filter((each) => ![...all].some((other) => other !== each && other.includes(each)))
}
