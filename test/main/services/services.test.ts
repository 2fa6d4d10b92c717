/** Services over a project of their own: importing, statistics, gallery, dispatch, without any process or door. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stats } from '../../../src/main/labels/labelSets'
import { exportLabelSet } from '../../../src/main/labels/exports'
import { queryGallery } from '../../../src/main/gallery/service'
import { createServices } from '../../../src/main/services'
import { createDispatch } from '../../../src/main/services/dispatch'
import type { Handlers } from '../../../src/contract/handlers'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { keepFinishedRate } from '../../../src/main/speeds/finishedRates'
import { addFinishedRun } from '../../../src/main/storage/finishedRuns'
import { writePredictions } from '../../../src/main/storage/runFiles'
import { CALLS, type GalleryQuery } from '../../../src/contract'
import type { RunConfig } from '../../../src/domain/runs/config'
import { runKey } from '../../../src/domain/runs/runKey'
import { someImages, someLabels, temporaryFolder } from '../temporary'
import { expectEvery } from '../../support/every'

const contents = (store: ProjectStore) => ({
  images: store.imageSets.list().map(({ name, count }) => `${name} ${count}`),
  labels: store.labelSets.list().map(({ name, imageSet }) => `${name} of ${imageSet}`),
  files: readdirSync(join(store.folder, 'datasets')),
})

describe('importing', () => {
  test('labels find the only image set of their size, whichever comes first', async () => {
    const store = openProject(temporaryFolder())
    await addToProject(store, [someLabels(30, 'l30'), someImages(20, 'i20'), someImages(30, 'i30')])
    expect(contents(store).labels).toEqual(['l30 of i30'])
    store.close()
  })

  test.each([
    ['no image set of that size', [someLabels(21)], /no image set of that size/],
    ['several of that size', [someImages(20, 'a'), someImages(20, 'b', 1), someLabels()], /several image sets.*a, b/],
    [
      'another count than the set named',
      [someImages(), someLabels(21, 'l', 'some-images')],
      /21 images, but some-images has 20/,
    ],
  ])('refuses labels for %s and changes nothing, images of the same import included', async (_, items, reason) => {
    const store = openProject(temporaryFolder())
    const before = contents(store)
    await expect(addToProject(store, items)).rejects.toThrow(reason)
    expect(contents(store)).toEqual(before)
    expect(store.claims.holder(`import:${process.pid}`)).toBeNull()
    store.close()
  })

  test('labels of an image set that is not there yet wait for it, and are told when it does not fit', async () => {
    const store = openProject(temporaryFolder())
    await addToProject(store, [someLabels(20, 'waiting', 'later')])
    expect(stats(store, 'waiting')).toMatchObject({ images: 20, judgments: 200, categorySoftLabels: [] })
    await expect(addToProject(store, [someImages(19, 'later')])).rejects.toThrow(/waits for 20/)
    await addToProject(store, [someImages(20, 'later')])
    expect(stats(store, 'waiting').categorySoftLabels[3]?.slice(2, 6)).toEqual([0, 0.8, 0.2, 0])
    store.close()
  })

  test('the same data is not added twice, other data of the same name is', async () => {
    const store = openProject(temporaryFolder())
    const [first] = await addToProject(store, [someImages()])
    const [again] = await addToProject(store, [someImages()])
    const [other] = await addToProject(store, [someImages(20, 'some-images', 1)])
    expect([first?.name, again?.name, other?.name]).toEqual(['some-images', 'some-images', 'some-images-2'])
    expect(again?.report[0]).toMatch(/Already in the project/)
    expect(contents(store).files.sort()).toEqual(['1.u8', '2.u8'])
    store.close()
  })

  test('labels follow their images to another name: the demo set again, at another size', async () => {
    const store = openProject(temporaryFolder())
    await addToProject(store, [someImages(20, 'set'), someLabels(20, 'l', 'set')])
    await addToProject(store, [someImages(30, 'set'), someLabels(30, 'l', 'set')])
    expect(store.labelSets.list().map(({ name, imageSet }) => [name, imageSet])).toEqual(
      expect.arrayContaining([
        ['l', 'set'],
        ['l-2', 'set-2'],
      ]),
    )
    store.close()
  })

  test('cancelling at any of its moments leaves no trace', async () => {
    const store = openProject(temporaryFolder())
    let moments = 0
    for (let at = 0; ; at++) {
      const abort = new AbortController()
      moments = 0
      const onProgress = () => {
        if (moments++ === at) abort.abort()
      }
      const items = [someImages(20, 'a'), someImages(30, 'b'), someLabels(20, 'l', 'a')]
      const cancelled = addToProject(store, items, { signal: abort.signal, onProgress })
      if (
        !(await cancelled.then(
          () => false,
          () => true,
        ))
      )
        break
      expect(contents(store)).toEqual({ images: [], labels: [], files: [] })
    }
    expect(moments).toBeGreaterThan(1)
    store.close()
  })
})

test('an import names every path that is not there, before a process is started for it', async () => {
  const launch = () => {
    throw new Error('nothing is to be run')
  }
  const folder = temporaryFolder()
  const services = createServices({ launch, worksQueue: false, recentFile: null })
  await services.project.open(folder)
  const [first = '', second = ''] = ['no-labels.npy', 'no-images'].map((name) => join(folder, name))
  expect(() => services.jobs.import([first, folder, second])).toThrow(`${first}, ${second}`)
  expect(() => services.jobs.import([folder, second])).toThrow(expect.objectContaining({ where: { file: second } }))
  await services.project.close()
})

describe('recent projects', () => {
  test('one that is forgotten is left out until it is wanted or opened again; its folder stays', async () => {
    const launch = () => {
      throw new Error('nothing is to be run')
    }
    const folder = temporaryFolder()
    const services = createServices({ launch, worksQueue: false, recentFile: join(folder, 'recent.json') })
    const [first, second] = [join(folder, 'first'), join(folder, 'second')]
    await services.project.open(first)
    await services.project.open(second)
    const names = () => services.project.recent().map(({ name }) => name)
    expect(names()).toEqual(['second', 'first'])
    services.project.forget(first, true)
    expect(names()).toEqual(['second'])
    services.project.forget(first, false)
    expect(names()).toEqual(['second', 'first'])
    services.project.forget(first, true)
    await services.project.open(first)
    expect(names()).toEqual(['first', 'second'])
    await services.project.close()
  })
})

describe('exporting', () => {
  test('refuses what the label set does not hold, and writes no file', async () => {
    const folder = temporaryFolder()
    const store = openProject(folder)
    await addToProject(store, [someImages(), someLabels()])
    const out = join(folder, 'exports', 'out.csv')
    await expect(exportLabelSet(store, 'some-labels', 'tidy', out)).rejects.toThrow(/not single judgments/)
    await expect(exportLabelSet(store, 'nothing', 'counts', out)).rejects.toThrow(/no label set nothing/)
    expect(existsSync(out)).toBe(false)
    expect(await exportLabelSet(store, 'some-labels', 'counts', out)).toEqual({ path: out, rows: 20 })
    store.close()
  })
})

describe('experiments', () => {
  test('take what is done already, when they start and when they are asked for again', async () => {
    const launch = () => {
      throw new Error('nothing is to be run')
    }
    const services = createServices({ launch, worksQueue: false, recentFile: null })
    await services.project.open(temporaryFolder())
    const store = services.project.store()
    await addToProject(store, [someImages(120), someLabels(120)])
    const doneElsewhere = (config: RunConfig) => {
      const result = { measures: { accuracy: 1 }, heldOut: 0, attacks: [] }
      const run = {
        key: runKey(config),
        experiment: null,
        config: { ...config, device: 'webgpu' as const },
        state: 'done' as const,
        progress: null,
        error: null,
        device: 'G',
        engine: 'E',
        result,
        createdAt: 'a',
        startedAt: 'b',
        finishedAt: 'c',
      }
      return addFinishedRun(store, { run, metrics: [], attacks: [] }, () => {})
    }
    const ask = { preset: 'smoke', device: 'cpu', labelSet: 'some-labels', key: 'asked again' } as const
    const { configs: planned, estimate } = services.experiments.plan('smoke', 'cpu', 'some-labels')
    const [first, second] = planned
    expect(estimate).toMatch(/^4 runs, about .* on two processor cores$/)
    for (const network of new Set(planned.map((config) => config.network)))
      keepFinishedRate(store, 'cpu', network, 1000, 2000)
    expect(services.experiments.plan('smoke', 'cpu', 'some-labels').estimate).toBe(
      '4 runs, about 118 minutes on this machine',
    )
    if (!first || !second) throw new Error('smoke has runs')
    const early = doneElsewhere(second)
    const { runs, id } = await services.experiments.start(ask)
    expect(store.runs.byExperiment(id).map(({ state }) => state)).toEqual(['queued', 'done', 'queued', 'queued'])
    expect(runs[1]).toBe(early)
    // One that waits is done elsewhere meanwhile, and merged in.
    const late = doneElsewhere(first)
    const again = await services.experiments.start(ask)
    expect(again).toMatchObject({ id, runs: [late, early, runs[2], runs[3]], done: 2 })
    expect(store.runs.find(runs[0] ?? 0)).toBeNull()
    expect(store.runs.find(late)?.experiment).toBe(id)
    // Another experiment of the same runs shares those that are done and queues the others for itself.
    const other = await services.experiments.start({ ...ask, key: 'another' })
    expect(other.runs.slice(0, 2)).toEqual([late, early])
    expect(other.runs.slice(2)).not.toContain(runs[2])
    await expect(services.experiments.start({ ...ask, key: 'families', families: ['wrn'] })).rejects.toThrow(
      /no member of wrn/,
    )
    await services.close()
  })
})

describe('gallery', () => {
  const query: GalleryQuery = {
    labelSet: 'some-labels',
    runs: [],
    sort: 'index',
    order: 'ascending',
    filter: 'all',
    classIndex: null,
    offset: 0,
    limit: 100,
  }

  /** Two runs hold out images 0..9 and 5..14; the network is sure on even images, unsure on odd, wrong on image 4. */
  async function withRuns() {
    const store = openProject(temporaryFolder())
    const labels = someLabels()
    await addToProject(store, [someImages(), labels])
    const config = { imageSet: 'some-images', labelSet: 'some-labels', attacks: [] } as unknown as RunConfig
    const ids = store.runs.insert([config, config], null)
    ids.forEach((id, r) => {
      const heldOut = Int32Array.from({ length: 10 }, (_, i) => i + 5 * r)
      const predictions = new Float32Array(100)
      heldOut.forEach((image, row) => {
        const guess = image === 4 ? 7 : image % 10
        const sure = image % 2 === 0 ? 1 : r === 0 ? 0.6 : 0.4
        predictions[row * 10 + guess] = sure
        predictions[row * 10 + ((guess + 1) % 10)] = 1 - sure
      })
      const result = { measures: {}, heldOut: 10, attacks: [] }
      writePredictions(store.runFolder(id), { result, predictions, heldOut })
      store.runs.change(id, { state: 'done', result })
    })
    return { store, ids }
  }

  test('averages the runs that held an image out and leaves the others without a network', async () => {
    const { store, ids } = await withRuns()
    const { items, total, images } = await queryGallery(store, { ...query, runs: ids })
    expect([total, images, items.length]).toEqual([20, 20, 20])
    expect(items[7]?.network?.[7]).toBeCloseTo(0.5, 6) // mean of 0.6 and 0.4
    expect(items[3]?.network?.[3]).toBeCloseTo(0.6, 6)
    expect(items[17]?.network).toBeNull()
    expect(items[17]?.networkEntropy).toBeNull()
    expect(items[3]?.humanEntropy).toBeCloseTo(-(0.8 * Math.log(0.8) + 0.2 * Math.log(0.2)), 12)
    store.close()
  })

  test('sorts images without a network last in either order, and filters as Figure 1 does', async () => {
    const { store, ids } = await withRuns()
    const indices = async (more: Partial<GalleryQuery>) =>
      (await queryGallery(store, { ...query, runs: ids, ...more })).items.map(({ index }) => index)
    expect((await indices({ sort: 'network-entropy', order: 'descending' })).slice(15)).toEqual([15, 16, 17, 18, 19])
    expect((await indices({ sort: 'divergence', order: 'descending' }))[0]).toBe(4)
    expect((await indices({ sort: 'cross-entropy', order: 'descending' }))[0]).toBe(4)
    expect(await indices({ filter: 'confidently-wrong' })).toEqual([4])
    expect(await indices({ filter: 'agree', classIndex: 4 })).toEqual([14])
    // Every image is as certain to people as the median; the network's median lies between even and odd images.
    expect(await indices({ filter: 'both-confident' })).toEqual([0, 2, 4, 6, 8, 10, 12, 14])
    expectEvery(await indices({ filter: 'people-confident' }), (index) => index % 2 === 1)
    expect(await indices({ offset: 18, limit: 5 })).toEqual([18, 19])
    store.close()
  })

  test('refuses runs that do not exist, have no predictions, or saw other images', async () => {
    const { store } = await withRuns()
    await expect(queryGallery(store, { ...query, runs: [99] })).rejects.toThrow(/no run 99/)
    const [queued = 0] = store.runs.insert([{ imageSet: 'some-images', attacks: [] } as unknown as RunConfig], null)
    await expect(queryGallery(store, { ...query, runs: [queued] })).rejects.toThrow(/no predictions.*queued/)
    const [other = 0] = store.runs.insert([{ imageSet: 'others', attacks: [] } as unknown as RunConfig], null)
    await expect(queryGallery(store, { ...query, runs: [other] })).rejects.toThrow(/evaluated on others/)
    store.close()
  })
})

