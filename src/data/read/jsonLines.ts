/**
 * The tidy table as JSON lines: one object a line, its keys the columns of `src/data/tidyColumns.ts`. Keys that are not
 * among them do no harm. Which of the optional keys there are, the first line says for all.
 */
import { StringDecoder } from 'node:string_decoder'
import type { Readable } from 'node:stream'
import { badFile } from '../../shared/errors'
import type { Sidecar } from '../about'
import { SESSION_COLUMNS, TIDY_COLUMNS, type SessionColumn } from '../tidyColumns'
import type { LabelSetData } from '../types'
import { TidyRows, type Fields } from './tidyRows'

/** A line longer than this is no judgment. */
const LONGEST = 1 << 20

/** Whether a file's first bytes are meant as such lines: an object with some of the keys; a missing one is then an error. */
export function isJsonLines(head: Uint8Array): boolean {
  const text = Buffer.from(head)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart()
  const line = text.split('\n', 1)[0] ?? ''
  return line.startsWith('{') && TIDY_COLUMNS.filter((name) => line.includes(`"${name}"`)).length >= 3
}

const linePlace = (line: number, key?: string): string => `line ${line}${key === undefined ? '' : `, key ${key}`}`

/** Reads JSON lines from a stream of bytes. */
export async function readJsonLines(
  path: string,
  stream: Readable,
  name: string,
  sidecar: Sidecar | null,
): Promise<LabelSetData> {
  let row: Record<string, unknown> = {}
  let number = 0
  const fields: Fields = {
    number(column) {
      const value = row[column]
      return typeof value === 'number' || value === null ? value : NaN
    },
    text(column) {
      const value = row[column]
      if (column === 'layout') return layoutText(value)
      if (typeof value === 'string') return value
      if (value === null && column !== 'annotator') return ''
      throw this.refuse(column)
    },
    refuse: (column, reason = `${JSON.stringify(row[column]).slice(0, 60)} is not a valid ${column}.`) =>
      badFile(path, linePlace(number, column), reason),
  }
  const layoutText = (value: unknown): string => {
    if (value === null) return ''
    if (Array.isArray(value) && value.every((slot) => typeof slot === 'number')) return value.join(' ')
    throw fields.refuse('layout')
  }
  let rows: TidyRows | null = null
  let optional: ReadonlySet<SessionColumn> = new Set()
  for await (const line of linesOf(path, stream)) {
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
  return rows.finish(path, 'jsonl', name)
}

const missing = (path: string, line: number, key: string) =>
  badFile(path, linePlace(line, key), `The key ${key} is missing.`)

/** Lines without their ends (LF or CRLF), the first without a byte order mark. */
async function* linesOf(path: string, stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let lines = 0
  const clean = (line: string): string => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    return lines++ === 0 ? text.replace(/^\uFEFF/, '') : text
  }
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest += decoder.write(chunk)
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield clean(rest.slice(from, end))
      from = end + 1
    }
    rest = rest.slice(from)
    if (rest.length > LONGEST) throw badFile(path, linePlace(lines + 1), 'The line is too long for a judgment.')
  }
  rest += decoder.end()
  if (rest !== '') yield clean(rest)
}

function parseLine(path: string, line: number, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const unknown = /"([^"]*)"\s*:\s*(-?(?:NaN|Infinity)\b)/.exec(text)
    if (unknown) throw badFile(path, linePlace(line, unknown[1]), `${unknown[2]} is no number in JSON.`)
    const cut = text.trimEnd().endsWith('}') ? '' : ' It ends before its object does.'
    throw badFile(path, linePlace(line), `The line is not JSON.${cut}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badFile(path, linePlace(line), 'The line is not a JSON object.')
  }
  const row = value as Record<string, unknown>
  const names = Object.keys(row).length
  // JSON.parse keeps the last of two equal keys without a word.
  if (colons(text) !== names) throw badFile(path, linePlace(line, repeated(text)), 'The key is there twice.')
  return row
}

/** Colons of the outermost object: one a key. */
function colons(text: string): number {
  let depth = 0
  let found = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x22) {
      for (i++; i < text.length && text.charCodeAt(i) !== 0x22; i++) if (text.charCodeAt(i) === 0x5c) i++
    } else if (char === 0x7b || char === 0x5b) depth++
    else if (char === 0x7d || char === 0x5d) depth--
    else if (char === 0x3a && depth === 1) found++
  }
  return found
}

/** The first key of an object's text that was there before. */
function repeated(text: string): string {
  const seen = new Set<string>()
  for (const [, written = ''] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:/g)) {
    const key = JSON.parse(written) as string
    if (seen.has(key)) return key
    seen.add(key)
  }
  return '(unknown)'
}
