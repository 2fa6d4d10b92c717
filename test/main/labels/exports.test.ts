/** Label sets out of one project and into another: where labels find their images again, with a sidecar and without. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aboutPath, type About } from '../../../src/formats/sets/about'
import { digestImages } from '../../../src/formats/sets/digest'
import { NOT_RECORDED } from '../../../src/formats/sets/rules'
import type { ImageSetData, LabelSetData } from '../../../src/formats/sets/types'
import { EXPORT_FORMATS, exportLabelSet } from '../../../src/main/labels/exports'
import { addToProject } from '../../../src/main/labels/addToProject'
import { readAll } from '../../../src/main/labels/readSources'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import type { Imported } from '../../../src/formats/sets/types'
import { NO_LABEL } from '../../../src/domain/labels/judgments'
import { fourPeople, rawText } from '../../support/raw'
import { digests } from '../program'
import { someImages, temporaryFolder } from '../temporary'
import { expectEvery } from '../../support/every'

function project(): ProjectStore {
  const store = openProject(temporaryFolder())
  onTestFinished(() => store.close())
  return store
}

/** A project with 20 images, of which four people judged the first four; the study is called `raw`. */
async function partial(
  rules: Pick<LabelSetData, 'threshold' | 'verdicts'> = {},
): Promise<{ store: ProjectStore; folder: string; counts: Uint32Array }> {
  const folder = temporaryFolder()
  const raw = join(folder, 'raw.csv')
  writeFileSync(raw, rawText(fourPeople()))
  const store = project()
  const labels = (await readAll([raw], {})).map((item) => ({ ...item, ...rules }))
  await addToProject(store, [someImages(20, 'twenty'), ...labels])
  const { counts } = store.labelSets.arrays(store.labelSets.find('raw')?.id ?? 0)
  return { store, folder, counts: counts ?? new Uint32Array(0) }
}

/** Exports `raw` and reads it again, alone or with its sidecar. */
async function passedOn(format: (typeof EXPORT_FORMATS)[number], alone: boolean): Promise<Imported[]> {
  const { store, folder } = await partial()
  const out = join(folder, 'passed')
  await exportLabelSet(store, 'raw', format, out)
  if (alone) rmSync(aboutPath(out))
  return readAll([out], {})
}

const shifted = (images: ImageSetData): ImageSetData => ({ ...images, labels: images.labels.map((c) => (c + 1) % 10) })

async function into(items: Imported[], ...images: ImageSetData[]) {
  const store = project()
  const added = await addToProject(store, [...items, ...images])
  const set = store.labelSets.list()[0]
  if (!set) throw new Error('no label set')
  return { store, added, set, ...store.labelSets.arrays(set.id) }
}

