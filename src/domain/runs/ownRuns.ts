/**
 * Runs of one's own: the choices of the form as the list of configurations the queue takes, and what is amiss. Pure.
 */
import { fgsm, pgd, type AttackConfig } from '../attacks/config'
import {
  RUN_DEFAULTS,
  type EvaluationConfig,
  type Protocol,
  type RunConfig,
  type Schedule,
  type Selection,
  type Target,
} from './config'
import type { DeviceId } from './devices'
import type { RunInfo } from './info'
import { usualMilestones } from './milestones'
import { plural } from '../text/numbers'

export interface OwnRuns {
  networks: string[]
  targets: Target[]
  /** Of `mixup`; each is runs of its own. */
  mixupAlphas: number[]
  /** Label sets of `aggregated`; each is runs of its own. */
  aggregatedFrom: string[]
  /** Keys of the teachers of `distilled`, together. */
  teachers: string[]
  /** Finished runs to start from; none to start afresh. Each serves runs of its network. */
  startFrom: Pick<RunInfo, 'id' | 'key' | 'config'>[]
  imageSet: string
  labelSet: string
  protocol: Protocol
  /** 1 trains on all images and holds out none. */
  folds: number
  /** The first `useFolds` folds are run. */
  useFolds: number
  foldSeed: number
  seeds: number
  firstSeed: number
  epochs: number
  batch: number
  optimiser: RunConfig['optimiser']
  learningRate: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  schedule: Schedule['kind']
  /**
   * Of `step`, from 1 as epochs are counted for people: the rate falls after these; empty for half and three quarters.
   */
  milestones: number[]
  gamma: number
  trainImages: number | null
  testImages: number | null
  augment: boolean
  cutout: number | null
  selection: Selection
  /** Null for about ten evaluations. */
  evaluateEvery: number | null
  evaluations: EvaluationConfig[]
  attacks: AttackConfig[]
  device: DeviceId
}

/** The paper's residual networks (section 5) with a schedule scaled to the epochs, FGSM and PGD at 4/255. */
export const ownDefaults = (): OwnRuns => ({
  networks: [],
  targets: ['hard', 'soft'],
  mixupAlphas: [1],
  aggregatedFrom: [],
  teachers: [],
  startFrom: [],
  imageSet: '',
  labelSet: '',
  protocol: 'described',
  folds: 10,
  useFolds: 2,
  foldSeed: 0,
  seeds: 1,
  firstSeed: 0,
  epochs: 10,
  batch: 128,
  optimiser: 'sgd',
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: 'step',
  milestones: [],
  gamma: 0.1,
  trainImages: null,
  testImages: null,
  augment: true,
  cutout: null,
  selection: 'last',
  evaluateEvery: null,
  evaluations: [],
  attacks: [fgsm(4, 200), pgd(4, 10, 200)],
  device: 'auto',
})

/**
 * Seeds, then folds, then networks, then targets: what pairs stands together, and a cut-off list holds whole pairs.
 * Where there are more than `most`, the list ends soon after: numbers are typed digit by digit, and no window can make
 * millions of configurations at each.
 */
export function ownConfigs(form: OwnRuns, most = Infinity): RunConfig[] {
  const configs: RunConfig[] = []
  if (form.networks.length === 0 || form.targets.length === 0) return configs
  const useFolds = Math.min(form.useFolds, form.folds)
  for (let seed = form.firstSeed; seed < form.firstSeed + form.seeds; seed++)
    for (let fold = 0; fold < useFolds; fold++)
      for (const network of form.networks)
        for (const startFrom of startsOf(form, network, fold)) {
          for (const target of form.targets.flatMap((each) => variantsOf(form, each)))
            configs.push({ ...RUN_DEFAULTS, ...shared(form), ...target, network, startFrom, fold, seed })
          if (configs.length > most) return configs
        }
  return configs
}

function shared(form: OwnRuns) {
  const {
    imageSet,
    labelSet,
    protocol,
    folds,
    foldSeed,
    epochs,
    batch,
    optimiser,
    learningRate,
    weightDecay,
    trainImages,
    testImages,
    augment,
    cutout,
    selection,
    evaluations,
    attacks,
    device,
  } = form
  const isSgd = optimiser === 'sgd'
  return {
    ...{ imageSet, labelSet, protocol, folds, foldSeed, epochs, batch, optimiser, learningRate, weightDecay },
    ...{ trainImages, testImages, augment, cutout, selection, device },
    evaluations: evaluations.map((each) => ({ ...each })),
    // Held-out images are those attacked; a run that holds out none has its own set instead.
    attacks: attacks.map((each) => ({ ...each, on: folds === 1 ? ('all' as const) : each.on })),
    momentum: isSgd ? form.momentum : 0,
    nesterov: isSgd && form.nesterov && form.momentum > 0,
    schedule: scheduleOf(form),
    evaluateEvery: form.evaluateEvery ?? Math.max(1, Math.round(epochs / 10)),
  }
}

