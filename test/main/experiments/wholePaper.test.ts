/**
 * The stages of the paper through worker processes: pretrained, fine-tuned from it, taught by it, measured further,
 * attacked.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { forkWorker } from '../../../src/main/workers/forkWorker'
import { createServices } from '../../../src/main/services'
import { addToProject } from '../../../src/main/labels/addToProject'
import { measuredWeights, readAttackPredictions, readSetPredictions } from '../../../src/main/storage/runFiles'
import { planPreset } from '../../../src/domain/runs/presets'
import { presetData } from '../../../src/main/experiments/presetData'
import type { Report } from '../../../src/domain/report/report'
import type { RunConfig } from '../../../src/domain/runs/config'
import { runKey } from '../../../src/domain/runs/runKey'
import { build } from '../program'
import { someImages, someLabels, temporaryFolder } from '../temporary'

beforeAll(build, 300_000)

/** Short and small, otherwise as the preset has it. */
const short = (config: RunConfig): RunConfig => ({
  ...config,
  network: 'resnet_basic_8_w2',
  epochs: 2,
  device: 'cpu',
  attacks: config.attacks.slice(0, 1).map((attack) => ({ ...attack, images: 5, blackBoxQueries: 3 })),
})

test('runs wait for the network they start from, learn from teachers, and leave all predictions', async () => {
  const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
  const project = temporaryFolder()
  await services.project.open(project)
  const store = services.project.store()
  const shifted = {
    ...someImages(30, 'shifted', 9),
    fileNames: Array.from({ length: 30 }, (_, i) => (i < 12 ? `cifar10-test-${i}.png` : `n0${i}.png`)),
  }
  await addToProject(store, [someImages(120), someLabels(120), someImages(200, 'others', 3), shifted])
  const images = store.imageSets.find('some-images')
  const labels = store.labelSets.find('some-labels')
  if (!images || !labels) throw new Error('the data are not there')
  const data = presetData(store, images, labels)
  expect(data.pretraining).toEqual({ imageSet: 'others', images: 200 })
  const plan = planPreset('laptop', data, 'cpu', { families: ['resnet_basic'] })
  const [first] = plan
  if (!first) throw new Error('there is no plan')
  const pretrained = short(first)
  const own = { startFrom: runKey(pretrained) }
  const tuned = (target: string) =>
    plan.find((config) => config.startFrom !== null && config.target === target && config.protocol === 'described')
  const [soft, distilled] = [tuned('soft'), tuned('distilled')]
  if (!soft || !distilled) throw new Error('the plan fine-tunes nothing')
  const student = { ...short(distilled), ...own, teachers: [runKey(pretrained)] }
  const released = plan.find(({ protocol, target }) => protocol === 'released' && target === 'soft')
  if (!released) throw new Error('the plan has nothing as released')

  // A run whose network nobody trains is refused at once; one whose network fails is told so, not left waiting.
  await expect(services.runs.queue([{ ...short(soft), startFrom: '0'.repeat(16) }])).rejects.toThrow(
    /There is no run 0000/,
  )
  const lost = { ...pretrained, learningRate: 100, seed: 7 }
  const runs = await services.runs.queue([
    pretrained,
    { ...short(soft), ...own },
    student,
    short(released),
    lost,
    { ...short(soft), startFrom: runKey(lost) },
  ])
  await services.runs.idle()
  const [before, after, taught, best, failed, orphan] = runs.map(({ id }) => store.runs.find(id))
  expect([before, after, taught, best].map((run) => run?.error?.message ?? run?.state)).toEqual([
    'done',
    'done',
    'done',
    'done',
  ])
  expect([failed?.state, orphan?.state]).toEqual(['failed', 'failed'])
  expect(failed?.error?.message).toMatch(/diverged/)
  expect(orphan?.error?.message).toMatch(`needs the network of run ${failed?.id}, which failed`)

  const folder = (run = before) => store.runFolder(run?.id ?? 0)
  expect(before?.result).toMatchObject({ heldOut: 0, measures: {} })
  // Twelve of the shifted set are CIFAR-10's own.
  expect(before?.result?.sets?.map(({ imageSet, images: count }) => [imageSet, count])).toEqual([
    ['some-images', 120],
    ['shifted', 18],
  ])
  expect(readSetPredictions(folder(), 1)?.predictions).toHaveLength(1200)
  expect(after?.result?.sets?.map(({ imageSet }) => imageSet)).toEqual(['others', 'shifted'])
  expect(after?.result?.attacks[0]?.trust.blackBox?.queries).toBe(3)
  expect(readAttackPredictions(folder(after), 1)).toMatchObject({ indices: { length: 5 } })
  // A learning rate of 0.01 moves little: what was fine-tuned is near what it started from.
  const [start, end] = [measuredWeights(folder(), pretrained), measuredWeights(folder(after), short(soft))]
  const distance = (name: string) =>
    Math.hypot(...(end[name]?.data ?? []).map((value, i) => value - (start[name]?.data[i] ?? 0)))
  expect(distance('stage1.block1.conv1/filter')).toBeGreaterThan(0)
  expect(distance('stage1.block1.conv1/filter')).toBeLessThan(0.5)
  expect(existsSync(join(folder(best), 'best'))).toBe(true)
  const { data: made } = JSON.parse(readFileSync(join(folder(after), 'config.json'), 'utf8')) as {
    data: { further: { name: string }[] }
  }
  expect(made.further.map(({ name }) => name)).toEqual(['others', 'shifted'])

  await services.close()

  // An experiment's report names all data.
  const reader = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
  await reader.project.open(project)
  const { experiments } = reader
  const experiment = await experiments.start({
    preset: 'laptop',
    device: 'cpu',
    labelSet: 'some-labels',
    families: ['resnet_basic'],
  })
  expect(experiment).toMatchObject({ labelSet: 'some-labels', imageSet: 'some-images', families: ['resnet_basic'] })
  expect(experiment.runs).toHaveLength(plan.length)
  reader.project.store().experiments.setRuns(
    experiment.id,
    runs.slice(0, 4).map(({ id }) => id),
  )
  const report = JSON.parse(
    readFileSync(join((await reader.figures.report(experiment.id)).folder, 'report.json'), 'utf8'),
  ) as Report
  expect(report.data.map(({ name }) => name)).toEqual(['some-images', 'some-labels', 'others', 'shifted'])
  expect(report.people).toMatchObject({ splitHalf: { images: 120 } })
  expect(new Set(report.rows.map(({ stage }) => stage))).toEqual(new Set(['pretrained', 'fine-tuned', 'from-scratch']))
  await reader.close()
}, 180_000)
