/**
 * The words of the program: image sets, label sets, runs, measures. Plain data that crosses every boundary
 * (process, HTTP, IPC). Class distributions are arrays in class order that sum to 1; times are ISO 8601 strings;
 * entropies and cross-entropies are in nats.
 */

export const CIFAR10_CLASSES = [
  'airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck',
] as const // prettier-ignore

// ---------------------------------------------------------------- data

/** Images of one size, packed uint8 NHWC in `datasets/<id>.u8`, each with the label its publisher gave it. */
export interface ImageSetInfo {
  id: number
  name: string
  count: number
  height: number
  width: number
  channels: number
  classes: string[]
  /** SHA-256 of the packed pixels followed by the labels, hex. */
  digest: string
  source: string
  licence: string | null
  citation: string | null
  createdAt: string
}

export type LabelSetFormat =
  | 'cifar10h-raw' | 'cifar10h-counts' | 'cifar10h-probs' | 'cifar10n' | 'demo' | 'study' | 'aggregate' // prettier-ignore

/** Label distributions over one image set. */
export interface LabelSetInfo {
  id: number
  name: string
  imageSet: string
  format: LabelSetFormat
  images: number
  /** Kept judgments; null where the source holds probabilities only. */
  judgments: number | null
  annotators: number | null
  excluded: number | null
  digest: string
  source: string
  licence: string | null
  citation: string | null
  /** What the import did: rows read, checks dropped, annotators excluded, differences from published totals. */
  report: string[]
  createdAt: string
}

/** `stats --json`; null where the source has no such thing. */
export interface LabelStats {
  images: number
  judgments: number | null
  annotators: number | null
  excluded: number | null
  judgmentsPerImage: { min: number; max: number; mean: number } | null
  meanEntropyNats: number
  /** Images on which all judgments agree. */
  unanimousImages: number
  /** Images whose publisher label has strictly fewer judgments than another class. */
  labelBelowMaximum: number
  /** Row c: mean of the per-image probabilities over images labelled c. */
  categorySoftLabels: number[][]
}

/** One thing an import added. */
export interface ImportedItem {
  path: string
  format: string
  kind: 'images' | 'labels'
  name: string
  count: number
  report: string[]
}

/** The built-in demo set wherever a person starts with it: enough for soft labels to tell, drawn in seconds. */
export const DEMO_SET = { seed: 0, images: 10_000 } as const

export interface Progress {
  /** What is being done, for a person: "Reading data_batch_3.bin". */
  label: string
  done: number
  total: number | null
  secondsLeft: number | null
}

// ---------------------------------------------------------------- devices

export const DEVICE_IDS = ['auto', 'cpu', 'webgpu', 'cuda', 'directml', 'tensorflow', 'tfjs-cpu'] as const
export type DeviceId = (typeof DEVICE_IDS)[number]

export interface DeviceInfo {
  id: DeviceId
  /** For a person: "CPU, 2 threads (ONNX Runtime 1.30)". */
  name: string
  available: boolean
  /** Why not, when not. */
  reason: string | null
}

// ---------------------------------------------------------------- experiments

export const TARGETS = ['hard', 'soft'] as const
/** `hard`: the publisher's label, one-hot. `soft`: the human distribution (paper, section 5). */
export type Target = (typeof TARGETS)[number]

export type Protocol = 'described' | 'released'

export type Schedule =
  | { kind: 'constant' }
  /** Multiply by `gamma` at the start of each epoch listed (0-based). */
  | { kind: 'step'; milestones: number[]; gamma: number }
  /** Cosine from the base rate to 0 over all steps. */
  | { kind: 'cosine' }

/** Everything one training run needs; a run's folder keeps it as config.json. */
export interface RunConfig {
  network: string
  target: Target
  imageSet: string
  labelSet: string
  protocol: Protocol
  /** k-fold cross-validation: fold `fold` of `folds`, drawn by `foldSeed`. */
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
  learningRate: number
  momentum: number
  nesterov: boolean
  weightDecay: number
  schedule: Schedule
  /** Zero-pad 4, random crop, horizontal flip. */
  augment: boolean
  device: DeviceId
  /** Epochs between evaluations on the held-out fold; the last epoch is always evaluated. */
  evaluateEvery: number
  attacks: AttackConfig[]
}

export interface AttackConfig {
  attack: 'fgsm' | 'pgd'
  /** l-infinity radius in units of 1/255. */
  epsilon: number
  /** PGD step size in units of 1/255; ignored by FGSM. */
  stepSize: number
  /** PGD iterations; 1 for FGSM. */
  steps: number
  randomStart: boolean
  /** Attack the first `images` held-out images; null for all. */
  images: number | null
}

export const RUN_STATES = ['queued', 'running', 'paused', 'stopped', 'failed', 'done'] as const
export type RunState = (typeof RUN_STATES)[number]

export interface RunProgress {
  step: number
  steps: number
  epoch: number
  epochs: number
  /** "training", "evaluating", "attacking: PGD 4/255". */
  activity: string
  imagesPerSecond: number | null
  secondsLeft: number | null
}

/** Measures of one set of predictions, by name; the names are those of `metrics --json`. */
export type Measures = Record<string, number>

export interface AttackResult extends AttackConfig {
  accuracy: number
  /** Cross-entropy to the hard label, nats. */
  crossEntropyToLabels: number
  crossEntropyToPeople: number
  trust: AttackTrust
}

/** How a reader tells robustness from obscured gradients (design: trust, next to every robustness number). */
export interface AttackTrust {
  cleanAccuracy: number
  /** Accuracy at epsilon 0 through the attack's own code: equals `cleanAccuracy`. */
  accuracyAtZero: number
  /** Largest measured |perturbation|, in units of 1/255. */
  maximumPerturbation: number
  /** Share of input-gradient entries that are exactly zero on clean images. */
  zeroGradientShare: number
  /** Accuracy under uniform random signs of the same size. */
  randomNoiseAccuracy: number
  /** Mean loss after each iteration (PGD), first entry before any step. */
  lossByStep: number[]
}

export interface RunResult {
  /** On held-out images, after the last epoch. */
  measures: Measures
  /** Network distributions on `heldOut` are kept in predictions.npy, float32 (heldOut, classes). */
  heldOut: number
  attacks: AttackResult[]
}

export interface RunInfo {
  id: number
  /** Which experiment queued it, if any. */
  experiment: number | null
  config: RunConfig
  state: RunState
  progress: RunProgress | null
  error: import('./errors').ErrorData | null
  /** The device that really ran it and the engine's name and version. */
  device: string | null
  engine: string | null
  result: RunResult | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
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
  /** Measured on held-out images. */
  heldOutAccuracy?: number
  heldOutCrossEntropyToPeople?: number
  heldOutCrossEntropyToLabels?: number
}

export const PRESETS = ['smoke', 'quick', 'laptop', 'paper'] as const
export type Preset = (typeof PRESETS)[number]

export interface ExperimentInfo {
  id: number
  preset: Preset
  /** The data it runs on. */
  imageSet: string
  labelSet: string
  device: DeviceId
  runs: number[]
  done: number
  createdAt: string
}

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
  verdict: 'holds' | 'fails' | 'undecided' | 'not-measured'
}

export interface Report {
  version: 1
  created: string
  device: string
  engine: string
  preset: Preset
  data: { name: string; digest: string }[]
  rows: ReportRow[]
  claims: Claim[]
}