describe('dispatch', () => {
  const handlers = Object.fromEntries(
    Object.keys(CALLS).map((name) => [name, (input: unknown) => ({ name, input })]),
  ) as unknown as Handlers
  const dispatch = createDispatch(handlers)

  test.each([
    ['project.open', { path: '/p' }],
    ['jobs.list', {}],
    ['data.pixels', { imageSet: 'a', indices: [0, 1] }],
    ['runs.pause', { id: 3 }],
  ])('lets a fitting %s through', async (name, input) => {
    expect(await dispatch(name, input, 'owner')).toEqual({ ok: true, value: { name, input } })
  })

  test.each([
    ['project.open', {}],
    ['project.open', { path: '' }],
    ['project.open', { path: '/p', more: 1 }],
    ['project.open', null],
    ['project.open', []],
    ['data.pixels', { imageSet: 'a', indices: [-1] }],
    ['data.pixels', { imageSet: 'a', indices: [0.5] }],
    ['data.pixels', { imageSet: 'a', indices: Array(2001).fill(0) }],
    ['data.createDemo', { seed: 0, images: 1e9 }],
    ['runs.pause', { id: '3' }],
    ['runs.pause', { id: Number.NaN }],
    ['gallery.query', JSON.parse('{"__proto__": {"labelSet": "x"}}')],
  ])('refuses %s with %j, saying where', async (name, input) => {
    const reply = await dispatch(name, input, 'owner')
    expect(reply).toMatchObject({ ok: false, error: { kind: 'bad-input', file: name } })
  })

  test.each([
    'nothing',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '',
    'project',
    null,
    undefined,
    7,
    {},
  ])('knows no call %j', async (name) => {
    expect(await dispatch(name, {}, 'owner')).toMatchObject({ ok: false, error: { kind: 'not-found' } })
  })

  test('what a handler throws comes back as data', async () => {
    const failing = createDispatch({
      ...handlers,
      'jobs.list': () => {
        throw new RangeError('odd')
      },
    })
    expect(await failing('jobs.list', {}, 'owner')).toMatchObject({
      ok: false,
      error: { kind: 'internal', message: 'odd' },
    })
  })
})
