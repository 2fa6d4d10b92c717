/** The sidecar: what exports say of themselves, what reading makes of it, and what it refuses. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { beforeEach, describe, expect, it } from 'vitest'
import { aboutPath, withoutSidecars, type About, type ExportFormat } from '../../src/formats/sets/about'
import { NOT_RECORDED } from '../../src/formats/sets/rules'
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import { digestLabels } from '../../src/formats/sets/digest'
import { readPath } from '../../src/formats/read'
import { exportLabels, type ExportData } from '../../src/formats/write/labels'
import { aggregate } from '../../src/domain/study/exclusion'
import { fourPeople, rawText } from '../support/raw'
import { PYTHON, python, refusal, temporaryFolder } from '../support/temporary'
import { exportData, labelsAt } from './exporting'

const folder = temporaryFolder()
const out = join(folder.path, 'out')
const DIGEST = 'd'.repeat(64)

/**
 * The four people's study over 9 images of which 4 were judged: checks 4/4, 3/4, 2/4 and none. At 60% `bad` alone is
 * excluded by the rule; by hand `good` is excluded and `bad` is not.
 */
async function study(excluded = [1, 0, 0, 0], change: Partial<ExportData> = {}): Promise<ExportData> {
  const set = await labelsAt(folder.file('study.csv', rawText(fourPeople())))
  if (!set.judgments || !set.annotators) throw new Error('no judgments')
  const annotators = { ...set.annotators, excluded: Uint8Array.from(excluded) }
  const { counts } = aggregate(set.judgments, annotators.excluded, 9, 10)
  const whole = { ...set, images: 9, annotators, counts, probabilities: countsToProbabilities(counts, 10) }
  const classes = Array.from({ length: 10 }, (_, c) => `thing ${c}`)
  return exportData(whole, {
    imageSet: { name: 'things', count: 9, classes, digest: DIGEST, licence: 'CC0', citation: 'Things, 2026.' },
    name: 'my study',
    source: 'A study',
    licence: 'CC BY 4.0',
    citation: 'Me, 2026.',
    threshold: 0.6,
    verdicts: [
      { annotator: 'good', verdict: 'exclude', reason: 'asked for it' },
      { annotator: 'bad', verdict: 'include', reason: 'the checks were ambiguous' },
      { annotator: 'nobody', verdict: 'exclude', reason: 'never began' },
    ],
    ...change,
  })
}

const about = (): About => JSON.parse(readFileSync(aboutPath(out), 'utf8')) as About

