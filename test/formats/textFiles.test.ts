/**
 * The same judgments as other programs save them are the same judgments; what is no character and no number is refused.
 */
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import { fourPeople, rawText } from '../support/raw'
import { refusal, temporaryFolder } from '../support/temporary'
import { labelsAt } from './exporting'

const folder = temporaryFolder()
const plain = rawText(fourPeople())
const [header = '', ...rows] = plain.trimEnd().split('\n')
const column = (name: string) => header.split(',').indexOf(name)
const quoted = (line: string) =>
  line
    .split(',')
    .map((field) => `"${field}"`)
    .join(',')
const MARK = '\uFEFF'
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

const SAVED: [string, string | Buffer][] = [
  ['a byte order mark and a quoted header', `${MARK}${[header, ...rows].map(quoted).join('\r\n')}\r\n`],
  ['semicolons', `${MARK}${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
  ['tabs', plain.replaceAll(',', '\t')],
  ['a line sep=;', `sep=;\r\n${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}`],
  ['UTF-16, little-endian', Buffer.from(`${MARK}${plain.replaceAll(',', '\t')}`, 'utf16le')],
  ['UTF-16, big-endian', utf16be(`${MARK}${plain}`)],
  ['carriage returns alone', plain.replaceAll('\n', '\r')],
]

describe('judgments saved with', () => {
  it.each(SAVED)('%s are read as the plain ones are', async (_, content) => {
    const given = await labelsAt(folder.file('plain.csv', plain))
    const again = await labelsAt(folder.file('saved.csv', content))
    expect(again.counts).toEqual(given.counts)
    expect(again.annotators).toEqual(given.annotators)
    expect(again.judgments).toEqual(given.judgments)
  })
})

const changed = (row: number, name: string, text: string): string =>
  [header, ...rows.map((line, i) => (i === row ? line.split(',').with(column(name), text).join(',') : line))].join('\n')

describe('refused by row and column', () => {
  it.each([
    ['is_attn_check', ' '],
    ['is_attn_check', '\u00A0True'],
    ['chosen_label', ''],
    ['chosen_label', '0x3'],
    ['chosen_label', '\u00A0'],
    ['chosen_label', '\u00A03'],
    ['reaction_time', '  '],
    ['reaction_time', '2387,5'.replace(',', '\u066B')],
    ['reaction_time', '1_000'],
    ['reaction_time', 'Infinity'],
    ['time_elapsed', '1e999'],
    ['trial_index', '0b1'],
  ])('%s of %j', async (name, text) => {
    const error = await refusal(readPath(folder.file('wrong.csv', changed(2, name, text))))
    expect(error).toMatchObject({ kind: 'bad-file', place: `row 3 (line 4), column ${name}` })
  })

  it('with its line counted from the file where sep= stands above', async () => {
    const wrong = `sep=,\n${changed(2, 'chosen_label', 'x')}`
    expect(await refusal(readPath(folder.file('wrong.csv', wrong)))).toMatchObject({
      place: 'row 3 (line 5), column chosen_label',
    })
  })
})

describe('bytes that are no characters', () => {
  it('are refused at line and byte, not made one and the same sign', async () => {
    const bytes = Buffer.from(changed(1, 'annotator_id', 'Ren\u00e9'), 'latin1')
    const at = bytes.indexOf(0xe9)
    const error = await refusal(readPath(folder.file('latin.csv', bytes)))
    expect(error).toMatchObject({
      place: `line 3, byte ${at}`,
      message: 'The byte 0xE9 is not UTF-8.',
      choice: 'encoding',
    })
  })

  it('but the sign that stands for them may be in a file', async () => {
    const set = await labelsAt(folder.file('sign.csv', changed(1, 'annotator_id', 'R\uFFFD\u8a66')))
    expect(set.annotators?.code).toContain('R\uFFFD\u8a66')
    const bytes = Buffer.concat([Buffer.from(changed(1, 'annotator_id', 'R\uFFFD')), Buffer.from([0x0a, 0xff])])
    expect(await refusal(readPath(folder.file('both.csv', bytes)))).toMatchObject({
      place: `line ${rows.length + 2}, byte ${(bytes.length - 1).toLocaleString('en-US')}`,
    })
  })
})

describe('an encoding that is named', () => {
  const own = (line: string): string => line.split(',')[column('annotator_id')] ?? ''
  const named = [
    header,
    ...rows.map((line) =>
      line
        .split(',')
        .with(column('annotator_id'), `Ren\u00e9e ${own(line)}`)
        .join(','),
    ),
  ].join('\n')
  const names = [...new Set(rows.map((line) => `Ren\u00e9e ${own(line)}`))]

  it.each([
    ['windows-1252', Buffer.from(named, 'latin1')],
    ['utf-16le', Buffer.from(named, 'utf16le')],
    ['utf-16be', utf16be(named)],
  ] as const)('%s is read so, and said', async (encoding, bytes) => {
    const path = folder.file('named.csv', bytes)
    const [set] = await readPath(path, { choices: { encoding } })
    expect(set?.kind === 'labels' && set.annotators?.code.toSorted()).toEqual(names.toSorted())
    expect(set?.report[0]).toBe(`The text was read as ${encoding}, as chosen.`)
    const zip = folder.file('named.zip', zipSync({ 'named.csv': bytes }))
    expect((await readPath(zip, { choices: { encoding } }))[0]?.report).toEqual(set?.report)
  })

  it('of several bytes a character is read across pieces of the file, and held to its rules', async () => {
    // Three bytes: two of them one character in Shift JIS, over and over, so that pieces of the file end within one.
    const person = Buffer.from([0x83, 0x65])
    const sjis = Buffer.concat([
      Buffer.from(`${header}\n`),
      ...Array.from({ length: 20_000 }, (_, i) => {
        const [, ...fields] = (rows[0] ?? '').split(',').with(column('trial_index'), String(i))
        return Buffer.concat([Buffer.alloc(i % 2, 'a'), person, Buffer.from(`,${fields.join(',')}\n`)])
      }),
    ])
    const [set] = await readPath(folder.file('sjis.csv', sjis), { choices: { encoding: 'shift_jis' } })
    expect(set?.kind === 'labels' && set.annotators?.code).toEqual(['\u30c6', 'a\u30c6'])
    const broken = Buffer.concat([sjis, Buffer.from([0x83])])
    const refused = await refusal(readPath(folder.file('sjis.csv', broken), { choices: { encoding: 'shift_jis' } }))
    expect(refused).toMatchObject({ kind: 'bad-file', message: expect.stringContaining('not shift_jis') as string })
  })

  it('does not go before a byte order mark', async () => {
    const [set] = await readPath(folder.file('marked.csv', `${MARK}${named}`), { choices: { encoding: 'macintosh' } })
    expect(set?.kind === 'labels' && set.annotators?.code.toSorted()).toEqual(names.toSorted())
    expect(set?.report.join(' ')).not.toContain('as chosen')
  })
})

it.each([
  ['True', 'False'],
  ['true', 'FALSE'],
  ['1.0', '0.0'],
])('%s and %s mark attention checks as 1 and 0 do', async (yes, no) => {
  const flagged = [
    header,
    ...rows.map((line) =>
      line
        .split(',')
        .with(column('is_attn_check'), line.split(',')[column('is_attn_check')] === '1' ? yes : no)
        .join(','),
    ),
  ].join('\n')
  const plainly = await labelsAt(folder.file('plain.csv', plain))
  expect((await labelsAt(folder.file('flagged.csv', flagged))).judgments).toEqual(plainly.judgments)
})

describe('what other programs would read otherwise is refused by its line', () => {
  it.each([
    [
      'a lone carriage return within a row',
      plain.replace('automobile,1,1', 'auto\rmobile,1,1'),
      'line 3',
      /line end of another kind/,
    ],
    [
      'a lone line feed among CRLF',
      plain.replaceAll('\n', '\r\n').replace('automobile,1,1', 'auto\nmobile,1,1'),
      'line 3',
      /line end of another kind/,
    ],
    [
      'a row with CRLF among line feeds',
      plain.replace('900,1000\n', '900,1000\r\n'),
      'line 2',
      /line end of another kind/,
    ],
    [
      'a space after a closing quotation mark',
      plain.replace('test_0.png', '"test_0.png" '),
      'line 2',
      /closing quotation mark/,
    ],
  ])('%s', async (_, text, place, reason) => {
    expect(text).not.toBe(plain)
    const error = await refusal(readPath(folder.file('unusual.csv', text)))
    expect(error).toMatchObject({ kind: 'bad-file', place, message: expect.stringMatching(reason) as string })
  })

  it('but line ends within quotation marks are part of the text', async () => {
    const set = await labelsAt(folder.file('inside.csv', plain.replace('test_0.png', '"a\r\nb\rc"')))
    expect(set.judgments?.files).toContain('a\r\nb\rc')
  })
})
