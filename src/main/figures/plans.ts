/**
 * What would complete a figure: the runs of a preset that it is made of and that are neither done nor waiting, and data
 * to import. A run that differs from the planned one only in what it was measured on counts where the figure does not
 * need those measurements, so that a set imported later does not ask for everything again.
 */
import { PAPER_SETS, paperSet, SET_WORDS } from '../../domain/published/dataSets'
import { planPreset } from '../../domain/runs/presets'
import { familyOf } from '../../domain/runs/recipes'
import { FAMILY_NAMES, type Preset, type RunConfig, type Target } from '../../domain/runs/config'
import type { AttackConfig } from '../../domain/attacks/config'
import type { RunInfo } from '../../domain/runs/info'
import type { FigurePlan, PaperFigure } from '../../domain/paper'
import { runKey } from '../../domain/runs/runKey'
import { stageOf } from '../../domain/runs/stage'
import type { ProjectStore } from '../storage'
import { presetData } from '../experiments/presetData'
import { imagesIn, planCost } from '../estimates/planCost'
import { dependencies } from '../runs/dependencies'
import { finishedRates } from '../speeds/finishedRates'
import { readSpeeds } from '../speeds/speeds'
import type { Scope } from '../experiments/scope'

/** A plan as the window sees it, and what filling it does: runs to queue, and done ones to take into the experiment. */
export interface Fill {
  plan: FigurePlan
  queue: RunConfig[]
  adopt: number[]
}

interface Need {
  /** Whether a planned run is part of the figure. */
  of: (config: RunConfig) => boolean
  /** Whether it shows measurements on further sets. */
  sets: boolean
  attack: AttackConfig['attack'] | null
}

const TABLE_1: ReadonlySet<Target> = new Set<Target>(['hard', 'mixup', 'category-soft', 'soft', 'sampled-hard'])
const isSide = ({ target }: RunConfig) => target === 'hard' || target === 'soft'
const scratch = (config: RunConfig) => stageOf(config) === 'from-scratch'
const attacked = (attack: AttackConfig['attack']) => (config: RunConfig) =>
  isSide(config) && config.attacks.some((each) => each.attack === attack)

const NEEDS: Record<string, Need> = {
  'figure-1': { of: (config) => scratch(config) && config.target === 'hard', sets: false, attack: null },
  'figure-2': { of: (config) => scratch(config) && isSide(config), sets: true, attack: null },
  'figure-3': { of: (config) => scratch(config) && isSide(config), sets: false, attack: null },
  'table-1': {
    of: (config) =>
      stageOf(config) === 'pretrained' || (stageOf(config) === 'fine-tuned' && TABLE_1.has(config.target)),
    sets: true,
    attack: null,
  },
  'table-2': { of: attacked('fgsm'), sets: false, attack: 'fgsm' },
  'figure-4': { of: attacked('pgd'), sets: false, attack: 'pgd' },
}

/** Equal for runs that differ in nothing but the device and what they were measured on. */
const trainedAs = (config: RunConfig) => runKey({ ...config, evaluations: [], attacks: [], evaluateEvery: 1 })

function suffices(there: RunConfig, planned: RunConfig, { of, sets, attack }: Need): boolean {
  // Needed only as another's beginning.
  if (!of(planned)) return true
  const measured = new Set(there.evaluations.map(({ imageSet }) => imageSet))
  const ofPaper = planned.evaluations.filter(
    ({ imageSet, labelSet }) => labelSet !== null || paperSet(imageSet) !== null,
  )
  return (
    (!sets || ofPaper.every(({ imageSet }) => measured.has(imageSet))) &&
    (attack === null || there.attacks.some((each) => each.attack === attack))
  )
}

/** The planned runs of a figure with all that they begin with, in the order of the plan. */
function partOf(plan: readonly RunConfig[], { of }: Need): RunConfig[] {
  const byKey = new Map(plan.map((config) => [runKey(config), config]))
  const wanted = new Set<string>()
  const want = (config: RunConfig) => {
    const key = runKey(config)
    if (wanted.has(key)) return
    wanted.add(key)
    for (const needed of dependencies(config)) {
      const found = byKey.get(needed)
      if (found) want(found)
    }
  }
  for (const config of plan) if (of(config)) want(config)
  return plan.filter((config) => wanted.has(runKey(config)))
}

const WAITING: ReadonlySet<RunInfo['state']> = new Set(['queued', 'running', 'paused'])

