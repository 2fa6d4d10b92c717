/** The same judgment twice counts once; the same image again is told, and counted as its owner chooses. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/formats/read'
import type { Repeats } from '../../src/domain/importChoices'
import { fourPeople, rawText, type Row } from '../support/raw'
import { shared } from '../support/shared'
import { temporaryFolder } from '../support/temporary'
import { exportedAlone, labelsAt } from './exporting'

const folder = temporaryFolder()
const total = (counts: Uint32Array | null): number => counts?.reduce((sum, n) => sum + n, 0) ?? 0

describe('a file that was appended to itself', () => {
  it('counts as it did before, and says how many rows it has twice', async () => {
    const rows = fourPeople()
    const once = await labelsAt(folder.file('once.csv', rawText(rows)))
    const twice = await labelsAt(folder.file('twice.csv', rawText([...rows, ...rows])))
    expect(twice.counts).toEqual(once.counts)
    expect(twice.annotators).toEqual(once.annotators)
    expect(twice.judgments).toEqual(once.judgments)
    expect(twice.report).toContain(
      `${rows.length} rows equal an earlier row of the same annotator and trial in every column: duplicates, counted once.`,
    )
    expect(twice.report[0]).toBe(`${2 * rows.length} rows read, 4 annotators.`)
    const judgments = rows.filter(({ image, annotator }) => image >= 0 && annotator !== 'bad').length
    expect(total(twice.counts)).toBe(judgments)
  })

  it('in any order and as a tidy table too', async () => {
    const row = fc.record({
      annotator: fc.constantFrom('a', 'b'),
      trial: fc.nat(3),
      image: fc.constantFrom(0, 1, -99999),
      truth: fc.nat(2),
      chosen: fc.nat(2),
      ms: fc.constantFrom(900, 1000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(), async (some: Row[], turn) => {
        const rows = [...some, { annotator: 'c', trial: 0, image: 0, truth: 0, chosen: 0 }]
        const distinct = new Set(
          rows.map((each) => JSON.stringify({ ms: 1000, ...each }, Object.keys({ ms: 0, ...each }).sort())),
        ).size
        const at = turn % rows.length
        const again = [...rows, ...rows.slice(at), ...rows.slice(0, at)]
        const set = await labelsAt(folder.file('any.csv', rawText(again)))
        expect(set.judgments?.count).toBe(distinct)
        const out = join(folder.path, 'any-tidy.csv')
        expect(await exportedAlone('tidy', out, set)).toBe(distinct)
        expect((await labelsAt(out)).judgments?.count).toBe(distinct)
      }),
      { numRuns: 40 },
    )
  })
})

describe('an image judged again by the same person', () => {
  const rows: Row[] = [
    { annotator: 'a', trial: 0, image: 0, truth: 0, chosen: 1 },
    { annotator: 'a', trial: 1, image: -99999, truth: 5, chosen: 5 },
    { annotator: 'a', trial: 2, image: 0, truth: 0, chosen: 2 },
    { annotator: 'a', trial: 3, image: -99999, truth: 5, chosen: 5 },
    { annotator: 'a', trial: 4, image: 0, truth: 0, chosen: 3 },
    { annotator: 'b', trial: 0, image: 0, truth: 0, chosen: 4 },
  ]
  const path = folder.file('repeats.csv', rawText(rows))

  it.each([
    [undefined, [1, 2, 3, 4], 'all of them count'],
    ['all', [1, 2, 3, 4], 'all of them count'],
    ['first', [1, 4], 'only the first counts, as chosen'],
    ['last', [3, 4], 'only the last counts, as chosen'],
  ] as [Repeats | undefined, number[], string][])('counts %s', async (repeats, classes, said) => {
    const [set] = await readPath(path, { choices: repeats ? { repeats } : {} })
    if (set?.kind !== 'labels') throw new Error('no labels')
    expect(Array.from(set.counts ?? [], (n, c) => (n ? c : -1)).filter((c) => c >= 0)).toEqual(classes)
    expect(set.report.join(' ')).toContain(
      `2 judgments are of an image that the same annotator judged in an earlier trial: ${said}`,
    )
    // Both checks stay: they are of no image.
    expect(Array.from(set.annotators?.checks ?? [])).toEqual([2, 0])
  })
})

const cases = shared('cases')
it.skipIf(!cases)('the shared case of a doubled file counts each trial once', async () => {
  const path = join(cases ?? '', 'B11-duplicates', 'raw.csv')
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const set = await labelsAt(path)
  expect(set.judgments?.count).toBe(new Set(lines).size)
  expect(set.report[1]).toMatch(new RegExp(`^${lines.length - new Set(lines).size} rows equal an earlier row`))
})
