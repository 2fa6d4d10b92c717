/**
 * CSV as a stream of rows, read by Papa Parse: the header is looked up by name, so columns may come in any order and
 * extra ones do no harm. Every row must be as long as the header. A failing stream (a cancellation among them) rejects.
 */
import type { Readable } from 'node:stream'
import Papa from 'papaparse'
import { StudioError, badFile } from '../../domain/errors'
import type { NamedEncoding } from '../../domain/importChoices'
import { LIMITS } from './limits'
import { breathe, shown } from './files'
import { count } from '../../domain/text/numbers'
import { textOf } from './text'

/** `path` is what refusals name; `stream` has bytes. */
export interface CsvSource {
  path: string
  stream: Readable
  encoding?: NamedEncoding
}

export interface CsvHandler {
  /** Called once with the header's names, trimmed; `before`: lines above the header (`sep=;`). */
  header(names: string[], before: number): void
  /** Called per row, counted from 1 without the header; blank lines are skipped. */
  row(fields: string[], row: number): void
}

/** "row 17 (line 18), column chosen_label": as a person counts, and as an editor does. */
export const csvPlace = (row: number, column?: string, before = 0): string =>
  `row ${row} (line ${row + 1 + before})${column === undefined ? '' : `, column ${column}`}`

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

type Dialect = { newline: string; delimiter: string }

export interface CsvDialect {
  delimiter: string
  newline: '\n' | '\r\n' | '\r'
  /** Characters and lines before the header. */
  skip: number
  before: number
  /** The header's line as it is written. */
  header: string
}

const DELIMITERS = [',', ';', '\t'] as const

/** Where the first line ends, quoted line ends aside; -1 where it does not. */
function lineEnd(text: string): number {
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') quoted = !quoted
    else if (!quoted && (char === '\n' || char === '\r')) return i
  }
  return -1
}

/**
 * How a CSV is written, by its first lines: the delimiter that `sep=` names, else the one of comma, semicolon and tab
 * that the header has most of. Null where the header has none of them. `text` is the file's beginning, at least its
 * header.
 */
export function dialectOf(text: string): CsvDialect | null {
  const [marked, named] = /^"?sep=([,;\t])"?(?:\r\n|\n|\r)/i.exec(text) ?? ['', '']
  const own = text.slice(marked.length)
  const end = lineEnd(own)
  const header = end < 0 ? own : own.slice(0, end)
  const newline = own[end] === '\r' ? (own[end + 1] === '\n' ? '\r\n' : '\r') : '\n'
  const unquoted = header.replace(/"(?:[^"]|"")*"/g, '')
  const most = DELIMITERS.map((each) => ({ each, found: unquoted.split(each).length - 1 })).reduce((a, b) =>
    b.found > a.found ? b : a,
  )
  const delimiter = named || most.each
  if (most.found === 0) return null
  return { delimiter, newline, skip: marked.length, before: marked === '' ? 0 : 1, header }
}

/** The names in a header's line, trimmed. */
export function namesOf({ header, delimiter }: CsvDialect): string[] {
  const [names = []] = Papa.parse<string[]>(header, { delimiter, newline: '\n' }).data
  return names.map((name) => name.trim())
}

const OTHER_END = 'The line holds a line end of another kind than the header has: save the file with one kind.'
const AFTER_QUOTE = 'Something stands between a closing quotation mark and the next delimiter.'

/**
 * What Papa Parse reads without a word where other programs divide a row, keep characters, or refuse; null where there
 * is nothing of that kind. `text` begins with a row.
 */
