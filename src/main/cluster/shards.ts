/**
 * A share of a plan in a folder of its own, so that many machines can work on one plan at once without writing to the
 * same database. The folder is itself a project: with the data of the first, and none of its people. Which runs fall
 * to which share depends on the plan alone. Not here: working the runs off (commands/runs.ts), bringing them together
 * (merge.ts).
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { trainingImages } from '../../domain/runs/cost'
import { stageOf } from '../../domain/runs/stage'
import type { DeviceId } from '../../domain/runs/devices'
import type { RunConfig, Stage } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { writeAtomically } from '../storage/files'
import { linkOrCopy } from '../storage/finishedRuns'
import { isProject } from '../storage/projectFolder'
import { copyData } from '../storage/snapshot'
import { imageSetNamed } from '../labels/labelSets'
import { checkRun, isDone, takeRun } from './merge'
import type { PlannedRun } from './plan'

/** Marks a folder as a share: no other project is ever worked off as one. */
const NOTE = 'shard.json'

export interface Share {
  /** From 1. */
  index: number
  of: number
}

/** Makes the project of a share; one that is there is left as it is. */
export function prepareShard(project: string, folder: string, about: Share & { plan: string }) {
  const [from, to] = [resolve(project), resolve(folder)]
  const refuse = (reason: string) =>
    new StudioError('conflict', reason, { file: to, hint: 'Name another folder with --out.' })
  if (from === to) throw refuse('A share has a folder of its own, not that of the project.')
  if (isProject(to)) {
    if (!existsSync(join(to, NOTE))) throw refuse('This is a project of its own and no share of a plan.')
    const { plan, index, of } = JSON.parse(readFileSync(join(to, NOTE), 'utf8')) as Share & { plan: string }
    if (plan === about.plan && index === about.index && of === about.of) return
    throw refuse(`This is share ${index} of ${of} of ${plan}, not ${about.index} of ${about.of} of ${about.plan}.`)
  }
  mkdirSync(join(to, 'datasets'), { recursive: true })
  writeAtomically(join(to, NOTE), `${JSON.stringify(about, null, 2)}\n`)
  const speeds = join(from, 'speeds.json')
  if (existsSync(speeds)) linkOrCopy(speeds, join(to, 'speeds.json'))
  copyData(from, to, (set) => linkOrCopy(join(from, 'datasets', `${set}.u8`), join(to, 'datasets', `${set}.u8`)))
}

/**
 * Which share each run falls to, from 0: the costliest first, each to the share that has least so far. Depends on the
 * costs and their order alone.
 */
export function assign(costs: readonly number[], shares: number): number[] {
  const load = Array.from({ length: shares }, () => 0)
  const found = costs.map(() => 0)
  const costliestFirst = costs.map((cost, run) => ({ cost, run })).sort((a, b) => b.cost - a.cost || a.run - b.run)
  for (const { cost, run } of costliestFirst) {
    const least = load.indexOf(Math.min(...load))
    load[least] = (load[least] ?? 0) + cost
    found[run] = least
  }
  return found
}

/** Multiply-adds of each run, up to a common factor. */
export async function costsOf(store: ProjectStore, runs: readonly PlannedRun[]): Promise<number[]> {
  // TensorFlow.js comes with it.
  const { network } = await import('../../engine/model')
  const sizes = new Map<string, number>()
  return runs.map(({ config }) => {
    const { count, height, width, channels, classes } = imageSetNamed(store, config.imageSet)
    const key = `${config.network} ${config.imageSet}`
    const size =
      sizes.get(key) ?? network(config.network, { height, width, channels, classes: classes.length }).multiplyAdds
    sizes.set(key, size)
    return trainingImages(config, count) * size
  })
}

export interface Work {
  /** In the order of the plan. */
  runs: PlannedRun[]
  /** Those of them that fell to this share; the others are what these need. */
  own: ReadonlySet<string>
}

/** The runs of one share, and all that they need. `stages` confines the plan before it is shared out; empty for all. */
export function shareOf(
  runs: readonly PlannedRun[],
  costs: readonly number[],
  { index, of }: Share,
  stages: readonly Stage[],
): Work {
  const eligible = runs.map((run, i) => ({ run, cost: costs[i] ?? 0 })).filter(({ run }) => isOf(stages, run.config))
  const shares = assign(
    eligible.map(({ cost }) => cost),
    of,
  )
  const own = new Set(eligible.flatMap(({ run }, i) => (shares[i] === index - 1 ? [run.key] : [])))
  const wanted = new Set(own)
  // What is needed comes earlier in the plan: once backwards finds all of it.
  for (const { key, needs } of [...runs].reverse()) if (wanted.has(key)) for (const need of needs) wanted.add(need)
  return { runs: runs.filter(({ key }) => wanted.has(key)), own }
}

const isOf = (stages: readonly Stage[], config: RunConfig) => stages.length === 0 || stages.includes(stageOf(config))

/**
 * What is left to do of a share after runs that are finished in `sources` were taken in: without what only finished
 * runs needed.
 *
 * @throws StudioError('conflict') where a run of another stage than those asked for would have to be repeated
 */
export function remainingWork(
  store: ProjectStore,
  { runs, own }: Work,
  sources: readonly ProjectStore[],
  stages: readonly Stage[],
): PlannedRun[] {
  const wanted = new Set(own)
  const left: PlannedRun[] = []
  for (const run of [...runs].reverse()) {
    if (!wanted.has(run.key) || isDone(store, run.key) || takeFrom(store, sources, run.key)) continue
    if (!own.has(run.key) && !isOf(stages, run.config)) throw missing(store, run)
    left.push(run)
    for (const need of run.needs) wanted.add(need)
  }
  return left.reverse()
}

function takeFrom(store: ProjectStore, sources: readonly ProjectStore[], key: string): boolean {
  for (const source of sources) {
    const found = source.runs.findByKey(key)
    if (found?.state !== 'done') continue
    checkRun(store, source, found)
    takeRun(store, source, found)
    // What waited here to be done is not done a second time.
    for (const { id, key: its, state } of store.runs.list())
      if (its === key && state !== 'done') store.runs.change(id, { state: 'stopped' })
    return true
  }
  return false
}

function missing(store: ProjectStore, { key, config }: PlannedRun): StudioError {
  const stage = stageOf(config)
  const hint = `Do the stage ${stage} first and name its folders with --with, or leave --stage away to do it here too.`
  return new StudioError(
    'conflict',
    `The ${stage} run ${key} of ${config.network}, which runs of this share need, is finished nowhere.`,
    { file: store.folder, hint },
  )
}

/** Adds what is not in the share's queue yet, to be done on `device`. Answers what is to be taken up again. */
export const notQueued = (
  store: ProjectStore,
  left: readonly PlannedRun[],
  device: DeviceId | undefined,
): RunConfig[] =>
  left.flatMap(({ key, config }) => (store.runs.findByKey(key) ? [] : [device ? { ...config, device } : config]))
