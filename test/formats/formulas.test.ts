/** No text of a stranger is a formula to a spreadsheet, and every text comes back as it was. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { aboutPath } from '../../src/formats/sets/about'
import { neutralizeText, restoreText } from '../../src/domain/text/csv'
import { rawText, fourPeople } from '../support/raw'
import { temporaryFolder } from '../support/temporary'
import { exportData, exported, labelsAt } from './exporting'
import { exportLabels } from '../../src/formats/write/labels'

const folder = temporaryFolder()
const hostile = fc.string({
  unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', ';', ',', 'a', '1', '.', '\uFF1D'),
})
const NUMBER = /^[+-]?[\d.]+$/

describe('cells of text', () => {
  it('come back exactly, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'grapheme' })), (text) => {
        expect(restoreText(neutralizeText(text))).toBe(text)
      }),
      { numRuns: 2_000 },
    )
  })

  it('begin with no sign of a formula, for a spreadsheet that divides at commas, semicolons, tabs or lines', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const cell = neutralizeText(text)
        if (NUMBER.test(cell)) expect(cell).toBe(text)
        else for (const part of cell.split(/[;\t\r\n]/)) expect(part).not.toMatch(/^[=+\-@\uFF1D]/)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['-0.5', '+3', '-1e-7', '12', 'P-1', 'cat', '', "O'Hara", "it's = 1", 'a@b.c'])('%s stays', (text) => {
    expect(neutralizeText(text)).toBe(text)
    expect(restoreText(text)).toBe(text)
  })
})

/** Four people, two of whom chose their own codes, and files that are formulas. */
async function named() {
  const set = await labelsAt(folder.file('four.csv', rawText(fourPeople())))
  const { judgments, annotators } = set
  if (!judgments || !annotators) throw new Error('no judgments')
  const code = annotators.code.map((each, a) => ['=HYPERLINK("http://x")', "'=1", '-7'][a] ?? each)
  const files = judgments.files.map((each, f) => ['@SUM(A1)', "''+1", '\tx', 'a;=b'][f] ?? each)
  return { ...set, annotators: { ...annotators, code }, judgments: { ...judgments, files } }
}

describe.each(['tidy', 'cifar10h-raw'] as const)('an export as %s', (format) => {
  it('has no cell that is a formula, says so beside it, and is read back as it was', async () => {
    const set = await named()
    const out = join(folder.path, `${format}.csv`)
    const classes = Array.from({ length: 10 }, (_, c) => (c === 0 ? '=cmd|x' : `class ${c}`))
    const data = exportData(set)
    await exportLabels(
      { ...data, imageSet: { name: 'images', count: set.images, classes, licence: null, citation: null } },
      format,
      out,
    )
    const [, ...rows] = Papa.parse<string[]>(readFileSync(out, 'utf8'), { skipEmptyLines: true }).data
    const cells = rows.flat()
    expect(cells.filter((cell) => /^[=+@\t\r-]/.test(cell) && !NUMBER.test(cell))).toEqual([])
    expect(cells).toContain(`'=HYPERLINK("http://x")`)
    expect(JSON.parse(readFileSync(aboutPath(out), 'utf8'))).toMatchObject({ formulas: 'neutralized' })
    const again = await labelsAt(out)
    expect(again.annotators?.code.toSorted()).toEqual(set.annotators.code.toSorted())
    const unnamed = (files: readonly string[]) =>
      files.filter((file) => file !== '' && !/^(check|test)_\d/.test(file)).toSorted()
    expect(unnamed(again.judgments?.files ?? [])).toEqual(unnamed(set.judgments.files))
  })

  it('of an older program is read as it stands', async () => {
    const set = await labelsAt(folder.file('four.csv', rawText(fourPeople())))
    const out = join(folder.path, `old-${format}.csv`)
    await exported(format, out, set)
    const about = JSON.parse(readFileSync(aboutPath(out), 'utf8')) as Record<string, unknown>
    delete about['formulas']
    writeFileSync(aboutPath(out), JSON.stringify(about))
    const [first = ''] = set.annotators?.code ?? []
    writeFileSync(out, readFileSync(out, 'utf8').replaceAll(new RegExp(`^${first},`, 'gm'), "'=1,"))
    expect((await labelsAt(out)).annotators?.code).toContain("'=1")
  })
})

it('JSON lines keep texts as they are', async () => {
  const set = await named()
  const out = join(folder.path, 'out.jsonl')
  await exported('jsonl', out, set)
  expect(readFileSync(out, 'utf8')).toContain(`"annotator":"=HYPERLINK(\\"http://x\\")"`)
  expect(JSON.parse(readFileSync(aboutPath(out), 'utf8'))).not.toHaveProperty('formulas')
})