function unusual(text: string, { newline, delimiter }: Dialect): { at: number; reason: string } | null {
  const other = newline === '\r\n' ? /\r(?!\n)|(?<!\r)\n/ : newline === '\n' ? /\r/ : /\n/
  if (!other.test(text) && !/"[^\S\r\n]/.test(text)) return null
  const ends = (at: number): boolean => at >= text.length || text[at] === delimiter || text.startsWith(newline, at)
  let quoted = false
  let begins = true
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (quoted) {
      if (char !== '"') continue
      if (text[i + 1] === '"') {
        i++
        continue
      }
      quoted = false
      if (!ends(i + 1)) return { at: i, reason: AFTER_QUOTE }
    } else if (begins && char === '"') {
      quoted = true
      begins = false
    } else if (text.startsWith(newline, i)) {
      i += newline.length - 1
      begins = true
    } else if (char === '\r' || char === '\n') {
      return { at: i, reason: OTHER_END }
    } else {
      begins = char === delimiter
    }
  }
  return null
}

/** What one step of Papa Parse answers; its own types leave it open. */
interface Parsed {
  data: string[][]
  errors: { message: string; row?: number }[]
  meta: { cursor: number }
}

/** Reads a stream of CSV to its end; errors of the handler and of the stream reject. */
export async function readCsv({ path: file, stream, encoding }: CsvSource, handler: CsvHandler): Promise<void> {
  let line = 0
  let width = 0
  let before = 0
  let rest = ''
  const known: Dialect & { parser: Papa.Parser | null } = {
    parser: null,
    newline: '\n',
    delimiter: ',',
  }

  const take = (fields: string[]): void => {
    if (line++ === 0) {
      width = fields.length
      if (width > LIMITS.csv.columns) throw badFile(file, 'header (line 1)', `It has ${count(width)} columns.`)
      handler.header(
        fields.map((name) => name.trim()),
        before,
      )
      return
    }
    if (fields.length === 1 && fields[0] === '') return
    if (fields.length !== width) {
      throw badFile(file, csvPlace(line - 1, undefined, before), `The row has ${fields.length} of ${width} fields.`)
    }
    const long = fields.findIndex((field) => field.length > LIMITS.csv.cell)
    if (long >= 0) {
      const place = `${csvPlace(line - 1, undefined, before)}, field ${long + 1}`
      throw badFile(file, place, `A field of ${count(fields[long]?.length ?? 0)} characters is too long.`)
    }
    handler.row(fields, line - 1)
  }
  /** Takes the whole rows of `rest`; the last one only where the file ends. */
  const step = (last: boolean): void => {
    if (!known.parser) {
      const dialect = dialectOf(rest)
      known.newline = dialect?.newline ?? '\n'
      known.delimiter = dialect?.delimiter ?? ','
      known.parser = new Papa.Parser({ delimiter: dialect?.delimiter ?? ',', newline: dialect?.newline ?? '\n' })
      rest = rest.slice(dialect?.skip ?? 0)
      before = dialect?.before ?? 0
    }
    // To the end of a line: what a quotation mark means depends on what follows it.
    const whole = last ? rest : rest.slice(0, rest.lastIndexOf(known.newline) + known.newline.length)
    const found = unusual(whole, known)
    if (found) {
      const place = `line ${line + whole.slice(0, found.at).split(known.newline).length + before}`
      throw badFile(file, place, found.reason)
    }
    const { data, errors, meta } = known.parser.parse(whole, 0, !last) as Parsed
    const [first] = errors
    if (first) throw badFile(file, `line ${line + (first.row ?? 0) + 1 + before}`, `${shown(first.message)}.`)
    rest = rest.slice(meta.cursor)
    for (const fields of data) take(fields)
    // A row that never ends would be looked through again with every piece of it.
    if (!last && rest.length > LIMITS.csv.row) {
      const reason = `The row has more than ${count(LIMITS.csv.row)} characters: is a quotation mark not closed?`
      throw badFile(file, line === 0 ? 'header (line 1)' : csvPlace(line, undefined, before), reason)
    }
  }

  try {
    for await (const text of textOf(file, stream, encoding)) {
      rest += text
      if (known.parser || lineEnd(rest) >= 0 || rest.length > LIMITS.csv.row) step(false)
      await breathe()
    }
    if (rest !== '') step(true)
  } catch (error) {
    stream.destroy()
    throw StudioError.from(error)
  }
}
