/** Runs that were done elsewhere: added whole or not at all, and shared by experiments. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openProject, type ProjectStore } from '../../../src/main/storage'
import { addFinishedRun } from '../../../src/main/storage/finishedRuns'
import type { RunConfig } from '../../../src/domain/runs/config'
import type { RunInfo } from '../../../src/domain/runs/info'
import { runKey } from '../../../src/domain/runs/runKey'
import { deadProcess } from '../deadProcess'
import { temporaryFolder } from '../temporary'

const config = {
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'some-images',
  fold: 0,
  attacks: [],
} as unknown as RunConfig

describe('runs that were done elsewhere', () => {
  const done = (store: ProjectStore, change: Partial<RunConfig> = {}) => {
    const made = { ...config, ...change }
    const run: Omit<RunInfo, 'id'> = {
      key: runKey(made),
      experiment: null,
      config: made,
      state: 'done',
      progress: null,
      error: null,
      device: 'CPU',
      engine: 'E',
      result: { measures: { accuracy: 1 }, heldOut: 0, attacks: [] },
      createdAt: 'a',
      startedAt: 'b',
      finishedAt: 'c',
    }
    return addFinishedRun(store, { run, metrics: [{ step: 1, epoch: 1, loss: 2 }], attacks: [] }, (folder) =>
      writeFileSync(join(folder, 'result.json'), '{}'),
    )
  }

  test('come with row, curve and files, or with none of them', () => {
    const store = openProject(temporaryFolder())
    const id = done(store)
    expect(store.runs.find(id)).toMatchObject({ state: 'done', device: 'CPU', result: { measures: { accuracy: 1 } } })
    expect(store.runs.metrics(id)).toEqual([{ step: 1, epoch: 1, loss: 2 }])
    expect(readdirSync(store.runFolder(id))).toEqual(['result.json'])
    const failing = {
      ...store,
      transaction: () => {
        throw new Error('the disk is full')
      },
    } as ProjectStore
    expect(() => done(failing, { fold: 1 })).toThrow('the disk is full')
    expect([store.runs.list().length, readdirSync(join(store.folder, 'runs'))]).toEqual([1, [String(id)]])
    store.close()
  })

  test('a kill between folder and row leaves nothing that a later run could take for its own', () => {
    const folder = temporaryFolder()
    const before = openProject(folder)
    const id = done(before)
    before.close()
    const runs = join(folder, 'runs')
    for (const name of [String(id), String(id + 1), `added.${deadProcess().pid}.1.part`]) {
      mkdirSync(join(runs, name), { recursive: true })
      writeFileSync(join(runs, name, '.unfinished'), '')
    }
    writeFileSync(join(runs, String(id + 1), 'checkpoint'), 'of a run that is not there')
    openProject(folder).close()
    expect(readdirSync(runs)).toEqual([String(id)])
    expect(readdirSync(join(runs, String(id)))).toEqual(['result.json'])
  })

  test('serve several experiments, in the order of each', () => {
    const store = openProject(temporaryFolder())
    const about = { preset: 'smoke', families: [], imageSet: 'i', labelSet: 'l', device: 'cpu', key: null } as const
    const merged = done(store)
    const [first, second] = [0, 1].map(() => store.experiments.insert({ ...about, families: [] }))
    const [own = 0] = store.runs.insert([{ ...config, fold: 1 }], first ?? 0)
    store.experiments.setRuns(second ?? 0, [own, merged])
    expect(store.experiments.list().map(({ runs, done: finished }) => [runs, finished])).toEqual([
      [[own], 0],
      [[own, merged], 1],
    ])
    expect(store.runs.byExperiment(second ?? 0).map(({ id }) => id)).toEqual([own, merged])
    // One that is done is found before one that may be, that before one that failed.
    const [failed = 0, waiting] = store.runs.insert(
      [
        { ...config, fold: 2 },
        { ...config, fold: 2 },
      ],
      null,
    )
    store.runs.change(failed, { state: 'failed' })
    expect(store.runs.findByKey(runKey({ ...config, fold: 2 }))?.id).toBe(waiting)
    store.close()
  })
})
