/** The tidy per-judgment CSV this program exports; see `src/formats/sets/tidyColumns.ts` for its columns. */
import { badFile } from '../../domain/errors'
import { textOfCell } from '../sets/about'
import { shown } from '../encodings/files'
import { parseDecimal, parseFlag } from '../encodings/numbers'
import { columnAt, csvPlace, optionalColumnAt, readCsv } from '../encodings/csvStream'
import { SESSION_COLUMNS, TIDY_COLUMNS, type SessionColumn, type TidyColumn } from '../sets/tidyColumns'
import type { LabelSetData } from '../sets/types'
import type { TextSource } from './textSource'
import { TidyRows, type Fields } from './tidyRows'

const isFlag = (column: string): boolean => column === 'check' || column === 'excluded'

/** Whether a header is meant as a tidy one: a missing column is then an error. */
export const isTidyHeader = (names: readonly string[]): boolean =>
  TIDY_COLUMNS.filter((name) => names.includes(name)).length >= 5

/** Reads a tidy CSV from a stream of its text. */
export async function readTidy(source: TextSource): Promise<LabelSetData> {
  const { path, sidecar } = source
  let at = {} as Record<TidyColumn | SessionColumn, number>
  let row: string[] = []
  let number = 0
  let before = 0
  const restored = textOfCell(sidecar)
  const fields: Fields = {
    number(column) {
      const text = row[at[column]] ?? ''
      if (text === '') return null
      return isFlag(column) ? parseFlag(text) : parseDecimal(text)
    },
    text: (column) => restored(row[at[column]] ?? ''),
    refuse: (column, reason = `"${shown(row[at[column]] ?? '')}" is not a valid ${column}.`) =>
      badFile(path, csvPlace(number, column, before), reason),
  }
  let rows = new TidyRows(sidecar, fields, new Set())
  await readCsv(source, {
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
  return rows.finish(source, 'tidy')
}
