/** Lines of charts: runs of one line differ in fold and seed alone, and no two lines look or are called alike. */
import { describe, expect, it } from 'vitest'
import { ownConfigs, ownDefaults } from '../../src/domain/runs/ownRuns'
import { idsFromWords, idsInWords, idsProblem, obviousSides, sideChoices } from '../../src/renderer/lib/compareSides'
import { fieldWords, valuesInWords } from '../../src/renderer/lib/configWords'
import { filterRuns, noFilter } from '../../src/renderer/lib/runFilter'
import { firstGroup, groupOfAll, groupRuns } from '../../src/renderer/lib/groups'
import { linesOf, MOST_LINES, type RunLine } from '../../src/renderer/lib/series'
import { TARGETS, type RunConfig } from '../../src/domain/runs/config'
import type { ExperimentInfo, RunInfo } from '../../src/domain/runs/info'

const all = {
  ...ownDefaults(),
  networks: ['resnet_basic_8'],
  imageSet: 'test',
  labelSet: 'people',
  aggregatedFrom: ['mace', 'wawa'],
  teachers: ['0123456789abcdef', 'fedcba9876543210'],
}
const info = (config: RunConfig, id: number, change: Partial<RunInfo> = {}): RunInfo => ({
  id,
  key: `key${id}`,
  experiment: null,
  config,
  state: 'done',
  progress: null,
  error: null,
  device: 'CPU',
  engine: null,
  result: null,
  createdAt: '',
  startedAt: '2026-01-05',
  finishedAt: null,
  ...change,
})
const runs = (form: typeof all) => ownConfigs(form).map((config, at) => info(config, at + 1))

const look = ({ colour, dash, marker }: RunLine) => `${colour} ${dash.join()} ${marker}`

describe('linesOf', () => {
  it('gives all ten targets lines that differ in colour, dash or marker, with names of their own', () => {
    const lines = linesOf(runs({ ...all, targets: [...TARGETS] }))
    expect(lines.map(({ name }) => name)).toEqual([
      'hard',
      'soft',
      'category-soft',
      'sampled-hard',
      'mixup 1',
      'distilled from 2 networks',
      'majority-hard',
      'mode-forced',
      'smoothed',
      'aggregated from mace',
      'aggregated from wawa',
    ])
    expect(new Set(lines.map(look)).size).toBe(lines.length)
    for (const line of lines) expect(line.runs).toHaveLength(2)
  })
  it.each(['hard', 'soft'] as const)('draws as many %s lines as a chart takes, no two alike', (target) => {
    const rates = Array.from({ length: MOST_LINES }, (_, at) => (at + 1) / 100)
    const lines = linesOf(rates.flatMap((learningRate) => runs({ ...all, targets: [target], learningRate })))
    expect(lines).toHaveLength(MOST_LINES)
    expect(new Set(lines.map(look)).size).toBe(MOST_LINES)
  })
  it('names networks alone where the target is one, and what else differs only where it must', () => {
    const two = runs({ ...all, targets: ['soft'], networks: ['resnet_basic_8', 'wrn_10_2'] })
    expect(linesOf(two).map(({ name }) => name)).toEqual(['resnet_basic_8', 'wrn_10_2'])
    const longer = two.map(({ config }, at) => info({ ...config, epochs: 99 }, 100 + at))
    expect(linesOf([...two, ...longer]).map(({ name }) => name)).toEqual([
      'resnet_basic_8, 10 ep.',
      'resnet_basic_8, 99 ep.',
      'wrn_10_2, 10 ep.',
      'wrn_10_2, 99 ep.',
    ])
    expect(linesOf(two.slice(0, 1)).map(({ name }) => name)).toEqual(['soft'])
  })
})

it('Train opens on what runs, waits or is paused, else on what has begun', () => {
  const [done, waiting] = [
    runs(all),
    ownConfigs({ ...all, epochs: 50 }).map((config, at) =>
      info(config, 50 + at, { state: 'stopped', startedAt: null }),
    ),
  ]
  const first = (list: RunInfo[]) => firstGroup(groupRuns(list, []))?.runs.map(({ id }) => id)
  const older = (state: RunInfo['state']) => [...waiting.map((run) => ({ ...run, id: run.id - 50, state })), ...done]
  expect(first([...done, ...waiting])).toEqual([1, 2, 3, 4])
  expect(first(waiting)).toEqual([50, 51, 52, 53])
  for (const state of ['running', 'queued', 'paused'] as const) expect(first(older(state))).toEqual([0, 1, 2, 3])
})

