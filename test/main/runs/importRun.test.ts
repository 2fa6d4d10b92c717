/** Predictions of another framework as a run: measured, in the gallery and the figures, or refused by file and row. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { figureRows } from '../../../src/domain/results/contrasts'
import { queryGallery } from '../../../src/main/gallery/service'
import { importRun, type ImportedRun } from '../../../src/main/runs/importRun'
import { addToProject } from '../../../src/main/labels/addToProject'
import { mergeInto } from '../../../src/main/cluster/merge'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import type { GalleryQuery } from '../../../src/contract'
import { StudioError } from '../../../src/domain/errors'
import { floats, integers } from '../given'
import { someImages, someLabels, temporaryFolder } from '../temporary'

/** Rows that are `sure` of the label of their image, for images in turn from `first`. */
const rows = (count: number, sure: number, first = 0) =>
  Array.from({ length: count * 10 }, (_, k) => (k % 10 === (Math.floor(k / 10) + first) % 10 ? sure : (1 - sure) / 9))

async function project(folder = temporaryFolder()): Promise<ProjectStore> {
  const store = openProject(folder)
  await addToProject(store, [someImages(), someLabels()])
  return store
}

const given = (predictions: string, change: Partial<ImportedRun> = {}): ImportedRun => ({
  predictions,
  indices: null,
  network: 'theirs',
  target: 'soft',
  imageSet: 'some-images',
  labelSet: null,
  folds: 4,
  fold: 0,
  seed: 0,
  ...change,
})

describe('predictions of another framework', () => {
  test('are a finished run that is measured, shown in the gallery, compared and merged', async () => {
    const store = await project()
    const folder = temporaryFolder()
    const soft = floats(join(folder, 'soft.npy'), [5, 10], rows(5, 0.82, 5))
    const hard = floats(join(folder, 'hard.npy'), [5, 10], rows(5, 0.91, 5))
    const indices = integers(join(folder, 'i.npy'), [5], [5, 6, 7, 8, 9])
    const { run, added } = await importRun(store, given(soft, { indices }))
    expect(added).toBe(true)
    expect(run).toMatchObject({
      state: 'done',
      device: 'imported',
      engine: 'imported',
      config: { network: 'imported:theirs' },
    })
    expect(run.result?.measures['accuracy']).toBe(1)
    expect(run.result?.measures['crossEntropyToPeople']).toBeCloseTo(-0.8 * Math.log(0.82) - 0.2 * Math.log(0.02), 6)
    expect(store.runs.list()).toMatchObject([run])
    // The same again is the same run; other predictions under its name are not.
    expect(await importRun(store, given(soft, { indices }))).toMatchObject({ added: false, run: { id: run.id } })
    await expect(importRun(store, given(hard, { indices }))).rejects.toThrow(/Run 1 is of the same network/)

    const query: GalleryQuery = {
      labelSet: 'some-labels',
      runs: [run.id],
      sort: 'index',
      order: 'ascending',
      filter: 'all',
      classIndex: null,
      offset: 0,
      limit: 20,
    }
    const { items } = await queryGallery(store, query)
    expect(items.filter(({ network }) => network).map(({ index }) => index)).toEqual([5, 6, 7, 8, 9])
    expect(items[5]?.network?.[5]).toBeCloseTo(0.82, 6)
    await importRun(store, given(hard, { indices, target: 'hard' }))
    const row = figureRows(store.runs.list()).find(({ measure }) => measure === 'crossEntropyToLabels')
    expect(row).toMatchObject({ network: 'imported:theirs', pairs: [{ fold: 0 }] })
    expect(row?.difference).toBeCloseTo(Math.log(0.91) - Math.log(0.82), 6)

    const target = await project()
    expect(mergeInto(target, [store.folder])).toMatchObject({ merged: 2, skipped: 0 })
    expect(target.runs.list().map(({ result }) => result)).toEqual(store.runs.list().map(({ result }) => result))
    target.close()
    store.close()
  })

  const bad: [string, (folder: string) => Partial<ImportedRun>, RegExp][] = [
    [
      'a row that does not sum to 1',
      (folder) => ({
        predictions: floats(
          join(folder, 'p.npy'),
          [2, 10],
          rows(2, 0.5).map((p, k) => (k === 13 ? 0.5 : p)),
        ),
      }),
      /p\.npy: entries \[1, 0\] to \[1, 9\]: The row sums to 1\.\d+, not to 1/,
    ],
    [
      'logits',
      (folder) => ({ predictions: floats(join(folder, 'p.npy'), [1, 10], [-3, 4, 0, 0, 0, 0, 0, 0, 0, 0]) }),
      /p\.npy: entry \[0, 0\]: -3 is no probability/,
    ],
    [
      'NaN',
      (folder) => ({ predictions: floats(join(folder, 'p.npy'), [1, 10], rows(1, NaN)) }),
      /entry \[0, 0\]: NaN is no probability/,
    ],
    [
      'other classes',
      (folder) => ({ predictions: floats(join(folder, 'p.npy'), [2, 2], [1, 0, 0, 1]) }),
      /header: It has the shape \(2, 2\)/,
    ],
    [
      'more rows than images',
      (folder) => ({ predictions: floats(join(folder, 'p.npy'), [21, 10], rows(21, 0.5)) }),
      /p\.npy: row 20: There is no image 20: some-images has 20/,
    ],
    [
      'indices of another length',
      (folder) => ({ indices: integers(join(folder, 'i.npy'), [2], [0, 1]) }),
      /i\.npy: header: It has 2 rows, the predictions 3/,
    ],
    [
      'an image twice',
      (folder) => ({ indices: integers(join(folder, 'i.npy'), [3], [7, 2, 7]) }),
      /i\.npy: row 2: It is of image 7, as row 0 is/,
    ],
    [
      'an image that is not there',
      (folder) => ({ indices: integers(join(folder, 'i.npy'), [3], [0, 1, -1]) }),
      /i\.npy: row 2: There is no image -1/,
    ],
    [
      'half an image',
      (folder) => ({ indices: floats(join(folder, 'i.npy'), [3], [0, 0.5, 1]) }),
      /i\.npy: row 1: 0\.5 is no image/,
    ],
    ['a fold that is none', () => ({ folds: 4, fold: 4 }), /There is no fold 4/],
    ['an unknown image set', () => ({ imageSet: 'cifar10-test' }), /There is no image set cifar10-test/],
    ['no file', () => ({ predictions: '/nowhere.npy' }), /nowhere\.npy/],
  ]

  test.each(bad)('%s: refused by file and row, nothing added', async (_, change, reason) => {
    const store = await project()
    const folder = temporaryFolder()
    const good = floats(join(folder, 'good.npy'), [3, 10], rows(3, 0.7))
    const error = await importRun(store, given(good, change(folder))).catch((caught: unknown) =>
      StudioError.from(caught),
    )
    expect(error instanceof StudioError && error.toLine()).toMatch(reason)
    expect([store.runs.list(), readdirSync(join(store.folder, 'runs'))]).toEqual([[], []])
    store.close()
  })
})
