/**
 * The tidy table as JSON lines: one object a line, its keys the columns of `src/formats/sets/tidyColumns.ts`. Keys that
 * are not among them do no harm. Which of the optional keys there are, the first line says for all.
 */
import { badFile } from '../../domain/errors'
import type { NamedEncoding } from '../../domain/importChoices'
import { breathe, shown } from '../encodings/files'
import { outline, tooDeep } from '../encodings/json'
import { headText, textOf } from '../encodings/text'
import { LIMITS } from '../encodings/limits'
import { SESSION_COLUMNS, TIDY_COLUMNS, type SessionColumn } from '../sets/tidyColumns'
import type { LabelSetData } from '../sets/types'
import type { TextSource } from './textSource'
import { TidyRows, type Fields } from './tidyRows'

/**
 * Whether a file's first bytes are meant as such lines: an object with some of the keys; a missing one is then an
 * error.
 */
export function isJsonLines(head: Uint8Array, encoding?: NamedEncoding): boolean {
  const text = headText(head, encoding).trimStart()
  const line = text.split('\n', 1)[0] ?? ''
  return line.startsWith('{') && TIDY_COLUMNS.filter((name) => line.includes(`"${name}"`)).length >= 3
}

const linePlace = (line: number, key?: string): string => `line ${line}${key === undefined ? '' : `, key ${key}`}`

/** Reads JSON lines from a stream of bytes. */
export async function readJsonLines(source: TextSource): Promise<LabelSetData> {
  const { path, sidecar } = source
  let row: Record<string, unknown> = {}
  let number = 0
  const fields: Fields = {
    number(column) {
      const value = row[column]
      if (typeof value === 'boolean' && (column === 'check' || column === 'excluded')) return Number(value)
      return typeof value === 'number' || value === null ? value : NaN
    },
    text(column) {
      const value = row[column]
      if (column === 'layout') return layoutText(value)
      if (typeof value === 'string') return value
      if (value === null && column !== 'annotator') return ''
      throw this.refuse(column)
    },
    refuse: (column, reason = `${shown(JSON.stringify(row[column]))} is not a valid ${column}.`) =>
      badFile(path, linePlace(number, column), reason),
  }
  const layoutText = (value: unknown): string => {
    if (value === null) return ''
    if (Array.isArray(value) && value.every((slot) => typeof slot === 'number')) return value.join(' ')
    throw fields.refuse('layout')
  }
  let rows: TidyRows | null = null
  let optional: ReadonlySet<SessionColumn> = new Set()
  for await (const line of linesOf(source)) {
    number++
    if (line.trim() === '') continue
    row = parseLine(path, number, line)
    if (!rows) {
      const first = row
      optional = new Set(SESSION_COLUMNS.filter((key) => Object.hasOwn(first, key)))
      rows = new TidyRows(sidecar, fields, optional)
    }
    for (const key of TIDY_COLUMNS) if (!Object.hasOwn(row, key)) throw missing(path, number, key)
    for (const key of SESSION_COLUMNS) {
      if (Object.hasOwn(row, key) === optional.has(key)) continue
      if (optional.has(key)) throw missing(path, number, key)
      throw badFile(path, linePlace(number, key), `The first line has no key ${key}, so that no line may have it.`)
    }
    rows.add()
  }
  if (!rows) throw badFile(path, 'line 1', 'The file has no rows.')
  return rows.finish(source, 'jsonl')
}

const missing = (path: string, line: number, key: string) =>
  badFile(path, linePlace(line, key), `The key ${key} is missing.`)

/** Lines without their ends (LF or CRLF). */
async function* linesOf({ path, stream, encoding }: TextSource): AsyncGenerator<string> {
  let rest = ''
  let lines = 0
  const clean = (line: string): string => {
    lines++
    if (line.length > LIMITS.json.line) throw tooLong()
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }
  const tooLong = () => badFile(path, linePlace(lines + 1), 'The line is too long for a judgment.')
  for await (const text of textOf(path, stream, encoding)) {
    rest += text
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield clean(rest.slice(from, end))
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > LIMITS.json.line) throw tooLong()
    await breathe()
  }
  if (rest !== '') yield clean(rest)
}

function parseLine(path: string, line: number, text: string): Record<string, unknown> {
  const seen = outline(text)
  const deep = tooDeep(seen)
  if (deep !== null) throw badFile(path, linePlace(line), deep)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const unknown = /"([^"]*)"\s*:\s*(-?(?:NaN|Infinity)\b)/.exec(text)
    if (unknown) throw badFile(path, linePlace(line, shown(unknown[1] ?? '')), `${unknown[2]} is no number in JSON.`)
    const cut = text.trimEnd().endsWith('}') ? '' : ' It ends before its object does.'
    throw badFile(path, linePlace(line), `The line is not JSON.${cut}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badFile(path, linePlace(line), 'The line is not a JSON object.')
  }
  const row = value as Record<string, unknown>
  // JSON.parse keeps the last of two equal keys without a word.
  if (seen.keys.length !== Object.keys(row).length) {
    throw badFile(path, linePlace(line, shown(repeated(seen.keys))), 'The key is there twice.')
  }
  return row
}

/** The first of the written keys that was there before. */
function repeated(keys: readonly string[]): string {
  const seen = new Set<string>()
  for (const written of keys) {
    const key = JSON.parse(written) as string
    if (seen.has(key)) return key
    seen.add(key)
  }
  return '(unknown)'
}