describe('a study of some of the images', () => {
  test('is padded to the only image set it fits', async () => {
    const { store, counts } = await partial()
    expect(store.labelSets.find('raw')).toMatchObject({ imageSet: 'twenty', images: 20, judgments: 12 })
    expect(counts).toHaveLength(200)
    expect(Array.from(counts.subarray(0, 40)).filter((n) => n > 0)).toEqual([3, 3, 3, 3])
    expectEvery(counts.subarray(40), (n) => n === 0)
    const report = store.labelSets.find('raw')?.report
    expect(report).toContain('It names no image set and fits twenty alone, which has 20 images.')
    expect(report).toContain('16 images have no judgment; their distribution is uniform.')
    const { probabilities } = store.labelSets.arrays(1)
    expectEvery(probabilities.subarray(40), (p) => p === 0.1)
  })

  test.each(['cifar10h-raw', 'tidy', 'jsonl'] as const)(
    'comes home as %s, alone and with its sidecar',
    async (format) => {
      const { counts } = await partial()
      for (const alone of [true, false]) {
        const home = await into(await passedOn(format, alone), someImages(20, 'twenty'))
        expect(home.set).toMatchObject({ imageSet: 'twenty', images: 20, annotators: 4, excluded: 1 })
        expect(home.counts).toEqual(counts)
        // Published as something else, a larger set is none of its own.
        const other = await into(
          await passedOn(format, alone),
          shifted(someImages(30, 'thirty')),
          someImages(20, 'twenty'),
        )
        expect(other.counts).toEqual(counts)
      }
    },
  )

  test('is refused where two image sets fit, by their names; its sidecar tells them apart', async () => {
    const sets = [someImages(20, 'twenty'), someImages(30, 'thirty')]
    await expect(into(await passedOn('tidy', true), ...sets)).rejects.toMatchObject({
      kind: 'bad-file',
      message: expect.stringMatching(/fits several image sets \((twenty, thirty)\)/) as string,
    })
    expect((await into(await passedOn('tidy', false), ...sets)).set.imageSet).toBe('twenty')
  })

  test('prefers the image set of exactly its size, unless that was published otherwise', async () => {
    const alone = await passedOn('cifar10h-raw', true)
    expect((await into(alone, someImages(20, 'twenty'), someImages(4, 'four'))).set).toMatchObject({
      imageSet: 'four',
      images: 4,
    })
    expect((await into(alone, someImages(20, 'twenty'), shifted(someImages(4, 'four')))).set.imageSet).toBe('twenty')
  })

  test('is refused where no image set fits, with the first row that says so', async () => {
    const alone = await passedOn('cifar10h-raw', true)
    await expect(into(alone, shifted(someImages(20, 'twenty')))).rejects.toMatchObject({
      kind: 'bad-file',
      where: { place: 'row 1' },
      message: 'It fits no image set. It says that image 0 was published as class 0, in twenty it is class 1.',
    })
    await expect(into(alone, someImages(3, 'three'))).rejects.toThrow(/no image set of that size or larger/)
    await expect(into(alone)).rejects.toThrow(/no image set of that size or larger/)
    // What nobody published contradicts nobody.
    const silent = { ...someImages(20, 'silent'), labels: new Uint8Array(20).fill(NO_LABEL) }
    expect((await into(alone, silent)).set.imageSet).toBe('silent')
  })
})

describe('with a sidecar', () => {
  test('labels find their images under another name, and wait for those that are not there', async () => {
    const [labels] = await passedOn('counts', false)
    if (labels?.kind !== 'labels') throw new Error('no labels')
    expect(labels.imageSetDigest).toBe(digestImages(someImages(20, 'twenty')))
    expect((await into([labels], { ...someImages(20, 'others'), name: 'mine' })).set.imageSet).toBe('mine')
    expect((await into([labels])).set).toMatchObject({ imageSet: 'twenty', images: 20 })
  })

  test('labels are not put on other images of the same name', async () => {
    const labels = await passedOn('probs', false)
    const error = into(labels, someImages(20, 'twenty', 1))
    await expect(error).rejects.toMatchObject({ kind: 'bad-file' })
    await expect(error).rejects.toThrow('is about other images than those of twenty')
  })

  test('a file and its sidecar can be given together, and the sidecar alone is refused', async () => {
    const { store, folder } = await partial()
    const out = join(folder, 'out.csv')
    await exportLabelSet(store, 'raw', 'tidy', out)
    expect(await readAll([aboutPath(out), out], {})).toHaveLength(1)
    await expect(readAll([aboutPath(out)], {})).rejects.toThrow(/import the file it lies beside/)
  })

  test('the same label set is already there, byte for byte', async () => {
    const { store, folder } = await partial()
    const out = join(folder, 'raw.csv')
    await exportLabelSet(store, 'raw', 'cifar10h-raw', out)
    const [again] = await addToProject(store, await readAll([out], {}))
    expect(again?.report[0]).toMatch(/Already in the project/)
    expect(store.labelSets.list()).toHaveLength(1)
  })
})

