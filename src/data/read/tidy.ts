/** The tidy per-judgment CSV this program exports; see `src/data/tidyColumns.ts` for its columns. */
import type { Readable } from 'node:stream'
import { badFile } from '../../shared/errors'
import { textOfCell, type Sidecar } from '../about'
import { shown } from '../formats/files'
import { parseDecimal } from '../formats/numbers'
import { columnAt, csvPlace, optionalColumnAt, readCsv } from '../formats/csvStream'
import { SESSION_COLUMNS, TIDY_COLUMNS, type SessionColumn, type TidyColumn } from '../tidyColumns'
import type { LabelSetData } from '../types'
import { TidyRows, type Fields } from './tidyRows'

/** Whether a header is meant as a tidy one: a missing column is then an error. */
export const isTidyHeader = (names: readonly string[]): boolean =>
  TIDY_COLUMNS.filter((name) => names.includes(name)).length >= 5

/** Reads a tidy CSV from a stream of its text. */
export async function readTidy(
  path: string,
  stream: Readable,
  name: string,
  sidecar: Sidecar | null,
): Promise<LabelSetData> {
  let at = {} as Record<TidyColumn | SessionColumn, number>
  let row: string[] = []
  let number = 0
  let before = 0
  const restored = textOfCell(sidecar)
  const fields: Fields = {
    number(column) {
      const text = row[at[column]] ?? ''
      return text === '' ? null : parseDecimal(text)
    },
    text: (column) => restored(row[at[column]] ?? ''),
    refuse: (column, reason = `"${shown(row[at[column]] ?? '')}" is not a valid ${column}.`) =>
      badFile(path, csvPlace(number, column, before), reason),
  }
  let rows = new TidyRows(sidecar, fields, new Set())
  await readCsv(path, stream, {
    header(names, lines) {
      before = lines
      for (const column of TIDY_COLUMNS) at = { ...at, [column]: columnAt(path, names, column) }
      for (const column of SESSION_COLUMNS) at = { ...at, [column]: optionalColumnAt(path, names, column) }
      rows = new TidyRows(sidecar, fields, new Set(SESSION_COLUMNS.filter((column) => at[column] >= 0)))
    },
    row(values, n) {
      row = values
      number = n
      rows.add()
    },
  })
  return rows.finish(path, 'tidy', name)
}
