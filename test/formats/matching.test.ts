/**
 * Rows of label files on pictures: by name, by number in an order, and refused where they contradict or only the owner
 * knows.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderOf } from '../../src/formats/sets/fileOrder'
import { matchPictures, standsAsItIs, type Pictures } from '../../src/formats/sets/matching'
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import type { LabelSetData } from '../../src/formats/sets/types'
import { StudioError } from '../../src/domain/errors'
import type { Order } from '../../src/domain/importChoices'
import { NO_LABEL, type JudgmentTable } from '../../src/domain/labels/judgments'
import { aggregate } from '../../src/domain/study/exclusion'

const CLASSES = 12
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `${i + 1}.png`)
/** As a folder is read: in lexical order. */
const sorted = (names: string[]): string[] => Array.from(orderOf(names, 'lexical'), (i) => names[i] ?? '')

const picturesOf = (fileNames: string[] | null, count = fileNames?.length ?? 0, labels?: number[]): Pictures => ({
  name: 'pictures',
  count,
  classes: CLASSES,
  digest: 'here',
  labels: () => Uint8Array.from(labels ?? new Array<number>(count).fill(NO_LABEL)),
  fileNames: () => fileNames,
})

interface Given {
  image: number
  file?: string
  chosen: number
  truth?: number
}

function judged(rows: Given[]): LabelSetData & { judgments: JudgmentTable } {
  const images = Math.max(...rows.map(({ image }) => image)) + 1
  const files = [...new Set(rows.map(({ file }) => file ?? ''))]
  const judgments: JudgmentTable = {
    count: rows.length,
    annotator: new Int32Array(rows.length),
    trial: Int32Array.from(rows.keys()),
    image: Int32Array.from(rows, ({ image }) => image),
    truth: Uint8Array.from(rows, ({ truth }) => truth ?? NO_LABEL),
    chosen: Uint8Array.from(rows, ({ chosen }) => chosen),
    isCheck: new Uint8Array(rows.length),
    reactionTimeMs: new Float64Array(rows.length),
    elapsedMs: new Float64Array(rows.length),
    file: Int32Array.from(rows, ({ file }) => files.indexOf(file ?? '')),
    files,
    session: null,
  }
  const { counts } = aggregate(judgments, Uint8Array.of(0), images, CLASSES)
  return {
    ...{
      kind: 'labels',
      path: 'rows.csv',
      format: 'study',
      name: 'rows',
      imageSet: null,
      classes: null,
      images,
      counts,
    },
    ...{ probabilities: countsToProbabilities(counts, CLASSES), judgments, annotators: null, report: [] },
    ...{ source: '', licence: null, citation: null },
  }
}

/** For each picture by its name, the class that was chosen. */
function chosenByName(data: LabelSetData, names: string[]): Record<string, number> {
  const chosen = (i: number): number =>
    data.counts?.subarray(i * CLASSES, (i + 1) * CLASSES).findIndex((n) => n > 0) ?? -1
  return Object.fromEntries(names.map((name, i) => [name, chosen(i)]))
}

