/**
 * What `reproduce --preset` runs. `smoke` and `quick`: hard against soft targets on the folds of the paper's
 * cross-validation (section 5: 10 folds over the 10,000 test images, 9,000 to train, permutation of seed 0), cut to a
 * time. Hard and soft of a fold follow each other, so that an interrupted experiment already holds pairs. `laptop` and
 * `paper`: every experiment (wholePaper.ts).
 */
import { fgsm, pgd, type AttackConfig } from '../attacks/config'
import type { DeviceId } from './devices'
import {
  type EvaluationConfig,
  FAMILY_NAMES,
  type FamilyName,
  type Preset,
  RUN_DEFAULTS,
  type RunConfig,
  type Target,
} from './config'
import { assertNever, StudioError } from '../errors'
import { usualMilestones } from './milestones'
import { familyOf } from './recipes'
import { LAPTOP, PAPER, planWholePaper } from './paperPlan'

export interface PresetData {
  imageSet: string
  labelSet: string
  /** Images in the set. */
  images: number
  classes: number
  /** Labelled images of the same classes to pretrain on (section 6); null where the project has none. */
  pretraining: { imageSet: string; images: number } | null
  /** Further sets to measure on. */
  further: readonly Omit<EvaluationConfig, 'images'>[]
  /** Other distributions made of the same judgments, to train towards. */
  aggregated: readonly string[]
}

interface Plan {
  network: string
  /** The first `useFolds` of `FOLDS`. */
  useFolds: number
  trainImages: number | null
  testImages: number | null
  epochs: number
  batch: number
  attacks: AttackConfig[]
}

const FOLDS = 10
const FEWEST_IMAGES = 100

const PLANS: Record<'smoke' | 'quick', Plan> = {
  // Under 3 minutes on two processor cores, with evaluation and attacks.
  smoke: {
    network: 'resnet_basic_8',
    useFolds: 2,
    trainImages: 2000,
    testImages: 500,
    epochs: 6,
    batch: 64,
    attacks: [fgsm(4, 128), pgd(4, 10, 128)],
  },
  // Under 30 minutes on two processor cores. Folds against epochs: four pairs give an interval of 1.9 standard
  // deviations of the differences, three 2.9; epochs are what lets hard-label networks grow overconfident.
  quick: {
    network: 'resnet_basic_8',
    useFolds: 4,
    trainImages: null,
    testImages: null,
    epochs: 30,
    batch: 128,
    attacks: [fgsm(2, 512), fgsm(4, 512), fgsm(8, 512), pgd(4, 10, 512)],
  },
}

export interface PlanOptions {
  /** Confined to these families of `laptop` and `paper`; empty for all. */
  families?: readonly string[]
}

/**
 * The runs of a preset in the order they should be queued. Throws StudioError('bad-input') saying what does not fit.
 */
export function planPreset(
  preset: Preset,
  data: PresetData,
  device: DeviceId,
  { families = [] }: PlanOptions = {},
): RunConfig[] {
  if (!(data.images >= FEWEST_IMAGES)) {
    throw new StudioError(
      'bad-input',
      `An experiment needs at least ${FEWEST_IMAGES} images; ${data.imageSet} has ${data.images}.`,
    )
  }
  if (!(data.classes >= 2)) throw new StudioError('bad-input', `${data.imageSet} has fewer than two classes.`)
  const unknown = families.find((family) => !FAMILY_NAMES.includes(family as FamilyName))
  if (unknown !== undefined)
    throw new StudioError('bad-input', `There is no family ${unknown}; there are ${FAMILY_NAMES.join(', ')}.`)
  switch (preset) {
    case 'smoke':
    case 'quick':
      return planShort(PLANS[preset], data, device, families)
    case 'laptop':
      return planWholePaper(LAPTOP, data, device, families)
    case 'paper':
      return planWholePaper(PAPER, data, device, families)
    default:
      return assertNever(preset)
  }
}

function planShort(plan: Plan, data: PresetData, device: DeviceId, families: readonly string[]): RunConfig[] {
  if (families.length > 0 && !families.includes(familyOf(plan.network) ?? ''))
    throw new StudioError('bad-input', `This preset has no member of ${families.join(', ')}, only ${plan.network}.`)
  const training = data.images - Math.ceil(data.images / FOLDS)
  const trainImages = Math.min(plan.trainImages ?? training, training)
  const targets: Target[] = ['hard', 'soft']
  return Array.from({ length: plan.useFolds }, (_, fold) => fold).flatMap((fold) =>
    targets.map((target): RunConfig => ({
      ...RUN_DEFAULTS,
      network: plan.network,
      target,
      imageSet: data.imageSet,
      labelSet: data.labelSet,
      protocol: 'described',
      folds: FOLDS,
      fold,
      foldSeed: 0,
      trainImages: trainImages === training ? null : trainImages,
      testImages: plan.testImages,
      seed: 0,
      epochs: plan.epochs,
      // A batch is never more than a tenth of the images, so that a small set still takes steps.
      batch: Math.min(plan.batch, Math.max(1, Math.floor(trainImages / 10))),
      learningRate: 0.1,
      momentum: 0.9,
      nesterov: true,
      weightDecay: 1e-4,
      schedule: { kind: 'step', milestones: usualMilestones(plan.epochs), gamma: 0.1 },
      augment: true,
      device,
      evaluateEvery: 1,
      attacks: plan.attacks,
    })),
  )
}
