/**
 * Runs on hard labels and on another target that differ in nothing else, brought together by fold and seed. Only such
 * runs are compared: averaging over runs of different length or size would compare the lengths.
 */
import type { Protocol, RunConfig, Stage, Target } from '../runs/config'
import type { RunInfo } from '../runs/info'
import { datasetOf, finishedRuns, type FinishedRun } from './runValues'
import { choiceInWords, selectRuns, type Choice } from './selection'
import { stageOf } from '../runs/stage'
import { inPaperOrder, variantKey, variantOf } from './targetWords'

export interface Pair {
  fold: number
  seed: number
  hard: FinishedRun
  soft: FinishedRun
}

/** Runs of one network on one data set under one configuration: hard labels against `target`. */
export interface Comparison {
  network: string
  stage: Stage
  protocol: Protocol
  /** What the side `soft` was trained towards. */
  target: Target
  /** The target, with what sets it apart from others of its name. */
  variant: string
  /** "cifar10-test held-out"; with what sets it apart where the project holds several of the kind. */
  dataset: string
  /** That addition alone; null where there is one of the kind. */
  particulars: string | null
  imageSet: string
  hard: FinishedRun[]
  soft: FinishedRun[]
  pairs: Pair[]
  /** Held-out images over training images, for the corrected t-test. */
  testShare: number
  /** Which rate (and alpha) the sides were chosen to stand for, in words; null where there was nothing to choose. */
  chosen: { hard: string | null; soft: string | null }
}

/** The released mixup and sampled runs took 250 epochs where the others took 150; Table 1 sets them side by side. */
const LONG_RELEASED = 150 / 250

/** Whether rates (and for `released` seeds and splits) are chosen among, and not compared under. */
const selects = (config: RunConfig) => stageOf(config) === 'fine-tuned'

/**
 * What must be equal: everything but the target and what belongs to it, fold and seed, and how often it was looked at.
 */
