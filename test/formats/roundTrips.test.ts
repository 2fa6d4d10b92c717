/** What leaves the program comes back: every field of the tidy table in both its forms, every cell of the raw one. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { aboutPath } from '../../src/formats/sets/about'
import { exportLabels } from '../../src/formats/write/labels'
import { contents, temporaryFolder } from '../support/temporary'
import { labelsAt } from './exporting'
import { CLASSES, rowsOf, studies } from './tables'

const folder = temporaryFolder()
// Each draw writes and flushes files: a slow disk makes a hundred of them long.
vi.setConfig({ testTimeout: 180_000 })

describe('round trips', () => {
  it.each(['tidy', 'jsonl'] as const)('%s keeps every field of every judgment, whatever it is', async (format) => {
    const out = join(folder.path, `out.${format}`)
    await fc.assert(
      fc.asyncProperty(studies, async (study) => {
        expect(await exportLabels(study, format, out)).toEqual({ path: out, rows: study.judgments.count })
        const again = await labelsAt(out)
        if (!again.judgments || !again.annotators) throw new Error('no judgments')
        expect(rowsOf(again.judgments, again.annotators)).toEqual(rowsOf(study.judgments, study.annotators))
        expect(again).toMatchObject({ imageSet: 'pictures', images: 9, classes: CLASSES, counts: study.counts })
        expect(again.report.at(-1)).toBe('The distributions are those of the exported label set, in every cell.')
      }),
      { numRuns: 100 },
    )
    expect(contents(folder.path).filter((name) => name.includes('.part'))).toEqual([])
  })

  it('raw keeps every count and every exclusion by its sidecar, however they came about', async () => {
    const out = join(folder.path, 'raw.csv')
    await fc.assert(
      fc.asyncProperty(studies, async (study) => {
        await exportLabels(study, 'cifar10h-raw', out)
        const header = readFileSync(out, 'utf8').split('\n')[0]?.split(',')
        expect(header).toHaveLength(13)
        const again = await labelsAt(out)
        if (!again.judgments || !again.annotators) throw new Error('no judgments')
        expect(again.counts).toEqual(study.counts)
        expect(again.threshold).toBe(study.threshold)
        const kept = ({ excluded, annotator, chosen, image, truth, reactionTimeMs }: Record<string, unknown>) => ({
          excluded,
          annotator,
          chosen,
          image,
          truth,
          reactionTimeMs,
        })
        expect(rowsOf(again.judgments, again.annotators).map(kept)).toEqual(
          rowsOf(study.judgments, study.annotators).map(kept),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('the files come home without their sidecar too, but for the images nobody judged', async () => {
    const [study] = fc.sample(
      studies.filter(({ judgments }) => judgments.session !== null && judgments.count > 5),
      { numRuns: 1, seed: 4 },
    )
    if (!study) throw new Error('no study')
    for (const format of ['tidy', 'jsonl'] as const) {
      const out = join(folder.path, `alone.${format}`)
      await exportLabels(study, format, out)
      rmSync(aboutPath(out))
      const again = await labelsAt(out)
      expect(again).toMatchObject({ imageSet: null, classes: null })
      expect(again.threshold).toBeUndefined()
      if (!again.judgments || !again.annotators) throw new Error('no judgments')
      expect(rowsOf(again.judgments, again.annotators)).toEqual(rowsOf(study.judgments, study.annotators))
    }
  })

  it('keeps what it can of characters that lie across two reads', async () => {
    // More than the megabyte that is read at once, of a character that takes three bytes.
    const code = '試'.repeat(1000)
    const [study] = fc.sample(studies, { numRuns: 1, seed: 1 })
    if (!study) throw new Error('no study')
    const rows = 900
    const fill = (array: Int32Array | Uint8Array | Float64Array) => array.slice(0, 1)
    const one = Object.fromEntries(
      Object.entries(study.judgments).map(([key, value]) => [
        key,
        ArrayBuffer.isView(value) ? repeated(fill(value as Int32Array), rows) : value,
      ]),
    )
    const judgments = {
      ...study.judgments,
      ...one,
      count: rows,
      annotator: new Int32Array(rows),
      session: null,
      isCheck: new Uint8Array(rows),
      image: new Int32Array(rows),
    }
    const annotators = {
      code: [code],
      checks: new Int32Array(1),
      checksCorrect: new Int32Array(1),
      excluded: new Uint8Array(1),
      layout: null,
    }
    for (const format of ['tidy', 'jsonl', 'cifar10h-raw'] as const) {
      const out = join(folder.path, `wide.${format}`)
      await exportLabels({ ...study, judgments, annotators }, format, out)
      expect((await labelsAt(out)).annotators?.code).toEqual([code])
    }
  })
})

function repeated<T extends Int32Array | Uint8Array | Float64Array>(one: T, times: number): T {
  const made = new (one.constructor as new (length: number) => T)(times)
  return made.fill(one[0] ?? 0) as T
}