it('an experiment is shown as a whole before its parts, and all runs before everything', () => {
  const its = runs({ ...all, networks: ['resnet_basic_8', 'wrn_10_2'] }).map((run) => ({ ...run, experiment: 7 }))
  const own = info(ownConfigs({ ...all, epochs: 50 })[0] as RunConfig, 99, { startedAt: null })
  const experiments = [{ id: 7, preset: 'quick', runs: its.map(({ id }) => id) } as ExperimentInfo]
  const groups = groupRuns([own, ...its], experiments)
  expect(groups.map(({ name }) => name)).toEqual([
    'All runs · 9 runs',
    'quick #7 · all of it · 8 runs',
    'quick #7 · wrn_10_2 · 10 ep. · 4 runs',
    'quick #7 · resnet_basic_8 · 10 ep. · 4 runs',
    'own · resnet_basic_8 · 50 ep. · 1 run',
  ])
  expect(firstGroup(groups)?.runs).toHaveLength(8)
  expect(groupOfAll(groups, its.slice(0, 1))?.runs).toHaveLength(4)
  expect(groupOfAll(groups, [own, ...its.slice(0, 1)])?.key).toBe('all')
})

it('runs are found by words, state, target and tag together', () => {
  const list = runs(all).map((run) => ({
    ...run,
    tags: run.id === 3 ? ['pilot'] : [],
    note: run.id === 4 ? 'Odd curve' : '',
  }))
  const found = (filter: Partial<ReturnType<typeof noFilter>>) =>
    filterRuns(list, { ...noFilter(), ...filter }).map(({ id }) => id)
  expect(found({ text: 'fold 2 soft' })).toEqual([4])
  expect(found({ text: 'ODD' })).toEqual([4])
  expect(found({ tag: 'pilot', target: 'hard' })).toEqual([3])
  expect(found({ state: 'failed' })).toEqual([])
})

it('sides of a comparison are chosen by what runs share, or by their numbers', () => {
  const list = runs(all)
  expect(sideChoices(list).map(({ name, ids }) => `${name}: ${ids.join()}`)).toEqual([
    'resnet_basic_8 · hard: 1,3',
    'resnet_basic_8 · soft: 2,4',
  ])
  expect(obviousSides(list)).toEqual({ a: [1, 3], b: [2, 4] })
  expect(idsInWords([7, 1, 3, 2, 2])).toBe('1-3, 7')
  expect(idsFromWords('1-2, 4 99', list)).toEqual([1, 2, 4])
  expect(idsFromWords('1-', list)).toBeNull()
  expect(idsProblem('abc, 9999', list)).toMatch(/^Not a run’s number: abc\./)
  expect(idsProblem('1, 9999', list)).toBe('There is no run 9999.')
  expect(idsProblem('1-3; 4', list)).toBeNull()
})

it('a comparison opens on hard against soft with the most pairs, else on the targets that have any', () => {
  const [many, newer] = [
    runs({ ...all, useFolds: 3, targets: ['hard', 'soft', 'mixup'] }),
    ownConfigs({ ...all, epochs: 50, useFolds: 1 }).map((config, at) => info(config, 20 + at)),
  ]
  expect(obviousSides([...many, ...newer])).toEqual({ a: [1, 4, 7], b: [2, 5, 8] })
  expect(obviousSides(newer)).toEqual({ a: [20], b: [21] })
  expect(obviousSides(many.filter(({ config }) => config.target !== 'soft'))).toEqual({ a: [1, 4, 7], b: [3, 6, 9] })
  expect(obviousSides(many.filter(({ config }) => config.target === 'soft'))).toBeNull()
})

it('what two sides do not share is said in words, runs by their numbers', () => {
  const list = runs(all)
  const words = (field: string, ...values: unknown[]) =>
    `${fieldWords(field)}: ${valuesInWords(
      field,
      values.map((value) => JSON.stringify(value)),
      list,
    )}`
  expect(words('startFrom', 'key1', 'key2', 'key3')).toBe('started from: runs 1-3')
  expect(words('startFrom', null)).toBe('started from: none: afresh')
  expect(words('teachers', ['key4', 'gone'])).toBe('teachers: run 4 and 1 run not in this project')
  expect(words('attacks', all.attacks)).toBe(
    'attacks: FGSM 4/255, first 200 images and PGD 4/255, 10 steps of 1/255, first 200 images',
  )
  expect(words('schedule', { kind: 'step', milestones: [5, 7], gamma: 0.1 })).toBe('schedule: × 0.1 after epoch 5, 7')
  expect(words('trainImages', null, 128)).toBe('images to train on: all or 128')
  expect(words('nesterov', true)).toBe('Nesterov: yes')
  expect(words('evaluateEvery', 1)).toBe('evaluated every: 1 epoch')
})
