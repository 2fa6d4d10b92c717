/** Cells of the paper's tables as they are read, and as they sort: the number, and under it what tells how sure it is. */
import type { Protocol } from '../../shared/domain'
import type { PaperColumn, PaperPanel, PaperRow, PaperTable } from '../../shared/paper'
import { fixed, percent } from './format'
import { measureWords, showDifference, showMeasure } from './measures'

/** One column of numbers: ours under a protocol, or the paper's. */
export interface Leaf {
  column: PaperColumn
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

export function valueOf(row: PaperRow | undefined, of: Leaf['of']): number | null {
  return (of === 'paper' ? row?.published : row?.cells[of]?.value) ?? null
}

/** `title`: the number with all that is known of it. */
export interface CellText {
  main: string
  under: string
  title: string
}

export function cellText(row: PaperRow | undefined, of: Leaf['of']): CellText | null {
  if (!row) return null
  const words = measureWords(row.measure)
  if (of === 'paper') {
    if (row.published === null) return null
    const parts = (['described', 'released'] as const).flatMap((protocol) => {
      const difference = row.cells[protocol]?.difference
      return difference === null || difference === undefined ? [] : [showDifference(words, difference)]
    })
    return { main: showMeasure(words, row.published), under: parts.join(', '), title: row.source }
  }
  const cell = row.cells[of]
  if (!cell) return null
  const { value, interval, n } = cell
  const half = interval && (interval[1] - interval[0]) / 2
  const spread = half === null ? '' : `± ${words.share ? fixed(100 * half, 1) : fixed(half, 3)} `
  const reach = interval ? `, 95% interval ${showMeasure(words, interval[0])} to ${showMeasure(words, interval[1])}` : '' // prettier-ignore
  return { main: showMeasure(words, value), under: `${spread}(${n})`, title: `${value}${reach}, n = ${n}` }
}

export const showUnit = (unit: PaperPanel['unit'], value: number): string => (unit === 'share' ? percent(value, 1) : fixed(value, 3)) // prettier-ignore
