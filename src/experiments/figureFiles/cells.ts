/** What a cell of a table says, for a reader: the number, and under it what tells how sure it is. */
import { PROTOCOLS, type Protocol } from '../../shared/domain'
import type { PaperColumn, PaperRow, PaperTable } from '../../shared/paper'
import { fixed, measureWords, show, showChange } from '../words'

/** One column of numbers: ours under a protocol, or the paper's. */
export interface Leaf {
  column: PaperColumn
  /** Position of the column in the table. */
  at: number
  of: Protocol | 'paper'
}

export const leavesOf = ({ columns }: PaperTable): Leaf[] =>
  columns.flatMap((column, at) => [
    ...column.protocols.map((of) => ({ column, at, of })),
    ...(column.paper ? [{ column, at, of: 'paper' as const }] : []),
  ])

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
  if (of === 'paper') return row.published === null ? { main: '', under: '' } : { main: show(words, row.published), under: differences(row) } // prettier-ignore
  const cell = row.cells[of]
  return cell ? { main: show(words, cell.value), under: spread(row, of) } : { main: '', under: '' }
}

export const READING = 'Under each of our numbers: half of its 95% interval, and in brackets how many folds; one fold has no interval. Under the paper’s: ours minus the paper’s, described before released.' // prettier-ignore