function kind(config: RunConfig): string {
  const {
    target,
    mixupAlpha: _m,
    aggregatedFrom: _ag,
    teachers: _te,
    fold: _f,
    seed: _s,
    device: _d,
    evaluateEvery: _e,
    attacks: _a,
    evaluations: _ev,
    learningRate,
    foldSeed,
    epochs,
    schedule,
    ...rest
  } = config
  const fine = selects(config)
  const released = fine && config.protocol === 'released'
  const long = released && (target === 'mixup' || target === 'sampled-hard')
  const compared = {
    ...rest,
    epochs: long ? Math.round(epochs * LONG_RELEASED) : epochs,
    // Cut to the epochs, which were not the same for all.
    schedule: released ? null : schedule,
    learningRate: fine ? null : learningRate,
    foldSeed: released ? null : foldSeed,
  }
  return JSON.stringify(Object.entries(compared).sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function comparisons(runs: readonly RunInfo[]): Comparison[] {
  const groups = groupBy(finishedRuns(runs), (run) => kind(run.config))
  const made = [...groups.values()].flatMap((members) => comparisonsOf(latest(members)))
  const name = ({ network, dataset, stage, protocol, variant }: Comparison) =>
    [network, dataset, stage, protocol, variant].join('\n')
  const alike = groupBy(made, name)
  return made.map((each) => {
    const group = alike.get(name(each)) ?? []
    const config = (each.soft[0] ?? each.hard[0])?.config
    if (group.length < 2 || !config) return each
    const particulars = inParticular(config, each.chosen.soft ?? each.chosen.hard)
    return { ...each, particulars, dataset: `${each.dataset}, ${particulars}` }
  })
}

function inParticular(config: RunConfig, chosen: string | null): string {
  const parts = [`${config.epochs} epochs`, `${config.folds} folds`, `batch ${config.batch}`]
  if (config.trainImages !== null) parts.push(`${config.trainImages} images`)
  if (chosen === null) parts.push(`rate ${config.learningRate}`)
  if (chosen === null && config.mixupAlpha !== null) parts.push(`alpha ${config.mixupAlpha}`)
  if (config.startFrom) parts.push(`from ${config.startFrom}`)
  return [...parts, ...(config.labelSet === null ? [] : [config.labelSet])].join(', ')
}

/** A configuration that was run twice counts once: the later one. */
function latest(members: FinishedRun[]): FinishedRun[] {
  const found = new Map<string, FinishedRun>()
  for (const run of [...members].sort((a, b) => a.id - b.id)) {
    const { fold, seed, foldSeed, learningRate, mixupAlpha } = run.config
    found.set([variantKey(run.config), fold, seed, foldSeed, learningRate, mixupAlpha].join('/'), run)
  }
  return [...found.values()]
}

/** One comparison a target other than hard; hard labels alone stand for themselves. */
function comparisonsOf(members: FinishedRun[]): Comparison[] {
  const variants = groupBy(members, ({ config }) => variantKey(config))
  const hard = variants.get('hard') ?? []
  variants.delete('hard')
  const others = [...variants.values()].sort((a, b) => inPaperOrder(targetOf(a), targetOf(b)))
  if (others.length === 0) return byRate(hard, []).flatMap((sides) => comparison(...sides) ?? [])
  return others.flatMap(byAlpha).flatMap((other) => {
    const sides = byRate(hard, other)
    // Hard labels at a rate that the other target was not run at say nothing about it.
    const told = sides.filter(([, soft]) => soft.length > 0)
    return told.flatMap((each) => comparison(...each) ?? [])
  })
}

/**
 * Alphas of mixup are chosen among like rates; of a single fold, where no other could choose, each stands by itself.
 */
function byAlpha(runs: FinishedRun[]): FinishedRun[][] {
  if (runs[0]?.config.protocol === 'released' || foldsOf(runs) > 1) return [runs]
  return [...groupBy(runs, ({ config }) => String(config.mixupAlpha)).values()]
}

const foldsOf = (runs: FinishedRun[]) => new Set(runs.map(({ config }) => config.fold)).size

const targetOf = ([first]: FinishedRun[]): Target => first?.config.target ?? 'soft'

/**
 * Rates that both sides were run at are chosen among together; where they share no more than one, or no other fold
 * could choose, each rate is compared by itself.
 */
function byRate(hard: FinishedRun[], soft: FinishedRun[]): [FinishedRun[], FinishedRun[]][] {
  const [first] = [...hard, ...soft]
  if (!first || !selects(first.config)) return [[hard, soft]]
  const rates = (runs: FinishedRun[]) => [...new Set(runs.map(({ config }) => config.learningRate))]
  const common =
    hard.length === 0 || soft.length === 0
      ? rates([...hard, ...soft])
      : rates(hard).filter((rate) => rates(soft).includes(rate))
  const at = (runs: FinishedRun[], chosen: number[]) =>
    runs.filter(({ config }) => chosen.includes(config.learningRate))
  if (common.length > 1 && (foldsOf([...hard, ...soft]) > 1 || first.config.protocol === 'released'))
    return [[at(hard, common), at(soft, common)]]
  return rates([...hard, ...soft]).map((rate) => [at(hard, [rate]), at(soft, [rate])])
}

function chosen(runs: FinishedRun[]): Choice[] {
  const [first] = runs
  if (!first) return []
  const alphas = new Set(runs.map(({ config }) => config.mixupAlpha)).size
  const choices = selectRuns(runs, selects(first.config) || alphas > 1 ? first.config.protocol : 'described')
  return choices.sort((a, b) => a.seed - b.seed || a.fold - b.fold)
}

function comparison(hardRuns: FinishedRun[], softRuns: FinishedRun[]): Comparison | null {
  const first = hardRuns[0] ?? softRuns[0]
  if (!first) return null
  const [hard, soft] = [chosen(hardRuns), chosen(softRuns)]
  const { network, imageSet, protocol } = first.config
  const stage = stageOf(first.config)
  // Released: the best seed and split of each side, which need not be the same.
  const acrossSeeds = protocol === 'released' && stage === 'fine-tuned'
  const pairs = hard.flatMap((one): Pair[] => {
    const partner = soft.find(({ fold, seed }) => fold === one.fold && (acrossSeeds || seed === one.seed))
    return partner ? [{ fold: one.fold, seed: partner.seed, hard: one.run, soft: partner.run }] : []
  })
  const lead = softRuns[0]?.config
  return {
    network,
    stage,
    protocol,
    target: lead?.target ?? 'soft',
    variant: lead ? variantOf(lead) : 'soft',
    dataset: datasetOf(first),
    particulars: null,
    imageSet,
    hard: hard.map(({ run }) => run),
    soft: soft.map(({ run }) => run),
    pairs,
    testShare: testShare(first),
    chosen: { hard: choiceInWords(hard), soft: choiceInWords(soft) },
  }
}

/** Of k folds one is held out; a run on part of the images says itself how many it used. Nothing held out: 0. */
export function testShare({ config, result }: FinishedRun): number {
  if (config.folds <= 1) return 0
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
