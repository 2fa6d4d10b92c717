/**
 * The same labels, counts and probabilities as other programs save them are the same; what is none is refused with what
 * is wanted.
 */
import { join } from 'node:path'
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { parseElementType, toNumbers } from '../../src/formats/encodings/elements'
import { readPath } from '../../src/formats/read'
import type { ImageSetData, Imported, LabelSetData } from '../../src/formats/sets/types'
import { npyBytes, writeNpy } from '../../src/formats/write/npy'
import { pickle, Uint8Block } from '../support/pickleWriter'
import { shared } from '../support/shared'
import { folderPerTest, refusal, temporaryFolder } from '../support/temporary'

const folder = temporaryFolder()
const here = folderPerTest(folder.path)

const pixels = (n: number): Uint8Array => Uint8Array.from({ length: n * 3072 }, (_, i) => (i * 31) % 256)
const imagesOf = (items: Imported[]): ImageSetData[] => items.filter((item) => item.kind === 'images')
const labelsOf = (items: Imported[]): LabelSetData[] => items.filter((item) => item.kind === 'labels')
const LABELS = [3, 0, 9, 1]
const oneHot = LABELS.flatMap((label) => Array.from({ length: 10 }, (_, c) => (c === label ? 1 : 0)))

/** float16 as NumPy writes it: header of float64 with another type, two bytes an element. */
function float16Npy(shape: number[], bits: number[]): Uint8Array {
  const whole = npyBytes('<i4', shape, bits)
  const text = Buffer.from(whole).toString('latin1').replace('<i4', '<f2')
  const start = whole.length - 4 * bits.length
  const data = Buffer.alloc(2 * bits.length)
  bits.forEach((each, i) => data.writeUInt16LE(each, 2 * i))
  return Buffer.concat([Buffer.from(text.slice(0, start), 'latin1'), data])
}

describe('labels beside images', () => {
  it.each([
    ['(N)', '<i8', [4], LABELS],
    ['(N, 1), as Keras has them', '|u1', [4, 1], LABELS],
    ['floats', '<f4', [4], LABELS],
    ['floats (N, 1)', '<f8', [4, 1], LABELS],
    ['one-hot', '<f4', [4, 10], oneHot],
    ['one-hot, whole numbers', '|u1', [4, 10], oneHot],
  ] as const)('%s are read, whichever of the two files is named', async (_, type, shape, values) => {
    await writeNpy(join(here(), 'x_test.npy'), '|u1', [4, 32, 32, 3], pixels(4))
    await writeNpy(join(here(), 'y_test.npy'), type, [...shape], [...values])
    for (const path of [here(), join(here(), 'x_test.npy'), join(here(), 'y_test.npy')]) {
      const items = await readPath(path)
      expect(items).toHaveLength(1)
      expect(Array.from(imagesOf(items)[0]?.labels ?? [])).toEqual(LABELS)
    }
  })

  it('are taken by name where several fit, and by nobody where no name says which', async () => {
    await writeNpy(join(here(), 'x_train.npy'), '|u1', [4, 32, 32, 3], pixels(4))
    await writeNpy(join(here(), 'y_train.npy'), '<i8', [4], LABELS)
    await writeNpy(join(here(), 'y_test.npy'), '<i8', [4], [0, 0, 0, 0])
    expect(Array.from(imagesOf(await readPath(here()))[0]?.labels ?? [])).toEqual(LABELS)
    await writeNpy(join(here(), 'y_train.npy'), '<f8', [4], [0.5, 1, 2, 3])
    expect(Array.from(imagesOf(await readPath(here()))[0]?.labels ?? [])).toEqual([0, 0, 0, 0])
    await writeNpy(join(here(), 'other.npy'), '<i8', [4], LABELS)
    const [set] = imagesOf(await readPath(here()))
    expect(Array.from(set?.labels ?? [])).toEqual([255, 255, 255, 255])
    expect(set?.report.join(' ')).toMatch(/Several arrays might be their labels \(other, y_test\)/)
  })

  it('leave a table of several judgments an image alone', async () => {
    await writeNpy(join(here(), 'images.npy'), '|u1', [4, 32, 32, 3], pixels(4))
    await writeNpy(
      join(here(), 'counts.npy'),
      '<i8',
      [4, 10],
      oneHot.map((n) => 2 * n),
    )
    const items = await readPath(here())
    expect(imagesOf(items)[0]?.report.join(' ')).toContain('No labels beside them')
    expect(labelsOf(items)[0]?.counts?.reduce((sum, n) => sum + n, 0)).toBe(8)
  })
})

describe('.npz archives', () => {
  const npz = (arrays: Record<string, Uint8Array>): string =>
    folder.file(
      'data.npz',
      zipSync(Object.fromEntries(Object.entries(arrays).map(([name, bytes]) => [`${name}.npy`, bytes]))),
    )

  it('are read as a folder of their arrays', async () => {
    const path = npz({
      x_train: npyBytes('|u1', [4, 32, 32, 3], pixels(4)),
      y_train: npyBytes('<i8', [4, 1], LABELS),
      x_test: npyBytes('|u1', [2, 32, 32, 3], pixels(2)),
      y_test: npyBytes('|u1', [2], [7, 8]),
      counts: npyBytes('<i8', [2, 10], [2, ...new Array<number>(18).fill(0), 1]),
      notes: npyBytes('<f8', [3], [1, 2, 3.5]),
    })
    const items = await readPath(path)
    expect(imagesOf(items).map(({ name, labels }) => [name, ...labels])).toEqual([
      ['train', ...LABELS],
      ['test', 7, 8],
    ])
    expect(labelsOf(items).map(({ name, images }) => [name, images])).toEqual([['counts', 2]])
    expect(items.flatMap(({ report }) => report).join(' ')).toMatch(
      /1 further arrays .* left out: notes, float64 \(3,\)/,
    )
  })

  it('are refused by archive, member and byte', async () => {
    const whole = npyBytes('<i8', [4, 10], oneHot)
    const path = npz({ counts: whole.subarray(0, whole.length - 1) })
    expect(await refusal(readPath(path))).toMatchObject({
      file: `${path}: counts.npy`,
      place: `byte ${whole.length - 1}`,
    })
  })
})

