/** Other versions of a label set: what each method may be given, what is added, what is refused, and the command. */
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { countsToProbabilities } from '../../../src/domain/labels/statistics'
import type { Imported, LabelSetData } from '../../../src/formats/sets/types'
import { aggregateLabels } from '../../../src/main/labels/aggregation'
import { labelSetNamed } from '../../../src/main/labels/labelSets'
import { addToProject } from '../../../src/main/labels/addToProject'
import { readDemo } from '../../../src/main/labels/readSources'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import type { Progress } from '../../../src/domain/progress'
import { StudioError } from '../../../src/domain/errors'
import { AGGREGATIONS } from '../../../src/domain/study'
import { build, cli, json, start } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

async function projectOf(...items: Imported[]): Promise<ProjectStore> {
  const store = openProject(temporaryFolder())
  onTestFinished(() => store.close())
  await addToProject(store, items)
  return store
}

/**
 * Image 0: ann and ben say 1, cy says 2; image 1: ann and ben say 2, cy 2; image 2: nobody. Ed, excluded, says 9
 * always. Ann's attention check is no judgment of an image.
 */
function judged(name = 'judged'): LabelSetData {
  const rows: [annotator: number, image: number, chosen: number][] = [
    [0, 0, 1],
    [0, 1, 2],
    [0, -1, 4],
    [1, 0, 1],
    [1, 1, 2],
    [2, 0, 2],
    [2, 1, 2],
    [3, 0, 9],
    [3, 1, 9],
  ]
  const images = 3
  const counts = new Uint32Array(images * 10)
  counts.set([0, 2, 1], 0)
  counts.set([0, 0, 3], 10)
  const column = (at: 0 | 1 | 2) => rows.map((row) => row[at])
  return {
    ...someLabels(images, name, 'some-images'),
    format: 'cifar10h-raw',
    licence: 'CC BY-NC-SA 4.0',
    citation: 'Peterson et al. 2019',
    counts,
    probabilities: countsToProbabilities(counts, 10),
    judgments: {
      count: rows.length,
      annotator: Int32Array.from(column(0)),
      trial: new Int32Array(rows.length),
      image: Int32Array.from(column(1)),
      // As `someImages` publishes them.
      truth: Uint8Array.from(rows, ([, image]) => Math.max(0, image)),
      chosen: Uint8Array.from(column(2)),
      isCheck: Uint8Array.from(rows, ([, image]) => Number(image < 0)),
      reactionTimeMs: new Float64Array(rows.length).fill(900),
      elapsedMs: new Float64Array(rows.length),
      file: new Int32Array(rows.length),
      files: [''],
      session: null,
    },
    annotators: {
      code: ['ann', 'ben', 'cy', 'ed'],
      checks: Int32Array.of(1, 0, 0, 0),
      checksCorrect: Int32Array.of(1, 0, 0, 0),
      excluded: Uint8Array.of(0, 0, 0, 1),
      layout: null,
    },
  }
}

const rowOf = (store: ProjectStore, name: string, image: number) => {
  const { probabilities } = store.labelSets.arrays(labelSetNamed(store, name).id)
  return Array.from(probabilities.subarray(image * 10, image * 10 + 10))
}
const names = (store: ProjectStore) => store.labelSets.list().map(({ name }) => name)

