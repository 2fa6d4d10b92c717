/**
 * Training runs: how they are configured, what they measure, what a report says of them. Plain data that crosses every
 * boundary. Cross-entropies are in nats, radii of attacks in units of 1/255.
 */
import type { DeviceId } from '..'
import type { ErrorData } from '../errors'
import type { PaperFigure } from '../paper'

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
  'hard', 'soft', 'category-soft', 'sampled-hard', 'mixup', 'distilled', 'majority-hard', 'mode-forced', 'smoothed', 'aggregated',
] as const // prettier-ignore
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

/** White-box, l-infinity, on images in [0, 1] (section 7). */
export interface AttackConfig {
  attack: 'fgsm' | 'pgd'
  /** l-infinity radius in units of 1/255. */
  epsilon: number
  /** PGD step size in units of 1/255; ignored by FGSM. */
  stepSize: number
  /** PGD iterations; 1 for FGSM. */
  steps: number
  randomStart: boolean
  /** Attack the first `images` images of `on`; null for all. */
  images: number | null
  /** Held-out images of the run's fold, or all images of its set, most of which it was trained on. */
  on: 'held-out' | 'all'
  /** What is raised: cross-entropy to the label, or the margin of the best wrong class over the label's (logits). */
  loss: 'cross-entropy' | 'margin'
  /** Decay of the accumulated gradient (momentum iterative method, Dong et al. 2018); 0 for none. */
  momentum: number
  /** Null moves away from the label; otherwise towards the class the network finds least likely, or the next class. */
  towards: 'least-likely' | 'next' | null
  /** Attack randomly cropped and flipped images, as the released run did. */
  augmented: boolean
  /** Normalise by another data set's mean and deviation than the network was trained with, as the released run did. */
  normalisation: 'cifar10' | 'imagenet'
  /** Queries per image of a gradient-free attack of the same radius, to tell masked gradients; 0 for none. */
  blackBoxQueries: number
}

/** What a configuration means where it does not say, as in runs of earlier versions. */
export const ATTACK_DEFAULTS = {
  on: 'held-out',
  loss: 'cross-entropy',
  momentum: 0,
  towards: null,
  augmented: false,
  normalisation: 'cifar10',
  blackBoxQueries: 0,
} as const satisfies Partial<AttackConfig>

/** Of each attack, how many of its first images are kept pixel by pixel. */
export const ATTACK_EXAMPLES = 48

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

export const RUN_STATES = ['queued', 'running', 'paused', 'stopped', 'failed', 'done'] as const
export type RunState = (typeof RUN_STATES)[number]

export interface RunProgress {
  step: number
  steps: number
  epoch: number
  epochs: number
  /** "training", "evaluating", "measuring: cinic10", "attacking: PGD 4/255". */
  activity: string
  imagesPerSecond: number | null
  secondsLeft: number | null
  /** Resident memory of the run's process, in units of 2^20 bytes; absent in runs of earlier versions. */
  residentMb?: number
}

/** Measures of one set of predictions, by name; the names are those of `metrics --json`. */
export type Measures = Record<string, number>

export interface AttackResult extends AttackConfig {
  accuracy: number
  /** Cross-entropy to the hard label, nats. */
  crossEntropyToLabels: number
  /** Over the attacked images that were judged; null where none was. */
  crossEntropyToPeople: number | null
  trust: AttackTrust
}

/** How a reader tells robustness from obscured gradients (design: trust, next to every robustness number). */
export interface AttackTrust {
  /** On the same images as they are attacked: augmented and normalised alike. */
  cleanAccuracy: number
  /** Accuracy at epsilon 0 through the attack's own code: equals `cleanAccuracy`. */
  accuracyAtZero: number
  /** Largest measured |perturbation|, in units of 1/255. */
  maximumPerturbation: number
  /** Share of input-gradient entries that are exactly zero on clean images. */
  zeroGradientShare: number
  /** Accuracy under uniform random signs of the same size. */
  randomNoiseAccuracy: number
  /** Mean cross-entropy to labels after each iteration, nats, first entry before any step; from logits, never clipped. */
  lossByStep: number[]
  /**
   * Mean of what the attack raises, at the same places: that loss, a margin, or the opposite of a loss to the class aimed
   * at. Absent in runs of earlier versions, which clipped the last loss (at most -ln 1e-12 an image).
   */
  objectiveByStep?: number[]
  /** Accuracy at the same places; absent in runs of earlier versions. */
  accuracyByStep?: number[]
  /** A gradient-free attack of the same radius; null where none was asked for, absent in runs of earlier versions. */
  blackBox?: { queries: number; accuracy: number } | null
}

/** Measures on another set of images than the fold's own. */
export interface SetResult {
  imageSet: string
  labelSet: string | null
  /** How many were measured, after those that come from CIFAR-10 itself were left out. */
  images: number
  measures: Measures
}

export interface RunResult {
  /** On held-out images; empty where a run holds out none. */
  measures: Measures
  /** Network distributions on `heldOut` are kept in predictions.npy, float32 (heldOut, classes). */
  heldOut: number
  /** Images of the fold's training part that were left out because nobody judged them; absent where none was. */
  notJudged?: number
  /** 1 after the first epoch; the epoch whose weights were measured (absent in runs of earlier versions). */
  epoch?: number
  /** In the order of `evaluations`; their predictions are in predictions-<n>.npy, n from 1. */
  sets?: SetResult[]
  attacks: AttackResult[]
}

export interface RunInfo {
  id: number
  /** `runKey` of its configuration: the same run in another project has the same. */
  key: string
  /** Which experiment queued it, if any. */
  experiment: number | null
  config: RunConfig
  state: RunState
  progress: RunProgress | null
  error: ErrorData | null
  /** The device that really ran it and the engine's name and version. */
  device: string | null
  engine: string | null
  result: RunResult | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  /** What a person keeps with it here; it is copied nowhere, and absent elsewhere. */
  note?: string
  tags?: string[]
}

