/** Agreement against published examples, other people's programs (fixtures/thirdParties.json) and its own rules. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agreement } from '../../../src/domain/labels/agreement'

const read = (name: string) => JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8'))
const others = read('thirdParties.json')

/** Counts per row, one row an image. */
const of = (table: number[][]) => agreement(Uint32Array.from(table.flat()), table.length, table[0]?.length ?? 0)

/** Counts from answers [person][image] of classes 1 to `classes`, 0 where there is none. */
const tabulate = (answers: number[][], classes: number): number[][] =>
  answers[0]!.map((_, image) =>
    Array.from({ length: classes }, (_, c) => answers.filter((row) => row[image] === c + 1).length),
  )

describe('published examples', () => {
  it("Krippendorff's (2011, section C): four observers, twelve units, five values, data missing", () => {
    const answers = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
      [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
    const { alpha, images, judgments } = of(tabulate(answers, 5))
    expect(alpha.value).toBeCloseTo(0.743, 3)
    // The last unit has one value alone and is not pairable: 40 pairable values of 41.
    expect({ images, judgments }).toEqual({ images: 11, judgments: 40 })
  })

  it("Krippendorff's (2011, section A and B): two observers, binary and five values", () => {
    const binary = [
      [2, 2, 1, 1, 1, 1, 1, 1, 1, 1],
      [1, 2, 2, 1, 1, 2, 1, 2, 1, 1],
    ]
    expect(of(tabulate(binary, 2)).alpha.value).toBeCloseTo(0.095, 3)
    const letters = [
      [1, 1, 2, 2, 4, 3, 3, 3, 5, 4, 4, 1],
      [2, 1, 2, 2, 2, 3, 3, 3, 5, 4, 4, 4],
    ]
    expect(of(tabulate(letters, 5)).alpha.value).toBeCloseTo(0.692, 3)
  })

  it("Fleiss' kappa of the worked example of ten subjects, fourteen raters, five classes", () => {
    const table = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ]
    expect(of(table).kappa.value).toBeCloseTo(0.21, 3)
  })

  it('kappa of 25 subjects with two to five raters each (the example of Fleiss, Levin and Paik)', () => {
    const raters = [2, 2, 3, 4, 3, 4, 3, 5, 2, 4, 5, 3, 4, 4, 2, 2, 3, 2, 4, 5, 3, 4, 3, 3, 2]
    const positive = [2, 0, 2, 3, 3, 1, 0, 0, 0, 4, 5, 3, 4, 3, 0, 2, 1, 1, 1, 4, 2, 0, 0, 3, 2]
    expect(of(positive.map((x, i) => [x, raters[i]! - x])).kappa.value).toBeCloseTo(0.5415, 4)
  })
})

describe("other people's programs", () => {
  it("NLTK's alpha, overall and of each class against the rest, with data missing", () => {
    const { answers, classes } = read('aggregation.json')
    const table = tabulate(
      answers.map((row: number[]) => row.map((a) => a + 1)),
      classes,
    )
    const { alpha, perClass } = of(table)
    expect(alpha.value).toBeCloseTo(others.alpha.overall, 12)
    perClass.forEach((row, c) => expect(row.alpha.value).toBeCloseTo(others.alpha.perClass[c], 12))
  })

  it("statsmodels' Fleiss' kappa, overall and of each class against the rest", () => {
    const { kappa, perClass } = of(others.kappa.counts)
    expect(kappa.value).toBeCloseTo(others.kappa.overall, 12)
    perClass.forEach((row, c) => expect(row.kappa.value).toBeCloseTo(others.kappa.perClass[c], 12))
  })
})

describe('rules', () => {
  const tables = fc
    .integer({ min: 2, max: 5 })
    .chain((classes) => fc.array(fc.array(fc.nat(6), { minLength: classes, maxLength: classes }), { maxLength: 12 }))

  it('is a number up to 1 or explained, never NaN', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { alpha, kappa, perClass } = of(table)
        for (const { value, undefinedBecause } of [
          alpha,
          kappa,
          ...perClass.flatMap((row) => [row.alpha, row.kappa]),
        ]) {
          expect(value === null).toBe(undefinedBecause !== null)
          if (value !== null) {
            expect(Number.isFinite(value)).toBe(true)
            expect(value).toBeLessThanOrEqual(1)
          }
        }
      }),
    )
  })

  it('does not depend on the order of images, and moves the classes with their names', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const before = of(table)
        const after = of(table.map((row) => [...row].reverse()).reverse())
        const near = (a: number | null, b: number | null) =>
          a === null ? expect(b).toBeNull() : expect(b).toBeCloseTo(a, 9)
        near(before.alpha.value, after.alpha.value)
        near(before.kappa.value, after.kappa.value)
        before.perClass.forEach((row, c) =>
          near(row.alpha.value, after.perClass[before.perClass.length - 1 - c]!.alpha.value),
        )
      }),
    )
  })

  it('is exactly 1 where everybody agrees on several classes', () => {
    const { alpha, kappa, perClass } = of([
      [3, 0, 0],
      [0, 2, 0],
      [5, 0, 0],
    ])
    expect([alpha.value, kappa.value, perClass[0]?.alpha.value, perClass[1]?.kappa.value]).toEqual([1, 1, 1, 1])
    expect(perClass[2]?.alpha).toEqual({
      value: null,
      undefinedBecause: 'Nobody chose this class: there is nothing to agree on.',
    })
  })

  it('leaves out images with fewer than two judgments', () => {
    const pairs = [
      [2, 1],
      [0, 3],
    ]
    expect(of([...pairs, [1, 0], [0, 0], [0, 1]])).toEqual(of(pairs))
  })

  it.each([
    [[], 'There are no images.'],
    [
      [
        [1, 0],
        [0, 0],
      ],
      'No image has two judgments, so there is nothing to compare.',
    ],
    [
      [
        [4, 0],
        [2, 0],
      ],
      'Every judgment names the same class: agreement cannot be told from chance.',
    ],
  ])('explains why there is no value: %j', (table, undefinedBecause) => {
    const { alpha, kappa } = of(table)
    expect(alpha).toEqual({ value: null, undefinedBecause })
    expect(kappa).toEqual({ value: null, undefinedBecause })
  })

  it('explains each class where only one was ever named', () => {
    const { perClass } = of([
      [4, 0],
      [2, 0],
    ])
    expect(perClass.map((row) => row.kappa.undefinedBecause)).toEqual([
      'Every judgment names this class: agreement cannot be told from chance.',
      'Nobody chose this class: there is nothing to agree on.',
    ])
  })

  it('refuses counts that do not fill the table', () => {
    expect(() => agreement(new Uint32Array(5), 2, 3)).toThrow(expect.objectContaining({ kind: 'bad-input' }))
  })
})
