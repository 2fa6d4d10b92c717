/**
 * Hard and soft runs that differ in nothing but the target, brought together by fold and seed. Only such runs are
 * compared: averaging over runs of different length or size would compare the lengths.
 */
import type { RunConfig, RunInfo } from '../shared/domain'
import { datasetOf, isFinished, type FinishedRun } from './runValues'

/** The two targets that the paper compares throughout. */
export const SIDES = ['hard', 'soft'] as const
export type Side = (typeof SIDES)[number]

export interface Pair {
  fold: number
  seed: number
  hard: FinishedRun
  soft: FinishedRun
}

/** Runs of one network on one data set under one configuration. */
export interface Comparison {
  network: string
  /** "cifar10-test held-out"; with what sets it apart where the project holds several of the kind. */
  dataset: string
  imageSet: string
  hard: FinishedRun[]
  soft: FinishedRun[]
  pairs: Pair[]
  /** Held-out images over training images, for the corrected t-test. */
  testShare: number
}

/** What must be equal: everything but what a pair or a fold may differ in, and where or how often it was looked at. */
function kind(config: RunConfig): string {
  const { target: _t, fold: _f, seed: _s, device: _d, evaluateEvery: _e, attacks: _a, ...rest } = config
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function comparisons(runs: readonly RunInfo[]): Comparison[] {
  const groups = groupBy(runs.filter(isFinished), (run) => kind(run.config))
  const made = [...groups.values()].flatMap((members) => comparison(members) ?? [])
  const name = (of: Comparison) => `${of.network}\n${of.dataset}`
  const alike = groupBy(made, name)
  return made.map((each) => {
    const several = (alike.get(name(each))?.length ?? 0) > 1
    const config = (each.hard[0] ?? each.soft[0])?.config
    return several && config ? { ...each, dataset: `${each.dataset}, ${particulars(config)}` } : each
  })
}

function particulars(config: RunConfig): string {
  const parts = [`${config.epochs} epochs`, `${config.folds} folds`, `batch ${config.batch}`]
  if (config.trainImages !== null) parts.push(`${config.trainImages} images`)
  return [...parts, `rate ${config.learningRate}`, config.labelSet].join(', ')
}

function comparison(members: FinishedRun[]): Comparison | null {
  const first = members[0]
  if (!first) return null
  // A configuration that was run twice counts once: the later one.
  const latest = new Map<string, FinishedRun>()
  for (const run of [...members].sort((a, b) => a.id - b.id)) {
    latest.set(`${run.config.target}/${run.config.fold}/${run.config.seed}`, run)
  }
  const of = (target: Side) =>
    [...latest.values()]
      .filter((run) => run.config.target === target)
      .sort((a, b) => a.config.seed - b.config.seed || a.config.fold - b.config.fold)
  const [hard, soft] = [of('hard'), of('soft')]
  const pairs = hard.flatMap((run): Pair[] => {
    const { fold, seed } = run.config
    const partner = latest.get(`soft/${fold}/${seed}`)
    return partner ? [{ fold, seed, hard: run, soft: partner }] : []
  })
  const { network, imageSet } = first.config
  return { network, dataset: datasetOf(first), imageSet, hard, soft, pairs, testShare: testShare(first) }
}

/** Of k folds one is held out; a run on part of the images says itself how many it used. */
function testShare({ config, result }: FinishedRun): number {
  const whole = 1 / (config.folds - 1)
  if (config.trainImages === null) return whole
  return Math.max(whole, result.heldOut / config.trainImages)
}

/** In the order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