/** The queue as a whole. */
export interface QueueInfo {
  /** Nothing new starts while it is held; what runs goes on. */
  held: boolean
  /** Runs at once as a person chose; null for as many as this machine is fastest with. */
  workers: number | null
  /** Waiting runs, next first. */
  order: number[]
  /** Until nothing runs and nothing waits, were it not held; null where a network's speed is not known. */
  secondsLeft: number | null
  /**
   * Until each run at work or waiting is done, seconds, first done first: what a run's row and the figures show. Runs of
   * networks whose speed is not known, and where any is at work all, are left out.
   */
  ends: { id: number; seconds: number }[]
  /**
   * `finished`: speeds of runs that finished on this machine; `running`: of the runs at work; `measured`: of a trial on
   * this machine; `typical`: of two processor cores. Of several the least certain.
   */
  basis: 'finished' | 'running' | 'measured' | 'typical'
  /** Networks of which nobody knows the speed. */
  unknown: string[]
  /** Greater in what was read later: events and answers travel separately, and an older one may arrive last. */
  revision: number
}

/** What runs would take, nothing started. */
export interface RunsEstimate {
  runs: number
  /** Positions in the list asked about of the runs that are finished in the project. */
  done: number[]
  /** Positions of those that wait or run already. */
  waiting: number[]
  /** Of the rest; as `seconds`. */
  diskBytes: number
  /** Free where the project lies; null where the system does not say. */
  freeBytes: number | null
  /** On this machine, `device`; null where a network's speed is not known. */
  seconds: number | null
  device: DeviceId
  /** Networks by how their speed is known: measured on this machine, typical of two processor cores, not at all. */
  speeds: { measured: string[]; typical: string[]; unknown: string[] }
}

/** One point of a run's curves, keyed by step. Fields that were not measured at this step are absent. */
export interface MetricPoint {
  step: number
  /** 1 during the first epoch. */
  epoch: number
  /** Mean training loss over the steps since the last point. */
  loss?: number
  /** Training accuracy against the publisher's labels over the same steps. */
  accuracy?: number
  learningRate?: number
  imagesPerSecond?: number
  /** Resident memory of the run's process, in units of 2^20 bytes. */
  residentMb?: number
  /** Measured on held-out images. */
  heldOutAccuracy?: number
  heldOutCrossEntropyToPeople?: number
  heldOutCrossEntropyToLabels?: number
}

/** The paper's eight families, as their networks' ids begin, in its order. */
export const FAMILY_NAMES = ['vgg', 'resnet_basic', 'wrn', 'resnet_preact', 'resnext', 'densenet', 'pyramidnet', 'shake_shake'] as const // prettier-ignore
export type FamilyName = (typeof FAMILY_NAMES)[number]

export const PRESETS = ['smoke', 'quick', 'laptop', 'paper'] as const
export type Preset = (typeof PRESETS)[number]

export interface ExperimentInfo {
  id: number
  preset: Preset
  /** The families it is confined to; empty for all of the preset. */
  families: string[]
  /** The data it runs on. */
  imageSet: string
  labelSet: string
  device: DeviceId
  runs: number[]
  done: number
  createdAt: string
}

/** Where in the paper a run belongs; an imported run was trained elsewhere. */
export const STAGES = ['from-scratch', 'pretrained', 'fine-tuned', 'imported'] as const
export type Stage = (typeof STAGES)[number]

/** One figure of report.json. */
export interface ReportRow {
  network: string
  target: Target
  fold: number
  seed: number
  device: string
  protocol: Protocol
  /** Image set and part: "cifar10-test held-out". */
  dataset: string
  /** "from-scratch" (section 5), "pretrained", "fine-tuned" (section 6), "imported". */
  stage: Stage
  /** "accuracy", "crossEntropyToPeople", "fgsm-4-accuracy", ... */
  measure: string
  value: number
  /** The paper's number for the nearest configuration, where there is one. */
  published?: number
}

/** A finding of the paper, the figure found here, its interval, and whether it holds. */
export interface Claim {
  id: string
  statement: string
  /** What was measured here, in words, with n. */
  measured: string
  value: number | null
  interval: [number, number] | null
  /** `noted` qualifies a published number and judges nothing. */
  verdict: 'holds' | 'fails' | 'undecided' | 'not-measured' | 'noted'
  /** Set where the published numbers themselves were looked at, and nothing measured here. */
  basis?: 'published'
}

/** Data by what it is called and what it is: SHA-256 of its contents. */
export interface DataName {
  name: string
  digest: string
}

/** Nats. Null where the label set holds no counts, or no image was judged twice. */
export interface PeopleFloors {
  /** Mean entropy of the distributions: the least cross-entropy to them there is, and too low as people's entropy. */
  entropy: number
  /** Corrected for few judgments (Miller-Madow). */
  entropyCorrected: number | null
  /** What half of the judges score in predicting the other half (engine/evaluation/ceiling.ts). */
  splitHalf: {
    images: number
    crossEntropySmoothed: number
    accuracyToPeople: number
    secondBestAccuracy: number | null
  } | null
}

export interface Report {
  version: 1
  created: string
  device: string
  engine: string
  /** Null: of every finished run of a project. */
  preset: Preset | null
  data: DataName[]
  /** What people's own disagreement sets beside every cross-entropy to them; absent without people. */
  people?: PeopleFloors
  rows: ReportRow[]
  claims: Claim[]
  /** The paper's figures and tables as far as the runs go; absent where none is finished. */
  paper?: PaperFigure[]
}