describe('a set with single judgments', () => {
  test('majority and weighted votes as by hand; checks and excluded people have no vote', async () => {
    const store = await projectOf(someImages(3), judged())
    await aggregateLabels(store, 'judged', 'majority')
    expect(rowOf(store, 'judged-majority', 0)).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    // Ann and ben always agree with the majority, cy on one image of two: image 0 is 2 against a half.
    await aggregateLabels(store, 'judged', 'wawa')
    const [, one, two] = rowOf(store, 'judged-wawa', 0)
    expect(one).toBeCloseTo(2 / 2.5, 12)
    expect(two).toBeCloseTo(0.5 / 2.5, 12)
    expect(rowOf(store, 'judged-wawa', 1)[2]).toBe(1)
  })

  test.each(AGGREGATIONS)(
    '%s is added beside it: same images, licence and citation, no copy of the judgments',
    async (method) => {
      const store = await projectOf(someImages(3), judged())
      const told: Progress[] = []
      const item = await aggregateLabels(store, 'judged', method, { onProgress: (progress) => told.push(progress) })
      expect(item).toMatchObject({ name: `judged-${method}`, kind: 'labels', format: 'aggregate', count: 3 })
      const set = labelSetNamed(store, `judged-${method}`)
      expect(set).toMatchObject({
        imageSet: 'some-images',
        images: 3,
        annotators: null,
        licence: 'CC BY-NC-SA 4.0',
        citation: 'Peterson et al. 2019',
      })
      expect(set.source).toContain('judged')
      expect(set.report.join(' ')).toMatch(/\w+/)
      expect(store.labelSets.judgments.has(set.id)).toBe(false)
      expect(set.judgments).toBe(method === 'counts' ? 6 : null)
      for (let image = 0; image < 3; image++)
        expect(rowOf(store, set.name, image).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
      expect(rowOf(store, set.name, 2)).toEqual(Array<number>(10).fill(0.1))
      expect(told.length).toBeGreaterThan(0)
      // The set it was made of is as it was.
      expect(labelSetNamed(store, 'judged')).toMatchObject({ judgments: 6, annotators: 4, excluded: 1 })
      expect(store.labelSets.judgments.count(labelSetNamed(store, 'judged').id)).toBe(9)
    },
  )

  test('counts gives the distributions the import gave, to the bit', async () => {
    const store = await projectOf(...readDemo(3, 200))
    await aggregateLabels(store, 'demo-people', 'counts')
    const [made, first] = ['demo-people-counts', 'demo-people'].map((name) =>
      store.labelSets.arrays(labelSetNamed(store, name).id),
    )
    expect(made).toEqual(first)
  })

  test('the same result again is not added twice; another one of its name gets a number', async () => {
    const store = await projectOf(someImages(3), judged(), { ...someLabels(3, 'judged-majority', 'some-images') })
    expect((await aggregateLabels(store, 'judged', 'majority')).name).toBe('judged-majority-2')
    const again = await aggregateLabels(store, 'judged', 'majority')
    expect(again.name).toBe('judged-majority-2')
    expect(again.report[0]).toMatch(/Already in the project/)
    expect(names(store)).toEqual(['judged', 'judged-majority', 'judged-majority-2'])
  })

  test('labels whose images are not there yet can be aggregated too', async () => {
    const store = await projectOf({ ...judged(), imageSet: 'later' })
    expect((await aggregateLabels(store, 'judged', 'dawid-skene')).count).toBe(3)
    expect(labelSetNamed(store, 'judged-dawid-skene').imageSet).toBe('later')
  })
})

describe('a set with counts alone', () => {
  test('can be counted and voted on', async () => {
    const store = await projectOf(someImages(), someLabels())
    await aggregateLabels(store, 'some-labels', 'majority')
    expect(rowOf(store, 'some-labels-majority', 13)).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    await aggregateLabels(store, 'some-labels', 'counts')
    expect(rowOf(store, 'some-labels-counts', 13)).toEqual([0, 0, 0, 0.8, 0.2, 0, 0, 0, 0, 0])
  })

  test.each(['dawid-skene', 'mace', 'wawa'] as const)(
    '%s is refused with a hint, and nothing changes',
    async (method) => {
      const store = await projectOf(someImages(), someLabels())
      const error = await aggregateLabels(store, 'some-labels', method).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StudioError)
      expect((error as StudioError).message).toMatch(/some-labels holds no single judgments/)
      expect((error as StudioError).where.hint).toMatch(/counts or majority/)
      expect(names(store)).toEqual(['some-labels'])
    },
  )
})

