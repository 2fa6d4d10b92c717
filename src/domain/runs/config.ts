/** How a training run is configured, and the words of its fields. Plain data that crosses every boundary. */
import type { AttackConfig } from '../attacks/config'
import type { DeviceId } from './devices'

/**
 * What a network is trained towards.
 *
 * The paper's: `hard` the publisher's label, one-hot; `soft` the image's human distribution (section 5);
 * `category-soft` the human distribution of the image's class; `sampled-hard` a fresh draw from the human distribution,
 * per image and epoch; `mixup` images and hard labels mixed in pairs (section 6).
 *
 * Beyond it: `distilled` the mean prediction of other networks (`teachers`); and controls: `majority-hard` people's
 * most frequent class, one-hot; `mode-forced` the human distribution with the label given the largest share;
 * `smoothed` labels smoothed to people's mean entropy; `aggregated` another distribution made of the same judgments.
 */
export const TARGETS = [
  'hard',
  'soft',
  'category-soft',
  'sampled-hard',
  'mixup',
  'distilled',
  'majority-hard',
  'mode-forced',
  'smoothed',
  'aggregated',
] as const
export type Target = (typeof TARGETS)[number]

/** `described`: what the paper's text says, made sound. `released`: what produced its printed numbers. */
export const PROTOCOLS = ['described', 'released'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export type Schedule =
  | { kind: 'constant' }
  /** Multiply by `gamma` at the start of each epoch listed (0-based). */
  | { kind: 'step'; milestones: number[]; gamma: number }
  /** Cosine from the base rate to 0 over all steps, or over `epochs` epochs of which the run may do fewer. */
  | { kind: 'cosine'; epochs?: number }

/** Which epoch's weights are measured and attacked; `best-loss` is the cross-entropy to what was trained towards. */
export const SELECTIONS = ['last', 'best-accuracy', 'best-loss'] as const
export type Selection = (typeof SELECTIONS)[number]

/** Another set of images to measure on at the end: a shifted data set, or the images that were not trained on. */
export interface EvaluationConfig {
  imageSet: string
  /** People's distributions for it; null measures against the publisher's labels only. */
  labelSet: string | null
  /** The first `images` of the set; null for all. Images that come from CIFAR-10 itself (CINIC-10) are left out. */
  images: number | null
}

/** Everything one training run needs; a run's folder keeps it as config.json. */
export interface RunConfig {
  network: string
  target: Target
  imageSet: string
  /** The people: trained towards by soft targets, measured against by all. Null where there are none. */
  labelSet: string | null
  protocol: Protocol
  /**
   * k-fold cross-validation: fold `fold` of `folds`, drawn by `foldSeed`. `folds` 1 trains on all images and holds out
   * none: such a run is measured on its `evaluations`.
   */
  folds: number
  fold: number
  foldSeed: number
  /** Train on the first `trainImages` of the fold's training part; null for all of it. */
  trainImages: number | null
  /** Evaluate on the first `testImages` of the held-out part; null for all of it. */
  testImages: number | null
  seed: number
  epochs: number
  batch: number
  /** `adam` has betas 0.9 and 0.999, epsilon 1e-8, and takes no momentum. */
  optimiser: 'sgd' | 'adam'
  learningRate: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  schedule: Schedule
  /** Zero-pad 4, random crop, horizontal flip. */
  augment: boolean
  /** Side of the square cut out of each training image; null for what the network's id says. */
  cutout: number | null
  /** Beta(alpha, alpha) of `mixup`; null for other targets. */
  mixupAlpha: number | null
  /** Label set that `aggregated` trains towards; null for other targets. */
  aggregatedFrom: string | null
  /** Keys (`runKey`) of the runs whose mean prediction `distilled` trains towards. */
  teachers: readonly string[]
  /** Key of the run whose measured weights training starts from (fine-tuning, section 6); null to start afresh. */
  startFrom: string | null
  selection: Selection
  device: DeviceId
  /** Epochs between evaluations on the held-out fold; the last epoch is always evaluated. */
  evaluateEvery: number
  evaluations: readonly EvaluationConfig[]
  attacks: AttackConfig[]
}

export const RUN_DEFAULTS = {
  optimiser: 'sgd',
  cutout: null,
  mixupAlpha: null,
  aggregatedFrom: null,
  teachers: [] as readonly string[],
  startFrom: null,
  selection: 'last',
  evaluations: [] as readonly EvaluationConfig[],
} as const satisfies Partial<RunConfig>

/** The paper's eight families, as their networks' ids begin, in its order. */
export const FAMILY_NAMES = [
  'vgg',
  'resnet_basic',
  'wrn',
  'resnet_preact',
  'resnext',
  'densenet',
  'pyramidnet',
  'shake_shake',
] as const
export type FamilyName = (typeof FAMILY_NAMES)[number]

export const PRESETS = ['smoke', 'quick', 'laptop', 'paper'] as const
export type Preset = (typeof PRESETS)[number]

/** Where in the paper a run belongs; an imported run was trained elsewhere. */
export const STAGES = ['from-scratch', 'pretrained', 'fine-tuned', 'imported'] as const
export type Stage = (typeof STAGES)[number]

/** The two sides of a comparison: hard labels, and the other target (human soft labels unless it says otherwise). */
export const SIDES = ['hard', 'soft'] as const
export type Side = (typeof SIDES)[number]