describe('a sidecar', () => {
  it('says what the file is, whose it is and by which rules it was made', async () => {
    const data = await study()
    await exportLabels(data, 'cifar10h-raw', out)
    expect(about()).toEqual({
      program: 'Second Guess',
      version: 1,
      made: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      format: 'cifar10h-raw',
      rows: 28,
      formulas: 'neutralized',
      labels: {
        name: 'my study',
        source: 'A study',
        digest: digestLabels(data),
        licence: 'CC BY 4.0',
        citation: 'Me, 2026.',
      },
      images: {
        name: 'things',
        count: 9,
        classes: data.imageSet?.classes,
        digest: DIGEST,
        licence: 'CC0',
        citation: 'Things, 2026.',
      },
      rules: {
        threshold: 0.6,
        byHand: [
          { annotator: 'good', verdict: 'exclude', reason: 'asked for it' },
          { annotator: 'bad', verdict: 'include', reason: 'the checks were ambiguous' },
        ],
      },
    })
  })

  it('puts down as decided by hand whatever the rule does not explain, and nothing else', async () => {
    const byHand = async (excluded: number[], threshold?: number): Promise<unknown> => {
      await exportLabels(await study(excluded, { verdicts: [], threshold }), 'tidy', out)
      return about().rules
    }
    expect(await byHand([0, 0, 1, 0])).toEqual({ threshold: 0.75, byHand: [] })
    expect(await byHand([0, 0, 0, 0], 0.5)).toEqual({ threshold: 0.5, byHand: [] })
    const unknown = (annotator: string, verdict: string) => ({ annotator, verdict, reason: NOT_RECORDED })
    expect(await byHand([0, 0, 0, 1], 0.75)).toEqual({
      threshold: 0.75,
      byHand: [unknown('bad', 'include'), unknown('unchecked', 'exclude')],
    })
    // A verdict that the table does not bear out is not written.
    const taken = await study([0, 0, 1, 0], { threshold: 0.75 })
    await exportLabels(taken, 'tidy', out)
    expect(about().rules?.byHand).toEqual([])
  })

  it.each(['cifar10h-raw', 'tidy', 'jsonl', 'counts', 'probs'] as const)(
    'lets %s come home to the last cell',
    async (format) => {
      const data = await study()
      const { rows } = await exportLabels(data, format, out)
      expect(rows).toBe(format === 'counts' || format === 'probs' ? 9 : 28)
      const set = await labelsAt(out)
      expect(set).toMatchObject({
        imageSet: 'things',
        imageSetDigest: DIGEST,
        images: 9,
        classes: data.imageSet?.classes,
        source: 'A study',
        licence: 'CC BY 4.0',
        citation: 'Me, 2026.',
        threshold: 0.6,
      })
      expect(set.counts).toEqual(format === 'probs' ? null : data.counts)
      expect(set.probabilities).toEqual(data.probabilities)
      if (set.annotators) expect(set.annotators.excluded).toEqual(Uint8Array.of(1, 0, 0, 0))
      expect(set.report.find((line) => line.startsWith('Its sidecar says'))).toMatch(
        /the label set my study over things \(9 images\), exported on 2/,
      )
      expect(set.report).toContain('good is excluded by hand: asked for it')
    },
  )

  it('carries other numbers of classes than ten, in every format', async () => {
    const classes = ['yes', 'no', 'perhaps']
    const data = await study()
    if (!data.judgments || !data.annotators) throw new Error('no judgments')
    const few = (column: Uint8Array): Uint8Array => column.map((c) => c % 3)
    const judgments = { ...data.judgments, truth: few(data.judgments.truth), chosen: few(data.judgments.chosen) }
    const { counts } = aggregate(judgments, data.annotators.excluded, 9, 3)
    const imageSet = { name: 'doubts', count: 9, classes, licence: null, citation: null }
    const small = { ...data, imageSet, judgments, counts, probabilities: countsToProbabilities(counts, 3) }
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl', 'counts', 'probs'] as const) {
      await exportLabels(small, format, out)
      const set = await labelsAt(out)
      expect(set.probabilities).toEqual(small.probabilities)
      expect(set.classes).toEqual(classes)
    }
    await exportLabels(small, 'tidy', out)
    writeFileSync(out, readFileSync(out, 'utf8').replace('good,0,0,test_0.png,0,0', 'good,0,0,test_0.png,0,3'))
    const error = await refusal(readPath(out))
    expect(error).toMatchObject({ file: out, place: 'row 1 (line 2), column chosen' })
    expect(error.message).toContain(`Label 3 is outside 0 to 2, the classes that ${aboutPath(out)} names.`)
  })

  it('says where the distributions were more than the counts of judgments', async () => {
    const data = await study()
    await exportLabels({ ...data, digest: DIGEST }, 'jsonl', out)
    expect((await labelsAt(out)).report.at(-1)).toBe('The distributions differ from those of the exported label set.')
  })

  it('travels in a zip beside its file', async () => {
    await exportLabels(await study(), 'cifar10h-raw', out)
    const zip = zipSync({ 'a/raw.csv.about.json': readFileSync(aboutPath(out)), 'a/raw.csv': readFileSync(out) })
    expect(await labelsAt(folder.file('both.zip', zip))).toMatchObject({ imageSet: 'things', images: 9 })
    const broken = zipSync({ 'raw.csv.about.json': Buffer.from('{'), 'raw.csv': readFileSync(out) })
    const path = folder.file('broken.zip', broken)
    expect(await refusal(readPath(path))).toMatchObject({ file: `${path}: raw.csv.about.json` })
  })

  it('is left out of what is to be read when its file is there too', () => {
    expect(withoutSidecars(['a/x.csv', 'a/x.csv.about.json', 'b/x.csv.about.json', './a/y', 'a/y.about.json'])).toEqual(
      ['a/x.csv', 'b/x.csv.about.json', './a/y'],
    )
  })
})

