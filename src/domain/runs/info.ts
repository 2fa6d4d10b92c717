/** Training runs as a project has them: their states, progress, curves and results. Cross-entropies are in nats. */
import type { AttackResult } from '../attacks/config'
import type { ErrorData } from '../errors'
import type { Measures } from '../measures/measures'
import type { Preset, RunConfig } from './config'
import type { DeviceId } from './devices'

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
   * Until each run at work or waiting is done, seconds, first done first: what a run's row and the figures show. Runs
   * of networks whose speed is not known, and where any is at work all, are left out.
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
