import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LabelSetData } from '../../src/formats/sets/types'
import { aboutPath, type ExportFormat } from '../../src/formats/sets/about'
import { readPath } from '../../src/formats/read'
import { writeAtomically, writeTogether } from '../../src/formats/write/atomic'
import { exportLabels } from '../../src/formats/write/labels'
import { fourPeople, rawText } from '../support/raw'
import { contents, refusal, temporaryFolder } from '../support/temporary'
import { exportData, exported, exportedAlone, labelsAt } from './exporting'

const folder = temporaryFolder()
const FORMATS: ExportFormat[] = ['cifar10h-raw', 'tidy', 'jsonl', 'counts', 'probs']

const study = (): Promise<LabelSetData> => labelsAt(folder.file('study.csv', rawText(fourPeople())))

/** An empty folder of its own. */
let places = 0
function place(): string {
  const path = join(folder.path, `place${places++}`)
  mkdirSync(path)
  return path
}

describe('exports', () => {
  it('writes the raw file back byte for byte', async () => {
    const out = join(folder.path, 'raw.csv')
    expect(await exported('cifar10h-raw', out, await study())).toBe(28)
    expect(readFileSync(out, 'utf8')).toBe(rawText(fourPeople()))
  })

  it('names images without a name by their index, and unnamed checks apart from them', async () => {
    const set = await study()
    const judgments = set.judgments && { ...set.judgments, files: set.judgments.files.map(() => '') }
    const out = join(folder.path, 'unnamed.csv')
    await exportedAlone('cifar10h-raw', out, { ...set, judgments })
    const lines = readFileSync(out, 'utf8').trim().split('\n')
    expect(lines[3]).toContain(',2,test_2.png,bird,')
    const checks = lines.filter((line) => line.split(',')[2] === '1').map((line) => line.split(',')[9] ?? '')
    expect(checks).toHaveLength(12)
    expect(new Set(checks).size).toBe(12)
    checks.forEach((name) => expect(name).toMatch(/^check_\d+\.png$/))
    expect((await labelsAt(out)).counts).toEqual(set.counts)
  })

  it('writes images that nobody labelled with the published word for nothing, and reads them', async () => {
    const set = await study()
    const judgments = set.judgments && { ...set.judgments, truth: set.judgments.truth.map(() => 255) }
    const out = join(folder.path, 'unlabelled.csv')
    await exportedAlone('cifar10h-raw', out, { ...set, judgments })
    expect(readFileSync(out, 'utf8').split('\n')[1]).toBe('good,0,0,,airplane,-99999,0,0,0,test_0.png,,900,1000')
    const again = await labelsAt(out)
    expect(again.judgments?.truth).toEqual(judgments?.truth)
    // Without the right answers nobody passes a check.
    expect(Array.from(again.annotators?.excluded ?? [])).toEqual([1, 1, 1, 0])
  })

  it('keeps a person’s own exclusions in the tidy file', async () => {
    const set = await study()
    const annotators = set.annotators && { ...set.annotators, excluded: Uint8Array.from([1, 0, 0, 0]) }
    const out = join(folder.path, 'tidy.csv')
    await exportedAlone('tidy', out, { ...set, annotators })
    expect(readFileSync(out, 'utf8').split('\n').slice(0, 2)).toEqual([
      'annotator,trial,image,file,truth,chosen,check,excluded,reaction_time_ms,elapsed_ms',
      'good,0,0,test_0.png,0,0,0,1,900,1000',
    ])
    const again = await labelsAt(out)
    expect(again).toMatchObject({ format: 'study', annotators: { excluded: Uint8Array.from([1, 0, 0, 0]) } })
    expect(again.judgments).toEqual(set.judgments)
  })

  it.each(FORMATS)('answers the absolute path and the rows of %s', async (format) => {
    const out = join(place(), 'out')
    const rows = format === 'counts' || format === 'probs' ? 4 : 28
    expect(await exportLabels(exportData(await study()), format, out)).toEqual({ path: out, rows })
    expect(contents(join(out, '..'))).toEqual(['out', 'out.about.json'])
  })

  it('refuses to invent judgments or counts', async () => {
    const set = { ...(await study()), judgments: null, annotators: null }
    const out = join(place(), 'none.csv')
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl'] as const) {
      await expect(exported(format, out, set)).rejects.toMatchObject({ kind: 'bad-input' })
    }
    await expect(exported('counts', out, { ...set, counts: null })).rejects.toMatchObject({ kind: 'bad-input' })
    expect(contents(join(out, '..'))).toEqual([])
  })

  it('refuses two annotators of one name, whom the file could not tell apart', async () => {
    const set = await study()
    const annotators = set.annotators && { ...set.annotators, code: ['good', 'edge', 'good', 'unchecked'] }
    const out = join(place(), 'out')
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl'] as const) {
      await expect(exported(format, out, { ...set, annotators })).rejects.toThrow('Two annotators are called good')
    }
    await exported('counts', out, { ...set, annotators })
  })

  it('refuses tables that do not belong together, and times that no file can hold', async () => {
    const set = await study()
    const out = join(place(), 'out')
    const data = exportData(set)
    const imageSet = { name: 'more', count: 5, classes: null, licence: null, citation: null }
    await expect(exportLabels({ ...data, imageSet }, 'counts', out)).rejects.toThrow(/do not fit the image set more/)
    const judgments = set.judgments && { ...set.judgments, reactionTimeMs: set.judgments.elapsedMs.map(() => Infinity) }
    for (const format of ['cifar10h-raw', 'tidy', 'jsonl'] as const) {
      await expect(exportLabels({ ...data, judgments }, format, out)).rejects.toThrow(/A time of Infinity ms/)
    }
    expect(contents(join(out, '..'))).toEqual([])
  })
})