describe('a sidecar that does not fit is refused by its name', () => {
  beforeEach(async () => {
    await exportLabels(await study(), 'cifar10h-raw', out)
  })
  const change = (edit: (about: Record<string, Record<string, unknown>>) => unknown): void => {
    const content = about() as unknown as Record<string, Record<string, unknown>>
    const edited = edit(content) ?? content
    writeFileSync(aboutPath(out), typeof edited === 'string' ? edited : JSON.stringify(edited))
  }

  it.each<[string, (about: Record<string, Record<string, unknown>>) => unknown, string, RegExp]>([
    ['not JSON', () => '{"program": ', 'content', /not JSON/],
    ['empty', () => ' ', 'content', /not JSON/],
    ['not an object', () => '[]', 'key (top)', /object/],
    ['a key that is unknown', (a) => ({ ...a, more: 1 }), 'key (top)', /more/],
    ['a nested key that is unknown', (a) => void (a['images'] = { ...a['images'], colour: 1 }), 'key images', /colour/],
    ['a key that is missing', ({ rows: _, ...a }) => a, 'key rows', /number/],
    ['another program', (a) => ({ ...a, program: 'Paint' }), 'key program', /Second Guess/],
    ['a later version', (a) => ({ ...a, version: 2 }), 'key version', /1/],
    ['a threshold above 1', (a) => ({ ...a, rules: { threshold: 75, byHand: [] } }), 'key rules.threshold', /1/],
    ['another format', (a) => ({ ...a, format: 'tidy' }), 'key format', /format tidy; this one is cifar10h-raw/],
    ['other rows', (a) => ({ ...a, rows: 29 }), 'key rows', /29 rows; this one has 28/],
    [
      'too few images',
      (a) => void (a['images'] = { ...a['images'], count: 3 }),
      'key images.count',
      /3 images; the file has a judgment of image 3/,
    ],
    [
      'an unknown annotator',
      (a) => ({ ...a, rules: { threshold: 0.6, byHand: [{ annotator: 'eve', verdict: 'exclude', reason: '' }] } }),
      'key rules.byHand.0',
      /no annotator eve/,
    ],
    [
      'an annotator twice',
      (a) => ({
        ...a,
        rules: { threshold: 0.6, byHand: [1, 2].map(() => ({ annotator: 'bad', verdict: 'exclude', reason: '' })) },
      }),
      'key rules.byHand',
      /bad is there twice/,
    ],
  ])('%s', async (_, edit, place, message) => {
    change(edit)
    const error = await refusal(readPath(out))
    expect(error).toMatchObject({ kind: 'bad-file', file: aboutPath(out), place })
    expect(error.message).toMatch(message)
  })

  it('a verdict that the file contradicts', async () => {
    await exportLabels(await study(), 'tidy', out)
    writeFileSync(out, readFileSync(out, 'utf8').replaceAll(/^(good,.*),1,(\d+,\d+)$/gm, '$1,0,$2'))
    const error = await refusal(readPath(out))
    expect(error).toMatchObject({ file: aboutPath(out), place: 'key rules.byHand.0' })
    expect(error.message).toBe('It says exclude about good, who is marked as kept in the file.')
  })

  it.each<[ExportFormat, number]>([
    ['counts', 8],
    ['probs', 8],
  ])('an array of another size (%s)', async (format) => {
    await exportLabels(await study(), format, out)
    change((a) => void (a['images'] = { ...a['images'], count: 8 }))
    expect(await refusal(readPath(out))).toMatchObject({ file: aboutPath(out), place: 'key images' })
    change((a) => void (a['images'] = { ...a['images'], count: 9, classes: ['yes', 'no'] }))
    expect((await refusal(readPath(out))).message).toContain('9 images of 2 classes; the array has the shape (9, 10)')
  })

  it('a folder in its place', async () => {
    const path = folder.file('lonely.csv', rawText(fourPeople()))
    mkdirSync(aboutPath(path))
    expect(await refusal(readPath(path))).toMatchObject({ file: aboutPath(path), message: 'It is a folder.' })
  })

  it('and the data are read as before once it is gone', async () => {
    const path = folder.file('alone.csv', readFileSync(out))
    expect(await labelsAt(path)).toMatchObject({
      imageSet: null,
      images: 4,
      annotators: { excluded: Uint8Array.of(0, 0, 1, 0) },
    })
  })
})

describe.skipIf(!PYTHON)('NumPy', () => {
  const program = `
import numpy as np, json, sys, io
a = np.load(sys.argv[1])
b = io.BytesIO(); np.save(b, a)
print(json.dumps([str(a.dtype), list(a.shape), a.ravel().tolist(), b.getvalue() == open(sys.argv[1], 'rb').read()]))`

  it.each(['counts', 'probs'] as const)('loads %s, and would save the very same bytes', async (format) => {
    const data = await study()
    await exportLabels(data, format, out)
    const [dtype, shape, values, same] = JSON.parse(python(program, out)) as [string, number[], number[], boolean]
    expect(dtype).toBe(format === 'counts' ? 'int64' : 'float64')
    expect(shape).toEqual([9, 10])
    expect(values).toEqual(Array.from(format === 'counts' ? (data.counts ?? []) : data.probabilities))
    expect(same).toBe(true)
  })
})
