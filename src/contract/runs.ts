/** Runs, the queue they wait in, and experiments made of them. */
import { z } from 'zod'
import { DEVICE_IDS } from '../domain/runs/devices'
import type { ExperimentInfo, MetricPoint, QueueInfo, RunInfo, RunsEstimate } from '../domain/runs/info'
import { FAMILY_NAMES, PRESETS, PROTOCOLS, type RunConfig, SELECTIONS, TARGETS } from '../domain/runs/config'
import type { RunsComparison } from '../domain/runs/comparison'
import { attackConfig } from './attacks'
import { answer, call, id, index, name, nothing } from './fields'
import type { JobInfo } from './jobs'

/** In one request. */
export const MOST_RUNS = 5000

const someRuns = z.array(id).min(1).max(MOST_RUNS)

const runKeyText = z.string().regex(/^[0-9a-f]{16}$/)

export const runConfig = z.strictObject({
  network: name,
  target: z.enum(TARGETS),
  imageSet: name,
  labelSet: name.nullable(),
  protocol: z.enum(PROTOCOLS),
  folds: z.number().int().min(1).max(1000),
  fold: index,
  foldSeed: index,
  trainImages: z.number().int().positive().nullable(),
  testImages: z.number().int().positive().nullable(),
  seed: index,
  epochs: z.number().int().min(1).max(10_000),
  batch: z.number().int().min(1).max(8192),
  optimiser: z.enum(['sgd', 'adam']).default('sgd'),
  learningRate: z.number().positive().max(100),
  momentum: z.number().min(0).lt(1),
  nesterov: z.boolean(),
  weightDecay: z.number().min(0).max(10),
  schedule: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant') }),
    z.strictObject({ kind: z.literal('step'), milestones: z.array(index), gamma: z.number().positive() }),
    z.strictObject({ kind: z.literal('cosine'), epochs: z.number().positive().optional() }),
  ]),
  augment: z.boolean(),
  cutout: z.number().int().min(0).max(1024).nullable().default(null),
  mixupAlpha: z.number().positive().max(100).nullable().default(null),
  aggregatedFrom: name.nullable().default(null),
  teachers: z.array(runKeyText).max(1000).readonly().default([]),
  startFrom: runKeyText.nullable().default(null),
  selection: z.enum(SELECTIONS).default('last'),
  device: z.enum(DEVICE_IDS),
  evaluateEvery: z.number().int().positive(),
  evaluations: z
    .array(
      z.strictObject({ imageSet: name, labelSet: name.nullable(), images: z.number().int().positive().nullable() }),
    )
    .max(100)
    .readonly()
    .default([]),
  attacks: z.array(attackConfig),
})

const presetQuery = z.strictObject({
  preset: z.enum(PRESETS),
  device: z.enum(DEVICE_IDS),
  /** Confines `laptop` and `paper`; empty for all. */
  families: z.array(z.enum(FAMILY_NAMES)).default([]),
})

export type PresetQuery = z.infer<typeof presetQuery>

export const RUN_CALLS = {
  'runs.list': call(nothing, answer<RunInfo[]>()),
  'runs.metrics': call(z.strictObject({ id }), answer<MetricPoint[]>()),
  /** Adds runs to the end of the queue. */
  'runs.queue': call(z.strictObject({ configs: z.array(runConfig).min(1).max(MOST_RUNS) }), answer<RunInfo[]>()),
  /** Pauses a running run once its state is saved. */
  'runs.pause': call(z.strictObject({ id }), answer<null>()),
  'runs.resume': call(z.strictObject({ id }), answer<null>()),
  /** Stops for good; the curves stay. */
  'runs.stop': call(z.strictObject({ id }), answer<null>()),
  /** Queues a failed or stopped run again, from its last checkpoint. */
  'runs.retry': call(z.strictObject({ id }), answer<null>()),
  /** What runs, or those of a preset, would take on this machine, nothing queued. The first one tries the devices. */
  'runs.estimate': call(
    z.union([z.strictObject({ configs: z.array(runConfig).max(MOST_RUNS) }), z.strictObject({ preset: presetQuery })]),
    answer<RunsEstimate>(),
  ),
  /** Measures a few real steps of each network and batch size; watch `job.changed`. Refused while runs are at work. */
  'runs.trial': call(
    z.strictObject({
      work: z
        .array(z.strictObject({ network: name, batch: z.number().int().min(1).max(8192) }))
        .min(1)
        .max(200),
      device: z.enum(DEVICE_IDS),
    }),
    answer<JobInfo>(),
  ),
  /** Paired by fold and seed. */
  'runs.compare': call(
    z.strictObject({ first: z.array(id).min(1).max(MOST_RUNS), second: z.array(id).min(1).max(MOST_RUNS) }),
    answer<RunsComparison>(),
  ),
  /** A person's own words, kept in this project only. What is not given stays. */
  'runs.annotate': call(
    z.strictObject({
      ids: someRuns,
      note: z.string().max(20_000).optional(),
      tags: z.array(z.string().max(60)).max(50).optional(),
    }),
    answer<RunInfo[]>(),
  ),
  /** Takes ended runs out of the project; `runs.restore` brings them back until it is opened anew. */
  'runs.remove': call(z.strictObject({ ids: someRuns }), answer<null>()),
  'runs.restore': call(z.strictObject({ ids: someRuns }), answer<RunInfo[]>()),
  'queue.current': call(nothing, answer<QueueInfo>()),
  /** What is not given stays. `workers` null: as many as the machine is fastest with. */
  'queue.set': call(
    z.strictObject({ held: z.boolean().optional(), workers: z.number().int().min(1).max(64).nullable().optional() }),
    answer<QueueInfo>(),
  ),
  /** Puts waiting runs, in this order, before another; null for the end. */
  'queue.move': call(z.strictObject({ ids: someRuns, before: id.nullable() }), answer<QueueInfo>()),
  /** The runs a preset would queue and what is known of their cost, nothing started. */
  'experiments.plan': call(presetQuery, answer<{ configs: RunConfig[]; estimate: string }>()),
  'experiments.start': call(presetQuery, answer<ExperimentInfo>()),
  'experiments.list': call(nothing, answer<ExperimentInfo[]>()),
  /** Writes report.json and report.html of an experiment's finished runs, or of all there are; answers the folder. */
  'experiments.report': call(z.strictObject({ id: id.nullable() }), answer<{ folder: string; html: string }>()),
  /** The report.html written last, as a file to be saved; written first where there is none. */
  'experiments.document': call(z.strictObject({ id: id.nullable() }), answer<{ name: string; bytes: Uint8Array }>()),
} as const
