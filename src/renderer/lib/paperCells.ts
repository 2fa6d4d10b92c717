/**
 * Cells of the paper's tables in the window: as in files, with all that is known of a number on hover, and as they
 * sort.
 */
import type { PaperRow } from '../../domain/paper'
import { cellText as written, type Leaf } from '../../domain/paper/cells'
import { measureWords, showMeasure } from './measures'

export { leavesOf } from '../../domain/paper/cells'

export function valueOf(row: PaperRow | undefined, of: Leaf['of']): number | null {
  return (of === 'paper' ? row?.published : row?.cells[of]?.value) ?? null
}

/** `title`: the number with all that is known of it. Null for an empty cell. */
export function cellText(
  row: PaperRow | undefined,
  of: Leaf['of'],
): { main: string; under: string; title: string } | null {
  const text = written(row, of)
  if (!row || text.main === '') return null
  const cell = of === 'paper' ? null : row.cells[of]
  if (!cell) return { ...text, title: row.source }
  const words = measureWords(row.measure)
  const reach = cell.interval
    ? `, 95% interval ${showMeasure(words, cell.interval[0])} to ${showMeasure(words, cell.interval[1])}`
    : ''
  return { ...text, title: `${cell.value}${reach}, n = ${cell.n}` }
}
