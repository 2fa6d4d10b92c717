/**
 * What an earlier build left behind opens, resumes and merges as it did then. fixtures/first-build.tgz was made by the
 * build of 2026-11-28, before keys had a form of their own: `home`, a project of 40 images of 4x4 with a pretrained
 * run, two that start from it (fine-tuned and attacked; distilled) and one paused at step 303 of 4,500; `plan.json`,
 * three more runs; `share`, the first of two shares of that plan, done.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices } from '../../../src/main/services'
import { mergeInto } from '../../../src/main/cluster/merge'
import { openProject } from '../../../src/main/storage'
import { readPredictions } from '../../../src/main/storage/runFiles'
import { runKey } from '../../../src/domain/runs/runKey'
import { build, json } from '../program'
import { temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

const PRETRAINED = '6bc08dbed69df9b6'
const KEYS = [PRETRAINED, '9c78729e13b2a357', 'd48aa291ced50752', '273819a10d1b3dc4']
const PLANNED = ['ad75fdf1b92d3c3a', 'fbdb91c8c18ef264', '860506c6b59f9412']
const PAUSED = { id: 4, step: 303 }

function unpacked() {
  const folder = temporaryFolder()
  const archive = fileURLToPath(new URL('fixtures/first-build.tgz', import.meta.url))
  execFileSync('tar', ['-xzf', archive, '-C', folder])
  return { home: join(folder, 'home'), share: join(folder, 'share'), plan: join(folder, 'plan.json') }
}

async function servicesOf(home: string) {
  const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
  onTestFinished(() => services.close())
  await services.project.open(home)
  return services
}

test('its runs are known by the keys they were made with, and hold each other by them', () => {
  const store = openProject(unpacked().home)
  onTestFinished(() => store.close())
  const runs = store.runs.list()
  expect(runs.map(({ key }) => key)).toEqual(KEYS)
  expect(runs.map(({ config }) => runKey(config))).toEqual(KEYS)
  expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'paused'])
  expect(runs.map(({ config }) => [config.startFrom, ...config.teachers])).toEqual([
    [null],
    [PRETRAINED],
    [PRETRAINED, PRETRAINED],
    [null],
  ])
  expect(store.runs.findByKey(PRETRAINED)?.id).toBe(1)
  expect(runs[1]?.result).toMatchObject({ heldOut: 10, attacks: [{ attack: 'fgsm', epsilon: 4 }] })
  expect(readPredictions(store.runFolder(2))?.predictions).toHaveLength(100)
})

test('a paused run goes on from its checkpoint, and a new one starts from its network', async () => {
  const services = await servicesOf(unpacked().home)
  const store = services.project.store()
  const before = store.runs.metrics(PAUSED.id)
  expect(before.at(-1)?.step).toBeLessThanOrEqual(PAUSED.step)
  services.runs.resume(PAUSED.id)
  const tuned = store.runs.find(2)?.config
  if (!tuned) throw new Error('run 2 is not there')
  const [another] = await services.runs.queue([{ ...tuned, seed: 9 }])
  await services.runs.idle()
  expect(store.runs.find(another?.id ?? 0)).toMatchObject({ state: 'done', config: { startFrom: PRETRAINED } })
  const resumed = store.runs.find(PAUSED.id)
  expect(resumed).toMatchObject({ state: 'done', key: KEYS[3], result: { heldOut: 10 } })
  const after = store.runs.metrics(PAUSED.id)
  expect(after.at(-1)?.step).toBe(4500)
  expect(after.slice(0, before.length)).toEqual(before)
})

test('its plan asks for the same runs, its share merges, and the other share takes from it', () => {
  const { home, share, plan } = unpacked()
  const other = json('runs', '--project', home, '--plan', plan, '--shard', '2/2', '--with', share)
  expect(other).toMatchObject({ done: PLANNED.slice(1), failed: [], remaining: 0 })
  const store = openProject(home)
  onTestFinished(() => store.close())
  expect(mergeInto(store, [share, join(home, 'shards')])).toMatchObject({ merged: 3, skipped: 1 })
  expect(PLANNED.map((key) => store.runs.findByKey(key)?.state)).toEqual(['done', 'done', 'done'])
  expect(mergeInto(store, [share])).toMatchObject({ merged: 0, skipped: 1 })
})
