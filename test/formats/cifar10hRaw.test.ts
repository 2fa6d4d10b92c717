import { zipSync } from 'fflate'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import type { LabelSetData } from '../../src/formats/sets/types'
import { RAW_HEADER, fourPeople, rawLine, rawText, type Row } from '../support/raw'
import { contents, refusal, temporaryFolder } from '../support/temporary'
import { exportedAlone } from './exporting'

const folder = temporaryFolder()

async function labels(path: string): Promise<LabelSetData> {
  const [item] = await readPath(path)
  if (item?.kind !== 'labels') throw new Error('no label set')
  return item
}

describe('CIFAR-10H raw file', () => {
  it('drops checks and excludes those below 75%, as the paper says', async () => {
    const set = await labels(folder.file('study', rawText(fourPeople())))
    expect(set).toMatchObject({ format: 'cifar10h-raw', name: 'study', imageSet: null, images: 4 })
    expect(set.annotators).toEqual({
      code: ['good', 'edge', 'bad', 'unchecked'],
      checks: Int32Array.from([4, 4, 4, 0]),
      checksCorrect: Int32Array.from([4, 3, 2, 0]),
      excluded: Uint8Array.from([0, 0, 1, 0]),
      layout: null,
    })
    const rows = Array.from({ length: 4 }, (_, i) => Array.from({ length: 10 }, (_, c) => (c === i ? 3 : 0)))
    expect(Array.from(set.counts ?? [])).toEqual(rows.flat())
    expect(set.judgments?.count).toBe(28)
    expect(set.report).toEqual([
      '28 rows read, 4 annotators.',
      '12 attention checks dropped.',
      '1 annotators excluded: below 75% on the attention checks (4 judgments).',
      '12 judgments kept.',
      '4 trials have a reaction time of 0 or less; their labels are kept.',
      '1 annotators had no attention check and are kept.',
    ])
  })

  it('reads both spellings of the index column, any column order, extra columns, CRLF and a byte order mark', async () => {
    const plain = await labels(folder.file('plain.csv', rawText(fourPeople())))
    const other = rawText(fourPeople(), RAW_HEADER.replace('test_test_idx', 'test_set_idx'))
    expect((await labels(folder.file('other.csv', other))).counts).toEqual(plain.counts)
    const lines = rawText(fourPeople()).trim().split('\n')
    const turned = lines.map((line, i) => [i === 0 ? 'extra' : 'x', ...line.split(',').reverse()].join(','))
    const path = folder.file('turned.csv', `\uFEFF${turned.join('\r\n')}\r\n\r\n`)
    expect((await labels(path)).judgments).toEqual(plain.judgments)
  })

  it('reads it out of a zip, by magic bytes', async () => {
    const zipped = zipSync({
      'notes/readme.txt': Buffer.from('hello'),
      'cifar10h-raw.csv': Buffer.from(rawText(fourPeople())),
      '__MACOSX/._cifar10h-raw.csv': Buffer.from('x'),
    })
    const set = await labels(folder.file('no-extension', zipped))
    expect(set.counts?.reduce((sum, n) => sum + n, 0)).toBe(12)
    const damaged = Uint8Array.from(zipSync({ 'a.csv': Buffer.from(rawText(fourPeople())) }, { level: 0 }))
    const at = Buffer.from(damaged).indexOf('airplane')
    damaged[at] = 'A'.charCodeAt(0)
    expect((await refusal(readPath(folder.file('damaged.zip', damaged)))).message).toBe('Its checksum does not fit.')
    const cut = await refusal(readPath(folder.file('cut.zip', zipped.subarray(0, zipped.length - 30))))
    expect(cut).toMatchObject({ kind: 'bad-file', place: 'central directory' })
  })

  it('knows CIFAR-10 by its file names, and says how far from the published totals it is', async () => {
    const rows = fourPeople().map((row) => (row.image < 0 ? row : { ...row, file: 'domestic_cat_s_000907.png' }))
    const set = await labels(folder.file('cifar.csv', rawText(rows)))
    expect(set).toMatchObject({ name: 'cifar10h', imageSet: 'cifar10-test', images: 10_000 })
    expect(set.report).toContain('9,996 images have no judgment; their distribution is uniform.')
    expect(set.report).toContain("The paper's text says 511,400 judgments and 14 excluded: here -511,388 and -13.")
    expect(set.report).toContain(
      'The published counts hold 511,000 judgments, which implies 16 excluded: here -510,988 and -15.',
    )
  })

  it.each(['chosen_label', 'true_label', 'is_attn_check', 'annotator_id', 'reaction_time', 'cifar10_test_test_idx'])(
    'refuses a file without %s, naming it',
    async (column) => {
      const text = rawText(fourPeople(), RAW_HEADER.replace(new RegExp(`\\b${column}\\b`), 'something'))
      const error = await refusal(readPath(folder.file('missing.csv', text)))
      expect(error).toMatchObject({ kind: 'bad-file', place: `header (line 1), column ${column}` })
      expect(error.message).toBe(`The column ${column} is missing.`)
    },
  )

  const good: Row = { annotator: 'a', trial: 0, image: 0, truth: 1, chosen: 1 }
  const line = rawLine(good).split(',')
  it.each([
    [6, '10', 'chosen_label', 'Label 10 is outside 0 to 9.'],
    [6, '-1', 'chosen_label', 'Label -1 is outside 0 to 9.'],
    [5, '1.5', 'true_label', '"1.5" is not a whole number.'],
    [5, '', 'true_label', '"" is not a whole number.'],
    [6, 'cat', 'chosen_label', '"cat" is not a whole number.'],
    [2, '2', 'is_attn_check', '"2" is neither 0 nor 1, True nor False.'],
    [8, '-99999', 'cifar10_test_test_idx', '-99999 is no index of an image.'],
    [11, 'NaN', 'reaction_time', '"NaN" is not a number.'],
  ])('refuses field %i = "%s", naming row and column', async (field, text, column, message) => {
    const bad = line.map((value, i) => (i === field ? text : value)).join(',')
    const file = `${[RAW_HEADER, rawLine(good), rawLine(good), bad].join('\n')}\n`
    const error = await refusal(readPath(folder.file('bad.csv', file)))
    expect(error).toMatchObject({ kind: 'bad-file', place: `row 3 (line 4), column ${column}`, message })
  })

  it('refuses a row cut short, a header alone, and a file in which nothing is left', async () => {
    const text = rawText(fourPeople())
    const cut = await refusal(readPath(folder.file('cut.csv', text.slice(0, -30))))
    expect(cut).toMatchObject({ place: 'row 28 (line 29)' })
    expect(cut.message).toMatch(/has \d+ of 13 fields/)
    expect((await refusal(readPath(folder.file('header.csv', `${RAW_HEADER}\n`)))).message).toContain('no rows')
    const bad = rawText(fourPeople().filter(({ annotator }) => annotator === 'bad'))
    expect((await refusal(readPath(folder.file('none.csv', bad)))).message).toContain('No judgment is left')
  })

  it('is exported and read again without a difference', async () => {
    const code = fc.string({ unit: fc.constantFrom('a', 'Z', '7', ',', '"', ' ', '\n', 'ü', '='), minLength: 1 })
    const row = fc.record({
      annotator: code,
      trial: fc.nat(209),
      image: fc.oneof({ weight: 4, arbitrary: fc.nat(30) }, fc.constant(-99999)),
      truth: fc.nat(9),
      chosen: fc.nat(9),
      ms: fc.integer({ min: -5, max: 10_000 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
        const quoted = rows.map((one) => ({ ...one, annotator: `"${one.annotator.replaceAll('"', '""')}"` }))
        const sure = { annotator: 'sure', trial: 0, image: 0, truth: 0, chosen: 0 }
        const set = await labels(folder.file('in.csv', rawText([sure, ...quoted])))
        const out = `${folder.path}/out.csv`
        expect(await exportedAlone('cifar10h-raw', out, set)).toBe(rows.length + 1)
        const again = await labels(out)
        expect(again.counts).toEqual(set.counts)
        expect(again.annotators).toEqual(set.annotators)
        expect(again.judgments).toEqual(set.judgments)
        expect(await exportedAlone('tidy', out, set)).toBe(rows.length + 1)
        const tidy = await labels(out)
        expect(tidy.counts).toEqual(set.counts)
        expect(tidy.annotators).toEqual(set.annotators)
      }),
      { numRuns: 60 },
    )
    expect(contents(folder.path).filter((name) => name.includes('.part'))).toEqual([])
  })
})