test('probabilities alone, versions of versions and sets that are not there are refused', async () => {
  const store = await projectOf(someImages(3), judged(), { ...someLabels(3, 'shares', 'some-images'), counts: null })
  await expect(aggregateLabels(store, 'shares', 'counts')).rejects.toThrow(/probabilities alone/)
  await aggregateLabels(store, 'judged', 'majority')
  const error = await aggregateLabels(store, 'judged-majority', 'mace').catch((thrown: unknown) => thrown)
  expect((error as StudioError).where.hint).toMatch(/the label set it was made of/)
  await expect(aggregateLabels(store, 'nowhere', 'counts')).rejects.toThrow(/no label set nowhere/)
})

test('aborted, it leaves no trace', async () => {
  const store = await projectOf(someImages(3), judged())
  const abort = new AbortController()
  const stopped = aggregateLabels(store, 'judged', 'majority', { signal: abort.signal })
  abort.abort()
  await expect(stopped).rejects.toThrow()
  expect(names(store)).toEqual(['judged'])
  expect(store.claims.holder(`import:${process.pid}`)).toBeNull()
})

describe('the command', () => {
  beforeAll(build, 300_000)

  async function folderOf(...items: Imported[]): Promise<string> {
    const folder = join(temporaryFolder(), 'project')
    const store = openProject(folder)
    await addToProject(store, items)
    store.close()
    return folder
  }

  test('prints name, images and mean entropy, and always starts from the newest set with judgments', async () => {
    const project = await folderOf(someImages(3), judged(), { ...someLabels(3, 'newer', 'some-images') })
    const third = -(2 / 3) * Math.log(2 / 3) - (1 / 3) * Math.log(1 / 3)
    expect(json('aggregate', '--project', project, '--method', 'counts')).toEqual({
      name: 'judged-counts',
      images: 3,
      // Of the two images that were judged; the second is unanimous.
      meanEntropyNats: expect.closeTo(third / 2, 12) as number,
    })
    expect(json('aggregate', '--project', project, '--method', 'mace')).toMatchObject({ name: 'judged-mace' })
    expect(json('aggregate', '--project', project, '--method', 'counts')).toMatchObject({ name: 'judged-counts' })
    expect(json('aggregate', '--project', project, '--method', 'majority', '--labels', 'newer')).toMatchObject({
      name: 'newer-majority',
      meanEntropyNats: 0,
    })
  })

  test('without single judgments anywhere it starts from what was imported, not from its own results', async () => {
    const project = await folderOf(someImages(), someLabels())
    json('aggregate', '--project', project, '--method', 'counts')
    expect(json('aggregate', '--project', project, '--method', 'majority')).toMatchObject({
      name: 'some-labels-majority',
    })
    const { code, stdout, last } = cli('aggregate', '--project', project, '--method', 'mace', '--json')
    expect([code, stdout]).toEqual([1, ''])
    expect(last).toMatch(/some-labels holds no single judgments/)
  })

  test('Ctrl+C ends it and adds nothing', async () => {
    const project = await folderOf(...readDemo(5, 4000))
    const child = start('aggregate', '--project', project, '--method', 'mace')
    await once(child.stderr as Readable, 'data')
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(1)
    const store = openProject(project)
    onTestFinished(() => store.close())
    expect(names(store)).toEqual(['demo-people'])
  })

  test('an unknown method is wrong usage; an unknown set and an empty project are refused', async () => {
    const project = await folderOf(someImages())
    expect(cli('aggregate', '--project', project, '--method', 'median').code).toBe(2)
    expect(cli('aggregate', '--project', project).code).toBe(2)
    expect(cli('aggregate', '--project', project, '--method', 'counts')).toMatchObject({ code: 1 })
    expect(cli('aggregate', '--project', project, '--method', 'counts', '--labels', 'x').last).toMatch(/no label set x/)
    expect(cli('aggregate', '--help').stdout).toMatch(/newest label set that holds single judgments/)
  })
})
