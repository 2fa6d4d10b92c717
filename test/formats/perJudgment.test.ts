/** The tidy CSV and the JSON lines as others may write them: what is taken, and what is refused with its place. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { aboutPath } from '../../src/formats/sets/about'
import { readPath } from '../../src/formats/read'
import { contents, refusal, temporaryFolder } from '../support/temporary'
import { exported, labelsAt } from './exporting'

const folder = temporaryFolder()

const HEADER = 'annotator,trial,image,file,truth,chosen,check,excluded,reaction_time_ms,elapsed_ms'
const EXTENDED = `${HEADER},slot,layout,onset_ms,answered_at,focus_losses`
const ROWS = [
  [
    'P1',
    '0',
    '0',
    'cat.png',
    '3',
    '3',
    '0',
    '0',
    '812.4',
    '1000',
    '1',
    '0 3 5 1 2 4 6 7 8 9',
    '187.6',
    '2026-11-24T12:00:00.123Z',
    '0',
  ],
  ['P1', '1', '', '', '5', '5', '1', '0', '600', '2000.25', '', '0 3 5 1 2 4 6 7 8 9', '1400', '', '2'],
  ['P2', '0', '2', 'dog, "big".png', '', '5', '0', '1', '-3', '900', '', '', '0', '', '0'],
]
const NAMES = EXTENDED.split(',')
const quoted = (field: string): string => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)
const csv = (rows = ROWS, header = EXTENDED): string =>
  `${[header, ...rows.map((row) => row.slice(0, header.split(',').length).map(quoted).join(','))].join('\n')}\n`
const changed = (column: string, text: string): string[][] =>
  ROWS.map((row, i) => (i === 2 ? row.map((field, k) => (NAMES[k] === column ? text : field)) : row))

/** The same rows as objects. */
function objects(): Record<string, unknown>[] {
  const texts = ['annotator', 'file', 'answered_at']
  return ROWS.map((row) =>
    Object.fromEntries(
      NAMES.map((name, k) => {
        const field = row[k] ?? ''
        if (field === '') return [name, null]
        if (name === 'layout') return [name, field.split(' ').map(Number)]
        return [name, texts.includes(name) ? field : Number(field)]
      }),
    ),
  )
}
const lines = (rows: unknown[] = objects()): string => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`

describe('tidy CSV', () => {
  it('reads what sessions know', async () => {
    const set = await labelsAt(folder.file('tidy.csv', csv()))
    expect(set).toMatchObject({ format: 'study', name: 'tidy', imageSet: null, images: 1 + 2 })
    expect(set.annotators).toMatchObject({ code: ['P1', 'P2'], layout: [[0, 3, 5, 1, 2, 4, 6, 7, 8, 9], null] })
    expect(set.annotators?.excluded).toEqual(Uint8Array.of(0, 1))
    expect(set.judgments).toMatchObject({
      files: ['cat.png', '', 'dog, "big".png'],
      truth: Uint8Array.of(3, 5, 255),
      reactionTimeMs: Float64Array.of(812.4, 600, -3),
      elapsedMs: Float64Array.of(1000, 2000.25, 900),
      session: {
        slot: Uint8Array.of(1, 255, 255),
        onsetMs: Float64Array.of(187.6, 1400, 0),
        answeredAt: Float64Array.of(Date.UTC(2026, 10, 24, 12, 0, 0, 123), 0, 0),
        focusLosses: Uint16Array.of(0, 2, 0),
      },
    })
    expect(
      Array.from(set.counts ?? [])
        .map((n, k) => (n ? k : -1))
        .filter((k) => k >= 0),
    ).toEqual([3])
  })

  it('reads the ten columns alone, and any of the others', async () => {
    const ten = await labelsAt(folder.file('ten.csv', csv(ROWS, HEADER)))
    expect(ten.judgments?.session).toBeNull()
    expect(ten.annotators?.layout).toBeNull()
    const layout = ROWS.map((row) => [...row.slice(0, 10), row[11] ?? ''])
    const eleven = await labelsAt(folder.file('eleven.csv', csv(layout, `${HEADER},layout`)))
    expect(eleven.judgments?.session).toBeNull()
    expect(eleven.annotators?.layout?.[0]?.[1]).toBe(3)
    const losses = ROWS.map((row) => [...row.slice(0, 10), row[14] ?? ''])
    const some = await labelsAt(folder.file('some.csv', csv(losses, `${HEADER},focus_losses`)))
    expect(some.judgments?.session).toMatchObject({
      slot: Uint8Array.of(255, 255, 255),
      focusLosses: Uint16Array.of(0, 2, 0),
    })
  })

  it('takes CRLF, a byte order mark, other columns, another order, and no line feed at the end', async () => {
    const plain = await labelsAt(folder.file('plain.csv', csv()))
    const turned = csv()
      .trim()
      .split('\n')
      .map((line, i) => `${i === 0 ? 'note' : 'x'},${line}`)
    const path = folder.file('turned.csv', `\uFEFF${turned.join('\r\n')}`)
    expect((await labelsAt(path)).judgments).toEqual(plain.judgments)
  })

  it.each([
    ['trial', '1.5'],
    ['trial', '4294967296'],
    ['image', '-1'],
    ['image', ''],
    ['image', '1e9'],
    ['truth', '-1'],
    ['truth', '10'],
    ['chosen', '10'],
    ['chosen', ''],
    ['chosen', 'cat'],
    ['check', '2'],
    ['excluded', 'yes'],
    ['reaction_time_ms', 'NaN'],
    ['reaction_time_ms', ''],
    ['elapsed_ms', 'Infinity'],
    ['slot', '10'],
    ['slot', '-1'],
    ['slot', '255'],
    ['layout', '0 1 1'],
    ['layout', '0 1 10'],
    ['layout', '0,1'],
    ['layout', '0  1'],
    ['onset_ms', ''],
    ['onset_ms', 'NaN'],
    ['answered_at', '2026'],
    ['answered_at', '2026-11-24T12:00:00Z'],
    ['answered_at', '2026-02-30T00:00:00.000Z'],
    ['answered_at', '1764000000000'],
    ['focus_losses', '65536'],
    ['focus_losses', ''],
    ['focus_losses', '0.5'],
  ])('refuses %s = "%s" by row and column', async (column, text) => {
    const error = await refusal(readPath(folder.file('bad.csv', csv(changed(column, text)))))
    expect(error).toMatchObject({ kind: 'bad-file', place: `row 3 (line 4), column ${column}` })
  })

  it('refuses an annotator with two layouts', async () => {
    const rows = ROWS.map((row, i) => (i === 1 ? row.map((field, k) => (NAMES[k] === 'layout' ? '3 0' : field)) : row))
    const error = await refusal(readPath(folder.file('two.csv', csv(rows))))
    expect(error).toMatchObject({ place: 'row 2 (line 3), column layout' })
    expect(error.message).toContain('another layout')
  })

  it('refuses a missing or doubled column, a last line cut off, a header alone and an empty file', async () => {
    const missing = await refusal(readPath(folder.file('m.csv', csv(ROWS, HEADER).replace('chosen', 'picked'))))
    expect(missing).toMatchObject({ place: 'header (line 1), column chosen', message: 'The column chosen is missing.' })
    const twice = await refusal(readPath(folder.file('d.csv', csv().replace('focus_losses', 'slot'))))
    expect(twice).toMatchObject({ place: 'header (line 1), column slot', message: 'The column slot is there twice.' })
    const cut = await refusal(readPath(folder.file('c.csv', csv().slice(0, -8))))
    expect(cut).toMatchObject({ place: 'row 3 (line 4)' })
    expect(cut.message).toMatch(/has \d+ of 15 fields/)
    expect((await refusal(readPath(folder.file('h.csv', `${EXTENDED}\n`)))).message).toContain('No judgment is left')
    expect((await refusal(readPath(folder.file('e.csv', '')))).message).toBe('The file is empty.')
  })
})

describe('JSON lines', () => {
  it('hold what the tidy CSV holds, field by field', async () => {
    const tidy = await labelsAt(folder.file('tidy.csv', csv()))
    const set = await labelsAt(folder.file('lines.jsonl', lines()))
    expect(set).toMatchObject({ format: 'study', name: 'lines', source: 'Per-judgment JSON lines' })
    expect(set.judgments).toEqual(tidy.judgments)
    expect(set.annotators).toEqual(tidy.annotators)
    expect(set.counts).toEqual(tidy.counts)
  })

  it('are written as a reader of JSON expects: numbers as numbers, unknown things null', async () => {
    const out = join(folder.path, 'out.jsonl')
    await exported('jsonl', out, await labelsAt(folder.file('lines.jsonl', lines())))
    rmSync(aboutPath(out))
    const text = readFileSync(out, 'utf8')
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(objects())
    expect(text.split('\n')[1]).toBe(
      '{"annotator":"P1","trial":1,"image":null,"file":null,"truth":5,"chosen":5,"check":1,"excluded":0,"reaction_time_ms":600,"elapsed_ms":2000.25,' +
        '"slot":null,"layout":[0,3,5,1,2,4,6,7,8,9],"onset_ms":1400,"answered_at":null,"focus_losses":2}',
    )
  })

  it('are known by their content, in a zip too, with CRLF, a byte order mark, blank lines, spaces and other keys', async () => {
    const plain = await labelsAt(folder.file('plain.jsonl', lines()))
    const rows = objects().map((row) =>
      JSON.stringify({ note: { a: [1, { b: '}:{' }] }, ...row }, null, 1).replaceAll('\n', ' '),
    )
    const path = folder.file('no-extension', `\uFEFF${rows.join('\r\n\r\n')}`)
    expect((await labelsAt(path)).judgments).toEqual(plain.judgments)
    const zip = folder.file(
      'lines.zip',
      zipSync({ 'a.txt': Buffer.from('hello'), 'study.jsonl': Buffer.from(lines()) }),
    )
    expect((await labelsAt(zip)).judgments).toEqual(plain.judgments)
  })

  const bad = (column: string, value: unknown): unknown[] =>
    objects().map((row, i) => (i === 2 ? { ...row, [column]: value } : row))

  it.each([
    ['annotator', 7],
    ['annotator', null],
    ['trial', '0'],
    ['trial', null],
    ['image', -1],
    ['image', null],
    ['image', 0.5],
    ['file', 3],
    ['truth', 10],
    ['truth', 'cat'],
    ['chosen', -1],
    ['chosen', 10],
    ['chosen', true],
    ['check', 'yes'],
    ['excluded', 2],
    ['reaction_time_ms', '5'],
    ['reaction_time_ms', null],
    ['elapsed_ms', {}],
    ['slot', 10],
    ['layout', '0 1'],
    ['layout', [0, '1']],
    ['layout', [0, 0]],
    ['layout', [0, 10]],
    ['layout', [0, 1.5]],
    ['layout', [[0]]],
    ['onset_ms', null],
    ['answered_at', 1764000000000],
    ['answered_at', '2026-11-24'],
    ['focus_losses', -1],
  ])('refuse %s = %j by line and key', async (key, value) => {
    const error = await refusal(readPath(folder.file('bad.jsonl', lines(bad(key, value)))))
    expect(error).toMatchObject({ kind: 'bad-file', place: `line 3, key ${key}` })
  })

  it.each([
    [
      'a number too large for any',
      (text: string) => text.replace('"elapsed_ms":900', '"elapsed_ms":1e999'),
      'line 3, key elapsed_ms',
      /not a valid/,
    ],
    [
      'NaN',
      (text: string) => text.replace('"elapsed_ms":900', '"elapsed_ms":NaN'),
      'line 3, key elapsed_ms',
      /NaN is no number in JSON/,
    ],
    ['a missing key', (text: string) => text.replace('"elapsed_ms":900,', ''), 'line 3, key elapsed_ms', /missing/],
    [
      'a missing key of sessions',
      (text: string) => text.replace('"onset_ms":0,', ''),
      'line 3, key onset_ms',
      /missing/,
    ],
    [
      'a key the first line lacks',
      (text: string) => text.replace('"onset_ms":187.6,', ''),
      'line 2, key onset_ms',
      /first line has no key/,
    ],
    [
      'a key that is there twice',
      (text: string) => text.replace('"elapsed_ms":900', '"trial":0,"elapsed_ms":900'),
      'line 3, key trial',
      /twice/,
    ],
    [
      'a key that is there twice in other words',
      (text: string) => text.replace('"elapsed_ms":900', '"tri\\u0061l":0,"elapsed_ms":900'),
      'line 3, key trial',
      /twice/,
    ],
    ['a line cut off', (text: string) => text.slice(0, -12), 'line 3', /not JSON.*ends before/],
    ['a line that is no object', (text: string) => `${text}[1,2]\n`, 'line 4', /not a JSON object/],
    ['a line of text', (text: string) => `${text}the end}\n`, 'line 4', /The line is not JSON\.$/],
    ['a line without an end', (text: string) => text + '{"annotator":"' + 'x'.repeat(3 << 20), 'line 4', /too long/],
  ])('refuse %s', async (_, change, place, message) => {
    const error = await refusal(readPath(folder.file('bad.jsonl', change(lines()))))
    expect(error).toMatchObject({ kind: 'bad-file', place })
    expect(error.message).toMatch(message)
  })

  it('are not any JSON', async () => {
    const error = await refusal(readPath(folder.file('other.json', '{"trial": 3}\n')))
    expect(error).toMatchObject({ place: 'byte 0' })
    expect(error.message).toContain('JSON lines')
  })

  it('are given up when cancelled, as the others are', async () => {
    const path = folder.file('long.jsonl', lines(Array.from({ length: 30_000 }, () => objects()[0])))
    const abort = new AbortController()
    let told = 0
    const reading = readPath(path, {
      signal: abort.signal,
      onProgress: ({ done }) => (told++, done > 0 && abort.abort()),
    })
    await expect(reading).rejects.toMatchObject({ kind: 'cancelled' })
    expect(told).toBeGreaterThan(0)
    expect(contents(folder.path).filter((name) => name.endsWith('.part'))).toEqual([])
  })
})