describe('rules', () => {
  const about = (out: string): About => JSON.parse(readFileSync(aboutPath(out), 'utf8')) as About

  test('that the project knows are in the sidecar; exclusions without one are kept all the same', async () => {
    const verdicts = [{ annotator: 'bad', verdict: 'exclude' as const, reason: 'asked to be forgotten' }]
    const decided = await partial({ threshold: 0.4, verdicts })
    const first = join(decided.folder, 'out.csv')
    await exportLabelSet(decided.store, 'raw', 'cifar10h-raw', first)
    expect(about(first).rules).toEqual({ threshold: 0.4, byHand: verdicts })
    const { store, folder } = await partial({ threshold: 0.4 })
    const out = join(folder, 'out.csv')
    await exportLabelSet(store, 'raw', 'cifar10h-raw', out)
    expect(about(out).rules?.byHand).toEqual([{ annotator: 'bad', verdict: 'exclude', reason: NOT_RECORDED }])
    const home = await into(await readAll([out], {}), someImages(20, 'twenty'))
    expect(home.counts).toEqual((await partial()).counts)
  })

  test('licences and citations of labels and of images go along and come back', async () => {
    const store = project()
    const images = { ...someImages(), licence: 'CC0', citation: 'Pictures, 2020.' }
    const items = await passedOn('tidy', true)
    const labels = { ...(items[0] as LabelSetData), name: 'people', licence: 'CC BY 4.0', citation: 'People, 2021.' }
    await addToProject(store, [images, labels])
    const out = join(temporaryFolder(), 'out')
    for (const format of EXPORT_FORMATS) {
      await exportLabelSet(store, 'people', format, out)
      expect(about(out)).toMatchObject({
        labels: { name: 'people', licence: 'CC BY 4.0', citation: 'People, 2021.' },
        images: { name: 'some-images', count: 20, licence: 'CC0', citation: 'Pictures, 2020.' },
      })
      const home = await into(await readAll([out], {}), someImages())
      expect(home.set).toMatchObject({ licence: 'CC BY 4.0', citation: 'People, 2021.' })
    }
  })
})

test('a cancelled import or export leaves project and folder as they were', async () => {
  const { store, folder } = await partial()
  const out = join(folder, 'out.csv')
  const before = digests(folder)
  await expect(exportLabelSet(store, 'raw', 'jsonl', out, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'cancelled',
  })
  expect(digests(folder)).toEqual(before)
  expect(existsSync(aboutPath(out))).toBe(false)
  await exportLabelSet(store, 'raw', 'jsonl', out)
  const abort = new AbortController()
  const reading = readAll([out], { signal: abort.signal, onProgress: () => abort.abort() })
  await expect(reading).rejects.toMatchObject({ kind: 'cancelled' })
  expect(store.labelSets.list()).toHaveLength(1)
})

test('what sessions know goes through the project and out again, field by field', async () => {
  const [given] = (await passedOn('tidy', true)) as [LabelSetData]
  const { judgments, annotators } = given
  if (!judgments || !annotators) throw new Error('no judgments')
  const n = judgments.count
  const layout = Array.from({ length: 10 }, (_, c) => (c * 3) % 10)
  const session = {
    slot: Uint8Array.from({ length: n }, (_, j) => (j % 4 === 3 ? 255 : j % 10)),
    onsetMs: Float64Array.from({ length: n }, (_, j) => j * 1000.1),
    answeredAt: Float64Array.from({ length: n }, (_, j) => (j % 5 === 4 ? 0 : 1_764_000_000_000 + j)),
    focusLosses: Uint16Array.from({ length: n }, (_, j) => j),
  }
  const labels = {
    ...given,
    name: 'sessions',
    judgments: { ...judgments, session },
    annotators: { ...annotators, layout: [layout, null, layout, null] },
  }
  const store = project()
  await addToProject(store, [someImages(20, 'twenty'), labels])
  for (const format of ['tidy', 'jsonl'] as const) {
    const out = join(temporaryFolder(), 'out')
    await exportLabelSet(store, 'sessions', format, out)
    const [again] = (await readAll([out], {})) as LabelSetData[]
    expect(again?.judgments).toEqual(labels.judgments)
    expect(again?.annotators).toEqual(labels.annotators)
  }
})