const refusalOf = (act: () => unknown): StudioError => {
  try {
    act()
  } catch (error) {
    if (error instanceof StudioError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('twelve pictures 1.png to 12.png, in lexical order', () => {
  const names = sorted(numbered(12))
  const expected = Object.fromEntries(numbered(12).map((name, i) => [name, i]))
  const rows = (from: number, file: (i: number) => string | undefined): Given[] =>
    Array.from({ length: 12 }, (_, i) => ({ image: i + from, file: file(i), chosen: i }))

  it.each([
    ['numbers in natural order', 0],
    ['numbers from 1', 1],
  ])('rows that name them are matched by name, whatever their numbers: %s', (_, from) => {
    const found = matchPictures(judged(rows(from, (i) => `${i + 1}.png`)), picturesOf(names))
    expect(chosenByName(found, names)).toEqual(expected)
    expect(found.report.join(' ')).toMatch(/matched by file name; their numbers count the pictures in natural order/)
  })

  it.each([
    ['folders in front', (i: number) => `train/${i + 1}.png`],
    ['backslashes', (i: number) => `.\\${i + 1}.png`],
  ])('names are found with %s', (_, name) => {
    expect(chosenByName(matchPictures(judged(rows(0, name)), picturesOf(names)), names)).toEqual(expected)
  })

  it('rows by number alone ask for the order, and take it', () => {
    const data = judged(rows(0, () => undefined))
    const asked = refusalOf(() => matchPictures(data, picturesOf(names)))
    expect(asked.where).toMatchObject({ choice: 'order', file: 'rows.csv' })
    expect(asked.message).toMatch(/number 1 of pictures is 2\.png in natural order .*, or 10\.png in lexical order/)
    expect(chosenByName(matchPictures(data, picturesOf(names), 'natural'), names)).toEqual(expected)
    const lexical = matchPictures(data, picturesOf(names), 'lexical')
    expect(chosenByName(lexical, names)).toEqual(Object.fromEntries(names.map((name, i) => [name, i])))
  })

  it.each(['natural', 'lexical'] as Order[])('tables ask for the order, and take %s', (order) => {
    const { counts, probabilities } = judged(rows(0, () => undefined))
    const table = { ...judged(rows(0, () => undefined)), judgments: null, counts, probabilities }
    expect(refusalOf(() => matchPictures(table, picturesOf(names))).where.choice).toBe('order')
    const found = matchPictures(table, picturesOf(names), order)
    const by = order === 'natural' ? expected : Object.fromEntries(names.map((name, i) => [name, i]))
    expect(chosenByName(found, names)).toEqual(by)
    expect(found.probabilities).toEqual(countsToProbabilities(found.counts ?? new Uint32Array(0), CLASSES))
  })

  it('published labels tell the order where names do not', () => {
    const labels = names.map((name) => Number.parseInt(name) - 1)
    const data = judged(rows(0, () => undefined).map((row) => ({ ...row, truth: row.chosen })))
    expect(chosenByName(matchPictures(data, picturesOf(names, 12, labels)), names)).toEqual(expected)
  })

  it('an order that names contradict is refused', () => {
    const data = judged([...rows(0, (i) => `${i + 1}.png`), { image: 1, chosen: 1 }])
    expect(refusalOf(() => matchPictures(data, picturesOf(names), 'lexical')).message).toMatch(
      /not count .* in lexical order/,
    )
    expect(chosenByName(matchPictures(data, picturesOf(names)), names)).toEqual(expected)
  })

  it('no order is asked where none matters: a sidecar knows the images, rows reach only what is the same, or the set has its own order', () => {
    const data = judged(rows(0, () => undefined))
    expect(matchPictures({ ...data, imageSetDigest: 'here' }, picturesOf(names)).judgments?.image).toEqual(
      data.judgments.image,
    )
    expect(matchPictures(judged([{ image: 0, chosen: 3 }]), picturesOf(names)).images).toBe(12)
    const own = ['b.png', 'a.png', 'c.png']
    expect(chosenByName(matchPictures(judged([{ image: 0, chosen: 3 }]), picturesOf(own)), own)['b.png']).toBe(3)
    expect(matchPictures(data, picturesOf(null, 12)).judgments?.image).toEqual(data.judgments.image)
  })

  it('an order that was chosen for a set with an order of its own is not used, and that is said', () => {
    const own = ['b.png', 'a.png', 'c.png']
    const rows = judged([0, 1, 2].map((image) => ({ image, chosen: image })))
    for (const given of [rows, { ...rows, judgments: null }]) {
      const found = matchPictures(given, picturesOf(own), 'natural')
      expect(chosenByName(found, own)).toEqual({ 'b.png': 0, 'a.png': 1, 'c.png': 2 })
      expect(found.report.join(' ')).toMatch(/as the image set does, which has an order of its own/)
    }
  })
})

describe('contradictions are refused by row', () => {
  const names = ['a.png', 'b.png', 'c.png']

  it.each([
    [
      'a name of no picture',
      [{ image: 0, file: 'd.png', chosen: 0 }],
      /No picture of pictures is called d\.png/,
      'row 1',
    ],
    [
      'a number that no order explains',
      [
        { image: 0, file: 'a.png', chosen: 0 },
        { image: 2, file: 'b.png', chosen: 0 },
      ],
      /image 2 and the file b\.png; in pictures that is c\.png/,
      'row 2',
    ],
    [
      'one number with two names',
      [
        { image: 0, file: 'a.png', chosen: 0 },
        { image: 0, file: 'c.png', chosen: 0 },
      ],
      /image 0 and the file c\.png/,
      'row 2',
    ],
  ] as [string, Given[], RegExp, string][])('%s', (_, rows, message, place) => {
    const refused = refusalOf(() => matchPictures(judged(rows), picturesOf(names)))
    expect(refused.message).toMatch(message)
    expect(refused.where).toMatchObject({ file: 'rows.csv', place })
  })

  it('a published label of another class', () => {
    const rows = [{ image: 0, file: 'a.png', chosen: 0, truth: 4 }]
    expect(refusalOf(() => matchPictures(judged(rows), picturesOf(names, 3, [5, 5, 5]))).message).toBe(
      'It says that a.png was published as class 4, in pictures it is class 5.',
    )
  })

  it('of labels that wait for images of that name', () => {
    const { judgments } = judged([{ image: 1, file: 'b.png', chosen: 0, truth: 4 }])
    expect(standsAsItIs(judgments, picturesOf(names))).toBe(true)
    expect(standsAsItIs(judgments, picturesOf(['b.png', 'a.png', 'c.png']))).toBe(false)
    expect(standsAsItIs(judgments, picturesOf(names, 3, [4, 5, 4]))).toBe(false)
    expect(standsAsItIs(judgments, picturesOf(['x.png', 'y.png', 'z.png']))).toBe(false)
  })
})

describe('a name of several pictures', () => {
  const names = ['cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/2.png']

  it('is told apart by its folder, or by the number beside it', () => {
    const byFolder = judged([{ image: 2, file: 'train/dog/1.png', chosen: 7 }])
    expect(chosenByName(matchPictures(byFolder, picturesOf(names)), names)['dog/1.png']).toBe(7)
    const byNumber = judged([{ image: 2, file: '1.png', chosen: 7 }])
    expect(chosenByName(matchPictures(byNumber, picturesOf(names)), names)['dog/1.png']).toBe(7)
    expect(
      refusalOf(() => matchPictures(judged([{ image: 1, file: '1.png', chosen: 7 }]), picturesOf(names))).message,
    ).toMatch(/image 1 and the file 1\.png/)
  })
})

describe('the orders', () => {
  it('are those of computers and of people, folder by folder', () => {
    const names = ['cat-2/1.png', 'cat/10.png', 'cat/2.png', 'cat/02.png', 'cat/a1b10.png', 'cat/a1b9.png', 'cat/x']
    const by = (order: Order): string[] => Array.from(orderOf(names, order), (i) => names[i] ?? '')
    expect(by('lexical')).toEqual([
      'cat/02.png',
      'cat/10.png',
      'cat/2.png',
      'cat/a1b10.png',
      'cat/a1b9.png',
      'cat/x',
      'cat-2/1.png',
    ])
    expect(by('natural')).toEqual([
      'cat/02.png',
      'cat/2.png',
      'cat/10.png',
      'cat/a1b9.png',
      'cat/a1b10.png',
      'cat/x',
      'cat-2/1.png',
    ])
  })

  it('hold every path once, and natural is the order of the numbers', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 40 }), (numbers) => {
        const names = numbers.map((n) => `${n}.png`)
        const order = Array.from(orderOf(names, 'natural'), (i) => numbers[i])
        expect(order).toEqual(numbers.toSorted((a, b) => a - b))
        expect(Array.from(orderOf(names, 'lexical'), (i) => names[i])).toEqual(names.toSorted())
      }),
    )
  })

  it('whatever the names and the order of the rows, named rows end on their pictures', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-c]{0,2}\d{1,3}\.png$/), { minLength: 2, maxLength: 15 })
    fc.assert(
      fc.property(names, fc.constantFrom('natural', 'lexical'), fc.constantFrom(0, 1), (some, order: Order, from) => {
        const own = sorted(some)
        const counted = Array.from(orderOf(own, order), (i) => own[i] ?? '')
        const rows = counted.map((file, i) => ({ image: i + from, file, chosen: i % CLASSES }))
        const found = matchPictures(judged(rows), picturesOf(own))
        expect(chosenByName(found, own)).toEqual(Object.fromEntries(counted.map((file, i) => [file, i % CLASSES])))
      }),
    )
  })
})