/** Each planned run as it is in the project: done, waiting, or to be queued, then beginning with what is there. */
function sorted(part: readonly RunConfig[], need: Need, there: ReadonlyMap<string, RunInfo[]>) {
  /** Keys of planned runs that another run stands for. */
  const standIn = new Map<string, string>()
  const instead = (key: string) => standIn.get(key) ?? key
  const found = { done: [] as RunInfo[], waiting: [] as RunInfo[], queue: [] as RunConfig[] }
  for (const planned of part) {
    const config: RunConfig = {
      ...planned,
      startFrom: planned.startFrom && instead(planned.startFrom),
      teachers: planned.teachers.map(instead),
    }
    const alike = (there.get(trainedAs(config)) ?? []).filter((run) => suffices(run.config, config, need))
    const done = alike.find(({ state }) => state === 'done')
    const run = done ?? alike.find(({ state }) => WAITING.has(state))
    standIn.set(runKey(planned), run?.key ?? runKey(config))
    if (!run) found.queue.push(config)
    else found[done ? 'done' : 'waiting'].push(run)
  }
  return found
}

/**
 * The scale that the runs at hand are of, else the whole paper on small networks; without images to pretrain on,
 * `quick`.
 */
function presetOf({ experiment }: Scope, canPretrain: boolean): Preset {
  if (experiment && experiment.preset !== 'smoke' && experiment.preset !== 'quick') return experiment.preset
  return canPretrain ? 'laptop' : 'quick'
}

/** Of each figure: of the families at hand, then of all where those are not all; none where the data are not there. */
export async function fillsOf(
  store: ProjectStore,
  scope: Scope,
  figures: readonly PaperFigure[],
): Promise<Map<string, Fill[]>> {
  const { labels, images, experiment, done } = scope
  if (!labels || !images) return new Map()
  const data = presetData(store, images, labels)
  const preset = presetOf(scope, data.pretraining !== null)
  const own = experiment?.families.length
    ? experiment.families
    : [...new Set(done.flatMap(({ config }) => familyOf(config.network) ?? []))]
  const whole = preset === 'laptop' || preset === 'paper'
  const choices = !whole || own.length === 0 || own.length === FAMILY_NAMES.length ? [[]] : [own, []]
  const there = new Map<string, RunInfo[]>()
  for (const run of store.runs.list()) {
    const key = trainedAs(run.config)
    there.set(key, [...(there.get(key) ?? []), run])
  }
  const mine = new Set(experiment ? experiment.runs : [])
  const speeds = readSpeeds(store)
  const learned = finishedRates(store, null)
  const plans = choices.map((families) => ({
    families,
    plan: planPreset(preset, data, experiment?.device ?? 'auto', { families }),
  }))
  const made = new Map<string, Fill[]>()
  for (const { id } of figures) {
    const need = NEEDS[id]
    if (!need) continue
    const fills: Fill[] = []
    for (const { families, plan } of plans) {
      const part = partOf(plan, need)
      if (part.length === 0) continue
      const found = sorted(part, need, there)
      const adopt = experiment
        ? [...found.done, ...found.waiting].map((run) => run.id).filter((run) => !mine.has(run))
        : []
      const { kinds, diskBytes, deviceHours } = await planCost(found.queue, imagesIn(store), { speeds, learned })
      fills.push({
        plan: {
          preset,
          families,
          runs: found.queue.length,
          waiting: found.waiting.length,
          done: found.done.length,
          kinds,
          diskBytes,
          deviceHours,
        },
        queue: found.queue,
        adopt,
      })
    }
    made.set(id, fills)
  }
  return made
}

/** Data that a figure needs and the project does not have. */
export function importsOf(store: ProjectStore, { labels, images }: Scope, id: string): string[] {
  if (!labels || !images)
    return ['Images with people’s labels: CIFAR-10’s test images and CIFAR-10H, or the built-in demo set.']
  const present = new Set(store.imageSets.list().flatMap(({ name }) => paperSet(name) ?? []))
  const papers = /^cifar-?10/i.test(images.name)
  const staged = id === 'table-1' || id === 'table-2' || id === 'figure-4'
  const pretraining = presetData(store, images, labels).pretraining
  const sets = !papers
    ? []
    : id === 'figure-2'
      ? PAPER_SETS.filter((set) => set !== 'cifar10')
      : id === 'table-1'
        ? (['cifar10.1-v4', 'cifar10.1-v6'] as const)
        : []
  const lacking = sets.filter((set) => !present.has(set))
  return [
    ...(staged && !pretraining
      ? [
          papers
            ? 'CIFAR-10’s 50,000 training images, to pretrain the networks that the paper fine-tunes.'
            : 'A larger set of labelled images of the same classes, to pretrain the networks that the paper fine-tunes.',
        ]
      : []),
    ...(lacking.length > 0 ? [`${lacking.map((set) => SET_WORDS[set]).join('; ')}: to measure networks on.`] : []),
  ]
}
