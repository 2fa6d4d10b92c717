/**
 * What only the owner of a file knows: asked for by a refusal that changes nothing, and taken from the command line.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeNpy } from '../../../src/formats/write/npy'
import { fourPeople, rawText } from '../../support/raw'
import { shared } from '../../support/shared'
import { build, cli, digests, json } from '../program'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

/** Twelve pictures 1.png to 12.png, each of its own gray; folders are read in lexical order. */
async function twelve(folder: string): Promise<string> {
  const pictures = join(folder, 'pictures')
  mkdirSync(pictures)
  for (let i = 1; i <= 12; i++) {
    const gray = { r: i * 20, g: i * 20, b: i * 20 }
    await sharp({ create: { width: 32, height: 32, channels: 3, background: gray } })
      .png()
      .toFile(join(pictures, `${i}.png`))
  }
  return pictures
}

/** i judgments of class 0 for the picture of number i. */
async function countsOf(folder: string): Promise<string> {
  const path = join(folder, 'counts.npy')
  await writeNpy(
    path,
    '<i8',
    [12, 10],
    Array.from({ length: 120 }, (_, k) => (k % 10 === 0 ? k / 10 + 1 : 0)),
  )
  return path
}

const judgedOf = (project: string): number[] => {
  const out = join(project, 'exports', 'out.npy')
  mkdirSync(join(project, 'exports'), { recursive: true })
  json('export', '--project', project, '--format', 'counts', '--out', out, '--labels', 'counts')
  const bytes = readFileSync(out)
  return Array.from({ length: 12 }, (_, i) => Number(bytes.readBigInt64LE(bytes.length - 960 + i * 80)))
}

const LEXICAL = [1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9]

describe('rows that count pictures by number alone', () => {
  test('are refused with both readings, and read in the order that is named', async () => {
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    const pictures = await twelve(folder)
    const counts = await countsOf(folder)
    json('import', '--project', project, pictures)
    const before = digests(project)
    const refused = cli('import', '--project', project, counts)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(
      /number 1 of pictures is 2\.png in natural order \(2 before 10\), or 10\.png in lexical order/,
    )
    expect(refused.stderr).toMatch(/Choose the order that they count in: natural or lexical \(--order\)/)
    expect(digests(project)).toEqual(before)
    json('import', '--project', project, '--order', 'natural', counts)
    // Image k of the set is picture LEXICAL[k], which has as many judgments as its number says.
    expect(judgedOf(project)).toEqual(LEXICAL)
    const other = join(folder, 'other')
    json('import', '--project', other, '--order', 'lexical', pictures, counts)
    expect(judgedOf(other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  test('are matched by their names where they have some, in the shared case too', async (context) => {
    const cases = shared('cases')
    if (!cases) return context.skip()
    const folder = temporaryFolder()
    const project = join(folder, 'project')
    json(
      'import',
      '--project',
      project,
      join(cases, 'C7-natural-order', 'train'),
      join(cases, 'C7-natural-order', 'tidy-numeric.csv'),
    )
    const out = join(folder, 'out.csv')
    json('export', '--project', project, '--format', 'tidy', '--out', out)
    const rows = readFileSync(out, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
    expect(rows.length).toBeGreaterThan(30)
    // The case's rows say picture n as class (n - 1) mod 10.
    for (const [, , image, file, , chosen] of rows) {
      expect(file).toBe(`${LEXICAL[Number(image)]}.png`)
      expect(Number(chosen)).toBe((Number.parseInt(file ?? '') - 1) % 10)
    }
    // What the program makes of them itself leaves no order open.
    expect(json('aggregate', '--project', project, '--method', 'majority')).toMatchObject({ images: 12 })
    const refused = cli('import', '--project', project, join(cases, 'C7-natural-order', 'counts.npy'))
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/--order/)
  })
})

test('judgments of one image by one person count as chosen, and text in a named encoding is read', async () => {
  const folder = temporaryFolder()
  const rows = fourPeople().filter(({ annotator }) => annotator !== 'bad')
  const again = rows.filter(({ image }) => image === 0).map((row) => ({ ...row, trial: row.trial + 90, chosen: 9 }))
  const path = join(folder, 'raw.csv')
  writeFileSync(path, Buffer.from(rawText([...rows, ...again]).replaceAll('good', 'g\u00fct'), 'latin1'))
  const images = join(folder, 'images.npy')
  await writeNpy(images, '|u1', [4, 32, 32, 3], new Uint8Array(4 * 3072))
  const project = join(folder, 'project')
  const refused = cli('import', '--project', project, images, path)
  expect([refused.code, refused.last]).toEqual([
    1,
    expect.stringMatching(/line 2, byte \d+: The byte 0xFC is not UTF-8/),
  ])
  expect(refused.stderr).toMatch(/--encoding/)
  const judgments = (...choices: string[]): unknown => {
    const own = join(folder, choices.join('') || 'all')
    json('import', '--project', own, '--encoding', 'windows-1252', ...choices, images, path)
    return (json('stats', '--project', own) as { judgments: number }).judgments
  }
  expect([judgments(), judgments('--repeats', 'first'), judgments('--repeats', 'last')]).toEqual([15, 12, 12])
})