describe('counts and probabilities', () => {
  it('whole floats that are not one in each row are counts', async () => {
    const path = join(here(), 'counts.npy')
    await writeNpy(
      path,
      '<f8',
      [4, 10],
      oneHot.map((n) => 3 * n),
    )
    const [set] = labelsOf(await readPath(path))
    expect(Array.from(set?.counts ?? [])).toEqual(oneHot.map((n) => 3 * n))
    expect(set?.report).toContain('All numbers are whole: they were read as counts.')
  })

  it('float16 and rounded probabilities are divided by their sums, and the largest deviation is said', async () => {
    const rounded = join(here(), 'rounded.npy')
    // Tenths of 1/3 and the like to three digits: the sum is 0.999.
    await writeNpy(rounded, '<f8', [2, 10], [0.333, 0.333, 0.333, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    const [set] = labelsOf(await readPath(rounded))
    expect(Array.from(set?.probabilities.subarray(0, 3) ?? [])).toEqual([1 / 3, 1 / 3, 1 / 3])
    expect(set?.report.join(' ')).toMatch(/1 rows did not sum to 1 exactly .* largest deviation was 0\.0010/)
    // 0.333251953125, 0.333251953125, 0.333251953125 as float16.
    const half = folder.file('half.npy', float16Npy([1, 10], [0x3555, 0x3555, 0x3555, 0, 0, 0, 0, 0, 0, 0]))
    expect(Array.from(labelsOf(await readPath(half))[0]?.probabilities.subarray(0, 4) ?? [])).toEqual([
      1 / 3,
      1 / 3,
      1 / 3,
      0,
    ])
  })

  it('other shapes are refused with what is wanted', async () => {
    const path = join(here(), 'counts.npy')
    await writeNpy(path, '<i8', [6, 3], new Array<number>(18).fill(1))
    const { message } = await refusal(readPath(path))
    expect(message).toMatch(/int64 \(6, 3\) cannot be used/)
    expect(message).toMatch(/counts or probabilities as \(N, 10\), or of other classes where a sidecar/)
  })
})

describe('float16', () => {
  const read = (bits: number): number => {
    const type = parseElementType('<f2')
    if (!type) throw new Error('not read')
    return toNumbers({ type, shape: [1], data: Uint8Array.of(bits & 255, bits >> 8) })[0] ?? NaN
  }

  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0xc000, -2],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x7e00, NaN],
  ])('%i is %d', (bits, value) => expect(read(bits)).toBe(value))

  it('rises with its bits from 0 to the largest', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 0x7bff }), (bits) => read(bits) > read(bits - 1)))
  })
})

it.each(['i1', 'b1'])('a pickled batch of %s is refused: pixels are uint8', async (type) => {
  const written = pickle({ data: new Uint8Block([2, 3072], new Uint8Array(2 * 3072)), labels: [0, 1] })
  const path = folder.file('batch', Buffer.from(written.toString('latin1').replace('u1K', `${type}K`), 'latin1'))
  expect((await refusal(readPath(path))).message).toMatch(
    /^It is (int8|bool) \(2, 3072\); uint8 \(images, 3,072\) is wanted/,
  )
})

const cases = shared('cases')
describe.skipIf(!cases)('shared cases', () => {
  const at = (...parts: string[]): string => join(cases ?? '', ...parts)

  it.each([
    ['A4-keras-labels', 'x_test.npy'],
    ['A4-keras-labels', 'y_test.npy'],
    ['A4-keras-labels', ''],
    ['A4c-onehot-labels', 'x_test.npy'],
    ['A4c-onehot-labels', 'y_test.npy'],
    ['A4c-onehot-labels', ''],
    ['A5-npz', 'data.npz'],
  ])('%s %s has images with labels', async (name, file) => {
    const items = await readPath(at(name, file))
    expect(imagesOf(items)).toHaveLength(1)
    expect(labelsOf(items)).toEqual([])
    expect(imagesOf(items)[0]?.labels.every((label) => label < 10)).toBe(true)
  })

  it.each(['probs.npy', 'probs3.npy', 'softmax-rounded3.npy'])('A3-f16-upcast %s is read', async (file) => {
    const [set] = labelsOf(await readPath(at('A3-f16-upcast', file)))
    expect(set?.format).toBe('cifar10h-probs')
    const sums = Array.from({ length: set?.images ?? 0 }, (_, i) =>
      Array.from(set?.probabilities.subarray(i * 10, i * 10 + 10) ?? []).reduce((sum, p) => sum + p, 0),
    )
    expect(sums.length).toBeGreaterThan(0)
    for (const sum of sums) expect(sum).toBeCloseTo(1, 8)
  })

  it.each([
    ['A5-npz', 'counts.npz'],
    ['A8-float-counts', 'counts.npy'],
  ])('%s %s has counts', async (name, file) => {
    expect(labelsOf(await readPath(at(name, file)))[0]?.counts?.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(0)
  })
})