describe('complete or absent', () => {
  it('leaves the old file and no other when it fails', async () => {
    const here = place()
    const out = join(here, 'out.csv')
    writeFileSync(out, 'old')
    await expect(
      writeAtomically(out, async (file) => {
        await file.write('half')
        throw new Error('no more')
      }),
    ).rejects.toMatchObject({ kind: 'internal' })
    expect(contents(here)).toEqual(['out.csv'])
    expect(readFileSync(out, 'utf8')).toBe('old')
  })

  it.each(FORMATS)('leaves both old files when an export as %s is cancelled at any moment', async (format) => {
    const here = place()
    const out = join(here, 'out')
    await exported('tidy', out, await study())
    const before = contents(here).map((name) => readFileSync(join(here, name), 'utf8'))
    const data = exportData(await study())
    let asked = 0
    for (let moment = 1; ; moment++) {
      asked = 0
      // A signal that is aborted when it is asked for the n-th time: every moment at which it is heard.
      const signal = {
        get aborted() {
          return ++asked >= moment
        },
      } as AbortSignal
      const done = await exportLabels(data, format, out, { signal }).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ kind: 'cancelled' })
          return false
        },
      )
      if (done) break
      expect(contents(here)).toEqual(['out', 'out.about.json'])
      expect(contents(here).map((name) => readFileSync(join(here, name), 'utf8'))).toEqual(before)
    }
    expect(asked).toBeGreaterThanOrEqual(2)
  })

  it('puts the sidecar back when its file cannot be put in place', async () => {
    const here = place()
    const out = join(here, 'out.csv')
    mkdirSync(out)
    await expect(exported('tidy', out, await study())).rejects.toMatchObject({
      kind: 'bad-input',
      where: { file: out, place: 'path' },
    })
    expect(contents(here)).toEqual(['out.csv'])
    writeFileSync(aboutPath(out), 'what was there')
    await expect(exported('tidy', out, await study())).rejects.toMatchObject({ kind: 'bad-input' })
    expect(contents(here)).toEqual(['out.csv', 'out.csv.about.json'])
    expect(readFileSync(aboutPath(out), 'utf8')).toBe('what was there')
  })

  it('writes no file whose sidecar cannot be written', async () => {
    const here = place()
    const out = join(here, 'out.csv')
    writeFileSync(out, 'old')
    mkdirSync(aboutPath(out))
    await expect(exported('tidy', out, await study())).rejects.toMatchObject({
      kind: 'bad-input',
      where: { file: aboutPath(out) },
    })
    expect(contents(here)).toEqual(['out.csv', 'out.csv.about.json'])
    expect(readFileSync(out, 'utf8')).toBe('old')
  })

  it('says that a disk is full, by the file that found it so', async () => {
    const here = place()
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const targets = [
      { path: join(here, 'a'), write: async () => undefined },
      { path: join(here, 'b'), write: () => Promise.reject(full) },
    ]
    expect(await refusal(writeTogether(targets))).toMatchObject({
      kind: 'bad-input',
      file: join(here, 'b'),
      message: 'The disk is full.',
    })
    expect(contents(here)).toEqual([])
  })

  it('says what is wrong with the place to write to', async () => {
    const out = join(folder.path, 'no', 'such', 'folder.csv')
    await expect(exported('cifar10h-raw', out, await study())).rejects.toMatchObject({
      kind: 'bad-input',
      where: { file: out, place: 'path' },
      message: 'Its folder does not exist.',
    })
    // Permissions do not bind the superuser.
    if (process.getuid?.() === 0) return
    const directory = place()
    chmodSync(directory, 0o500)
    await expect(exported('tidy', join(directory, 'x.csv'), await study())).rejects.toMatchObject({ kind: 'bad-input' })
    expect(existsSync(join(directory, 'x.csv'))).toBe(false)
  })

  it('is not itself taken for data', async () => {
    const out = join(place(), 'out.csv')
    await exported('tidy', out, await study())
    const error = await refusal(readPath(aboutPath(out)))
    expect(error).toMatchObject({ kind: 'bad-file', file: aboutPath(out) })
    expect(error.message).toContain('import the file it lies beside')
  })
})
