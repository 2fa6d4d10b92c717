/** Small whole files of every format that is read, from which mutants are made. */
import { zipSync } from 'fflate'
import { SeededRandom } from '../../src/domain/random'
import { npyBytes } from '../../src/formats/write/npy'
import { pickle, Uint8Block } from '../support/pickleWriter'
import { RAW_HEADER, rawLine } from '../support/raw'

export interface Original {
  name: string
  bytes: Uint8Array
}

const IMAGES = 6
const random = new SeededRandom(7)
const digits = (n: number, most: number): number[] => Array.from({ length: n }, () => random.below(most))

function rawRows(): string[] {
  return ['ann', 'Ben', 'R\u00e9my'].flatMap((annotator, a) =>
    Array.from({ length: IMAGES + 2 }, (_, trial) => {
      const image = trial < IMAGES ? trial : -99999
      const truth = trial % 10
      const chosen = a === 2 && trial % 3 === 0 ? 9 : truth
      return rawLine({ annotator, trial, image, truth, chosen, ms: 700.5 + 10 * trial })
    }),
  )
}

function tidyRows(): string[] {
  const header = 'annotator,trial,image,file,truth,chosen,check,excluded,reaction_time_ms,elapsed_ms'
  const rows = ['a0', 'a1', "O'Neil"].flatMap((annotator, a) =>
    Array.from(
      { length: IMAGES },
      (_, i) => `${annotator},${i},${i},"pic ${i}.png",${i},${(i + a) % 10},0,0,${900 + i},${(i + 1) * 1000}`,
    ),
  )
  return [header, ...rows]
}

const lines = (rows: string[], end = '\n'): Buffer => Buffer.from(`${rows.join(end)}${end}`)

function jsonLines(): Buffer {
  const rows = Array.from({ length: 2 * IMAGES }, (_, i) => ({
    ...{
      annotator: `p${i % 2}`,
      trial: i,
      image: i % IMAGES,
      file: null,
      truth: null,
      chosen: i % 10,
      check: 0,
      excluded: 0,
    },
    ...{ reaction_time_ms: 812.25, elapsed_ms: 1000 * i },
  }))
  return lines(rows.map((row) => JSON.stringify(row)))
}

const counts = (): number[] => digits(IMAGES * 10, 5)
const probabilities = (): number[] =>
  Array.from({ length: IMAGES }, () => digits(10, 9).map((n) => n + 1)).flatMap((row) => {
    const sum = row.reduce((a, b) => a + b, 0)
    return row.map((n) => n / sum)
  })
const pixels = (images: number): Uint8Array => Uint8Array.from(digits(images * 3072, 256))

function cifarBinary(): Uint8Array {
  const out = new Uint8Array(5 * 3073)
  for (let i = 0; i < 5; i++) out.set([i, ...pixels(1)], i * 3073)
  return out
}

export function corpus(): Original[] {
  const raw = [RAW_HEADER, ...rawRows()]
  const quoted = (row: string): string =>
    row
      .split(',')
      .map((cell) => `"${cell}"`)
      .join(',')
  const rawText = `${raw.join('\n')}\n`
  const tidy = lines(tidyRows())
  return [
    { name: 'counts-i8.npy', bytes: npyBytes('<i8', [IMAGES, 10], counts()) },
    { name: 'counts-u1.npy', bytes: npyBytes('|u1', [IMAGES, 10], counts()) },
    { name: 'counts-f8.npy', bytes: npyBytes('<f8', [IMAGES, 10], counts()) },
    { name: 'probs-f8.npy', bytes: npyBytes('<f8', [IMAGES, 10], probabilities()) },
    { name: 'probs-f4.npy', bytes: npyBytes('<f4', [IMAGES, 10], probabilities()) },
    { name: 'images.npy', bytes: npyBytes('|u1', [2, 32, 32, 3], pixels(2)) },
    {
      name: 'data.npz',
      bytes: zipSync({
        'x_test.npy': npyBytes('|u1', [2, 32, 32, 3], pixels(2)),
        'y_test.npy': npyBytes('<i8', [2, 1], [3, 7]),
      }),
    },
    { name: 'batch.bin', bytes: cifarBinary() },
    { name: 'batch', bytes: pickle({ data: new Uint8Block([2, 3072], pixels(2)), labels: [3, 7] }) },
    { name: 'raw.csv', bytes: Buffer.from(rawText) },
    {
      name: 'raw-semicolon.csv',
      bytes: Buffer.from(`\uFEFFsep=;\r\n${rawText.replaceAll(',', ';').replaceAll('\n', '\r\n')}`),
    },
    { name: 'raw-utf16.csv', bytes: Buffer.from(`\uFEFF${rawText.replaceAll(',', '\t')}`, 'utf16le') },
    { name: 'raw-quoted.csv', bytes: lines(raw.map(quoted), '\r\n') },
    { name: 'raw.zip', bytes: zipSync({ 'raw.csv': Buffer.from(rawText) }, { level: 0 }) },
    { name: 'tidy.csv', bytes: tidy },
    { name: 'rows.jsonl', bytes: jsonLines() },
  ]
}