function variantsOf(
  form: OwnRuns,
  target: Target,
): Pick<RunConfig, 'target' | 'mixupAlpha' | 'aggregatedFrom' | 'teachers'>[] {
  const plain = { target, mixupAlpha: null, aggregatedFrom: null, teachers: [] }
  if (target === 'mixup') return form.mixupAlphas.map((mixupAlpha) => ({ ...plain, mixupAlpha }))
  if (target === 'aggregated') return form.aggregatedFrom.map((aggregatedFrom) => ({ ...plain, aggregatedFrom }))
  if (target === 'distilled') return form.teachers.length > 0 ? [{ ...plain, teachers: [...form.teachers] }] : []
  return [plain]
}

/**
 * A run that was trained on folds of the same images serves its own fold alone: it has seen what other folds hold out.
 */
function startsOf({ startFrom, imageSet, folds, foldSeed }: OwnRuns, network: string, fold: number): (string | null)[] {
  if (startFrom.length === 0) return [null]
  const fits = ({ config }: OwnRuns['startFrom'][number]) =>
    config.network === network &&
    (config.imageSet !== imageSet || (config.folds === folds && config.foldSeed === foldSeed && config.fold === fold))
  return startFrom.filter(fits).map(({ key }) => key)
}

function scheduleOf({ schedule, epochs, milestones: chosen, gamma }: OwnRuns): Schedule {
  if (schedule !== 'step') return { kind: schedule }
  return { kind: 'step', milestones: chosen.length > 0 ? [...chosen] : usualMilestones(epochs), gamma }
}

/** Why the choices come to fewer runs than they seem to, or none; in sentences, empty where nothing is amiss. */
export function ownProblems(form: OwnRuns): string[] {
  const { networks, targets, startFrom, epochs, schedule } = form
  const missing = networks.filter(
    (network) => startFrom.length > 0 && !startFrom.some(({ config }) => config.network === network),
  )
  const { folds, useFolds, trainImages, batch } = form
  return [
    useFolds > folds && `Of ${plural(folds, 'fold')}, ${useFolds} cannot run.`,
    trainImages !== null &&
      trainImages < batch &&
      `A batch of ${batch} is more than the ${plural(trainImages, 'image')} to train on.`,
    networks.length === 0 && 'Choose a network.',
    targets.length === 0 && 'Choose a target.',
    targets.includes('mixup') && form.mixupAlphas.length === 0 && 'Mixup needs an alpha.',
    targets.includes('aggregated') && form.aggregatedFrom.length === 0 && 'The target aggregated needs a label set.',
    targets.includes('distilled') && form.teachers.length === 0 && 'The target distilled needs teachers.',
    missing.length > 0 && `No chosen run to start from is of ${missing.join(', ')}.`,
    startFrom.length > 0 &&
      missing.length === 0 &&
      ownConfigs(form, 0).length === 0 &&
      networks.length > 0 &&
      targets.length > 0 &&
      'The runs to start from were trained on other folds of the same images: they have seen what would be held out.',
    schedule === 'step' &&
      form.milestones.some((epoch) => epoch >= epochs) &&
      'A milestone after the last epoch changes nothing: leave it out.',
  ].filter((problem) => problem !== false)
}

/** Fields as the form calls them. */
const LABELS: Partial<Record<keyof RunConfig, string>> = {
  folds: 'Folds',
  seed: 'From seed',
  trainImages: 'Train on, images',
  testImages: 'Test on, images',
  epochs: 'Epochs',
  batch: 'Batch',
  learningRate: 'Learning rate',
  momentum: 'Momentum',
  weightDecay: 'Weight decay',
  cutout: 'Cutout',
  mixupAlpha: 'Mixup alpha',
  evaluateEvery: 'Evaluate every',
  imageSet: 'Labels',
  labelSet: 'Labels',
}
const ATTACK_LABELS: Partial<Record<string, string>> = {
  epsilon: 'ε',
  stepSize: 'step',
  steps: 'steps',
  images: 'images',
}

/** What the contract refuses, in the words of the form. */
export function refusalInWords({
  path,
  code,
  ...issue
}: {
  path: PropertyKey[]
  code: string
  minimum?: unknown
  maximum?: unknown
  inclusive?: unknown
  expected?: unknown
}): string {
  const [field, at, part] = path
  const own =
    field === 'schedule' ? (at === 'gamma' ? 'Factor at each' : 'Milestones') : LABELS[field as keyof RunConfig]
  const what =
    field === 'attacks' || field === 'evaluations'
      ? [`${field === 'attacks' ? 'Attack' : 'Further images'} ${Number(at) + 1}`, ATTACK_LABELS[String(part)]]
          .filter(Boolean)
          .join(', ')
      : (own ?? String(field ?? 'The choices'))
  const strict = issue.inclusive === false
  if (code === 'too_small') return `${what}: ${strict ? 'more than' : 'at least'} ${String(issue.minimum)}.`
  if (code === 'too_big') return `${what}: ${strict ? 'less than' : 'at most'} ${String(issue.maximum)}.`
  if (code === 'invalid_type')
    return `${what}: a ${issue.expected === 'int' ? 'whole number' : String(issue.expected)} is needed.`
  return `${what} does not fit.`
}

/** "80, 120": whole numbers from 1 in rising order, each once; null where it is something else. */
export function numbersFrom(text: string, isFit: (value: number) => boolean): number[] | null {
  const parts = text.split(/[\s,;]+/).filter(Boolean)
  const numbers = parts.map(Number)
  return numbers.every(isFit) ? [...new Set(numbers)].sort((a, b) => a - b) : null
}
