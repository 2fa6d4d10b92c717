/** Plans: what is refused and where, their order, who gets what, and what they are said to cost. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { planCost } from '../../../src/main/estimates/planCost'
import { inOrder, misplaced, plannedRuns, readPlan } from '../../../src/main/cluster/plan'
import { assign, shareOf } from '../../../src/main/cluster/shards'
import { fastest, keepSpeeds, readSpeeds, sideBySide, thisMachine, type Speed } from '../../../src/main/speeds/speeds'
import { distinctWork, measureSpeed } from '../../../src/main/speeds/measureSpeed'
import { CIFAR10_CLASSES } from '../../../src/domain/labels/sets'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { StudioError } from '../../../src/domain/errors'
import { runKey } from '../../../src/domain/runs/runKey'
import { temporaryFolder } from '../temporary'
import { expectEvery } from '../../support/every'

const config: RunConfig = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'hard',
  imageSet: 'cifar10-train',
  labelSet: null,
  protocol: 'described',
  folds: 1,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 10,
  batch: 128,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'cosine' },
  augment: true,
  device: 'auto',
  evaluateEvery: 1,
  attacks: [],
}
const tuned = (fold: number): RunConfig => ({
  ...config,
  imageSet: 'cifar10-test',
  labelSet: 'people',
  target: 'soft',
  folds: 10,
  fold,
  startFrom: runKey(config),
})

const whole = {
  version: 1,
  preset: 'paper',
  families: ['resnet_basic'],
  device: 'auto',
  images: [{ name: 'cifar10-train', digest: 'a'.repeat(64) }],
  labels: [],
  runs: [config, tuned(0), tuned(1)],
}

describe('a plan file', () => {
  const file = () => join(temporaryFolder(), 'plan.json')
  const read = (content: string) => {
    const path = file()
    writeFileSync(path, content)
    return readPlan(path)
  }

  test('comes back as it was', () => {
    expect(read(JSON.stringify(whole))).toEqual(whole)
  })

  test.each<[string, object, string, RegExp]>([
    ['an unknown key', { ...whole, colour: 'red' }, 'the whole', /colour/],
    ['an unknown key of a run', { ...whole, runs: [config, { ...tuned(0), epoch: 3 }] }, 'runs[1]', /epoch/],
    ['a run without a network', { ...whole, runs: [{ ...config, network: undefined }] }, 'runs[0].network', /./],
    ['another version', { ...whole, version: 2 }, 'version', /./],
    ['no run', { ...whole, runs: [] }, 'runs', /./],
    ['a digest that is none', { ...whole, labels: [{ name: 'people', digest: 'abc' }] }, 'labels[0].digest', /./],
    ['a run that needs one that is not there', { ...whole, runs: [tuned(0)] }, 'runs[0]', /which is not in the plan/],
    ['a run before the one it needs', { ...whole, runs: [tuned(0), config] }, 'runs[0]', /comes no earlier: runs\[1\]/],
    [
      'a run twice',
      { ...whole, runs: [config, tuned(0), { ...config, device: 'cpu' }] },
      'runs[2]',
      /same run as runs\[0\]/,
    ],
  ])('is refused for %s', (_, plan, place, reason) => {
    const refused = expect.objectContaining({
      kind: 'bad-file',
      where: expect.objectContaining({ place }),
      message: expect.stringMatching(reason),
    })
    expect(() => read(JSON.stringify(plan))).toThrow(refused as StudioError)
  })

  test.each([
    ['{"version": 1,', /not JSON/],
    ['', /not JSON/],
  ])('%j is refused', (content, reason) => {
    expect(() => read(content)).toThrow(reason)
  })

  test('a circle of needs cannot pass, whatever its keys', () => {
    const circle = [
      { key: 'a', needs: ['b'] },
      { key: 'b', needs: ['a'] },
    ]
    expect(misplaced(circle)).toMatchObject({ index: 0 })
    expect(misplaced(inOrder(circle))).not.toBeNull()
    expect(misplaced([{ key: 'a', needs: ['a'] }])).toMatchObject({ index: 0 })
  })

  test('is put in order: what is needed first, all else as it was', () => {
    const needs = (key: string, ...keys: string[]) => ({ key, needs: keys })
    const runs = [needs('d', 'c'), needs('a'), needs('c', 'b', 'a'), needs('b'), needs('a')]
    expect(inOrder(runs).map(({ key }) => key)).toEqual(['b', 'a', 'c', 'd'])
  })
})

describe('shares', () => {
  test('are of like cost, disjoint, and all of the plan', () => {
    const costs = [9, 1, 8, 2, 7, 3, 6, 4, 5]
    const shares = assign(costs, 3)
    expect(shares).toEqual(assign(costs, 3))
    const loads = [0, 1, 2].map((share) =>
      costs.reduce((sum, cost, run) => sum + (shares[run] === share ? cost : 0), 0),
    )
    expectEvery(loads, (load) => Math.abs(load - 15) <= 1)
    expect(assign([5, 5], 4)).toEqual([0, 1])
  })

  test('bring what their runs need with them, and stages are shared out by themselves', () => {
    const runs = plannedRuns([config, tuned(0), tuned(1), tuned(2)])
    const keys = runs.map(({ key }) => key)
    const costs = [100, 3, 2, 1]
    const of = (index: number, stages: ('pretrained' | 'fine-tuned')[] = []) => {
      const { runs: all, own } = shareOf(runs, costs, { index, of: 2 }, stages)
      return { all: all.map(({ key }) => keys.indexOf(key)), own: [...own].map((key) => keys.indexOf(key)) }
    }
    expect(of(1)).toEqual({ all: [0], own: [0] })
    expect(of(2)).toEqual({ all: [0, 1, 2, 3], own: [1, 2, 3] })
    expect(of(1, ['fine-tuned'])).toEqual({ all: [0, 1], own: [1] })
    expect(of(2, ['fine-tuned'])).toEqual({ all: [0, 2, 3], own: [2, 3] })
    expect(of(2, ['pretrained'])).toEqual({ all: [], own: [] })
  })
})

describe('cost', () => {
  const images = (name: string) => ({
    count: name === 'cifar10-train' ? 50_000 : 10_000,
    height: 32,
    width: 32,
    channels: 3,
    classes: CIFAR10_CLASSES,
  })
  const speed: Speed = {
    machine: thisMachine(),
    network: 'resnet_basic_8',
    batch: 128,
    device: 'cpu',
    oneProcess: 1000,
    sideBySide: { processes: 2, imagesPerSecond: 1250 },
    peakRssMb: 300,
    measured: 'then',
  }

  test('is told from images, parameters and what was measured', async () => {
    const configs = [config, tuned(0), tuned(1)]
    const found = await planCost(configs, images, { speeds: [speed], isDone: (key) => key === runKey(config) })
    expect(found).toMatchObject({
      runs: 3,
      dependent: 2,
      done: 1,
      kinds: [
        { stage: 'pretrained', target: 'hard', runs: 1 },
        { stage: 'fine-tuned', target: 'soft', runs: 2 },
      ],
    })
    // 10 epochs of 50,000 and twice of 9,000, and eleven evaluations of each fold at a third.
    const passes = 500_000 + 2 * (90_000 + (11 * 1000) / 3)
    expect(found.trainingImages).toBeCloseTo(passes, -1)
    expect(found.deviceHours).toBeCloseTo((passes / 1250 + 3 * 5) / 3600, 3)
    // resnet_basic_8 has some 78,000 parameters; two of the runs hold out 1,000 images of ten classes.
    expect(found.diskBytes).toBeGreaterThan(3 * 3 * 4 * 70_000)
    expect(found.diskBytes).toBeLessThan(3 * 3 * 4 * 90_000 + 100_000)
  })

  test('hours are not made up for a network nobody measured', async () => {
    expect((await planCost([{ ...config, network: 'wrn_16_4' }], images)).deviceHours).toBeNull()
  })

  test('a trial measures each network and batch once, alone and side by side, and the project remembers it', async () => {
    expect(distinctWork([config, tuned(0), { ...config, batch: 64 }])).toEqual([
      { network: 'resnet_basic_8', batch: 128 },
      { network: 'resnet_basic_8', batch: 64 },
    ])
    const asked: (number | undefined)[] = []
    const bench = async ({
      threads,
      ...work
    }: {
      threads?: number
      network: string
      batch: number
      device: string
      seconds: number
    }) => {
      asked.push(threads)
      return { ...work, imagesPerSecond: threads === undefined ? 100 : 90, msPerStep: 1, peakRssMb: 100 }
    }
    const work = { network: 'resnet_basic_8', batch: 128 }
    const cpu = await measureSpeed(work, { device: 'cpu', seconds: 1, bench: bench as never })
    const gpu = await measureSpeed(work, { device: 'webgpu', seconds: 1, bench: bench as never })
    expect(gpu.sideBySide).toBeNull()
    const several = availableParallelism()
    if (several > 1) {
      expect(asked.filter((threads) => threads === 1).length).toBe(several)
      expect(cpu.sideBySide).toEqual({ processes: several, imagesPerSecond: 90 * several })
      expect(fastest(cpu).processes).toBe(several)
    }
    const store = { folder: temporaryFolder() }
    expect(sideBySide(store, 'cpu', 'resnet_basic_8')).toBeNull()
    keepSpeeds(store, [
      { ...cpu, machine: 'another' },
      { ...speed, oneProcess: 2000 },
    ])
    keepSpeeds(store, [cpu, gpu])
    expect(readSpeeds(store)).toEqual([cpu, gpu])
    expect(sideBySide(store, 'cpu', 'resnet_basic_8')).toBe(fastest(cpu).processes)
    expect(sideBySide(store, 'webgpu', 'resnet_basic_8')).toBe(1)
    writeFileSync(join(store.folder, 'speeds.json'), 'scribble')
    expect(readSpeeds(store)).toEqual([])
  })
})
