/**
 * CSV as a stream of rows, read by Papa Parse: the header is looked up by name, so columns may come in any order and
 * extra ones do no harm. Every row must be as long as the header. Cancelling stops the stream.
 */
import type { Readable } from 'node:stream'
import Papa from 'papaparse'
import { StudioError, badFile } from '../../shared/errors'

export interface CsvHandler {
  /** Called once with the header's names, trimmed, without a byte order mark. */
  header(names: string[]): void
  /** Called per row, counted from 1 without the header; blank lines are skipped. */
  row(fields: string[], row: number): void
}

/** "row 17 (line 18), column chosen_label": as a person counts, and as an editor does. */
export const csvPlace = (row: number, column?: string): string =>
  `row ${row} (line ${row + 1})${column === undefined ? '' : `, column ${column}`}`

/** Where a column is; throws where the header lacks it or has it twice. */
export function columnAt(file: string, names: readonly string[], name: string): number {
  const at = optionalColumnAt(file, names, name)
  if (at < 0) throw badFile(file, `header (line 1), column ${name}`, `The column ${name} is missing.`)
  return at
}

/** As columnAt, with -1 for a column that is not there. */
export function optionalColumnAt(file: string, names: readonly string[], name: string): number {
  const at = names.indexOf(name)
  if (at !== names.lastIndexOf(name)) {
    throw badFile(file, `header (line 1), column ${name}`, `The column ${name} is there twice.`)
  }
  return at
}

/** Reads a stream of CSV to its end; errors of the handler and of the stream reject. */
export function readCsv(file: string, stream: Readable, handler: CsvHandler): Promise<void> {
  // Papa Parse decodes chunk by chunk, which breaks a character that lies across two.
  stream.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let line = 0
    let width = 0
    let failed = false
    const fail = (error: unknown): void => {
      failed = true
      stream.destroy()
      reject(StudioError.from(error))
    }
    stream.on('error', fail)
    Papa.parse<string[]>(stream, {
      delimiter: ',',
      chunk: ({ data, errors }, parser) => {
        if (failed) return
        try {
          const first = errors[0]
          if (first) throw badFile(file, `line ${line + (first.row ?? 0) + 1}`, `${first.message}.`)
          for (const fields of data) {
            if (line++ === 0) {
              width = fields.length
              handler.header(fields.map((name) => name.replace(/^\uFEFF/, '').trim()))
            } else if (fields.length > 1 || fields[0] !== '') {
              if (fields.length !== width) {
                throw badFile(file, csvPlace(line - 1), `The row has ${fields.length} of ${width} fields.`)
              }
              handler.row(fields, line - 1)
            }
          }
        } catch (error) {
          // First: aborting completes the parser at once, and a completed parse would count as a good one.
          fail(error)
          parser.abort()
        }
      },
      complete: () => {
        if (!failed) resolve()
      },
      error: fail,
    })
  })
}
