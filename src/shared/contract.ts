/**
 * The one contract between the window and the services: every call with its validator and answer, every event with
 * its payload. Desktop (IPC), browser (HTTP + WebSocket) and command line serve exactly this map; nothing above the
 * transport knows which door is used. Adding a call here makes the compiler ask for its handler and offer it to views.
 */
import { z } from 'zod'
import {
  DEVICE_IDS,
  PRESETS,
  TARGETS,
  type DeviceInfo,
  type ExperimentInfo,
  type ImageSetInfo,
  type ImportedItem,
  type LabelSetInfo,
  type LabelStats,
  type MetricPoint,
  type Progress,
  type RunInfo,
} from './domain'
import type { ErrorData } from './errors'

// ---------------------------------------------------------------- shapes of questions

const nothing = z.strictObject({})
const name = z.string().min(1).max(200)
const path = z.string().min(1).max(4096)
const id = z.number().int().positive()
const index = z.number().int().nonnegative()

export const attackConfig = z.strictObject({
  attack: z.enum(['fgsm', 'pgd']),
  epsilon: z.number().min(0).max(255),
  stepSize: z.number().min(0).max(255),
  steps: z.number().int().min(1).max(1000),
  randomStart: z.boolean(),
  images: z.number().int().positive().nullable(),
})

export const runConfig = z.strictObject({
  network: name,
  target: z.enum(TARGETS),
  imageSet: name,
  labelSet: name,
  protocol: z.enum(['described', 'released']),
  folds: z.number().int().min(2).max(1000),
  fold: index,
  foldSeed: index,
  trainImages: z.number().int().positive().nullable(),
  testImages: z.number().int().positive().nullable(),
  seed: index,
  epochs: z.number().int().min(1).max(10_000),
  batch: z.number().int().min(1).max(8192),
  learningRate: z.number().positive().max(100),
  momentum: z.number().min(0).lt(1),
  nesterov: z.boolean(),
  weightDecay: z.number().min(0).max(10),
  schedule: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('constant') }),
    z.strictObject({ kind: z.literal('step'), milestones: z.array(index), gamma: z.number().positive() }),
    z.strictObject({ kind: z.literal('cosine') }),
  ]),
  augment: z.boolean(),
  device: z.enum(DEVICE_IDS),
  evaluateEvery: z.number().int().positive(),
  attacks: z.array(attackConfig),
})

export const galleryQuery = z.strictObject({
  labelSet: name,
  /** Runs whose held-out predictions are averaged per image; empty for people only. */
  runs: z.array(id),
  sort: z.enum(['index', 'human-entropy', 'network-entropy', 'divergence', 'cross-entropy']),
  order: z.enum(['ascending', 'descending']),
  /** Quadrants of Figure 1 and "confidently wrong"; thresholds are the medians of the two entropies. */
  filter: z.enum(['all', 'both-confident', 'people-confident', 'network-confident', 'both-uncertain', 'agree', 'confidently-wrong']), // prettier-ignore
  classIndex: index.nullable(),
  offset: index,
  limit: z.number().int().min(1).max(10_000),
})
export type GalleryQuery = z.infer<typeof galleryQuery>

// ---------------------------------------------------------------- shapes of answers

export interface ProjectInfo {
  path: string
  name: string
  imageSets: ImageSetInfo[]
  labelSets: LabelSetInfo[]
  runs: { queued: number; running: number; done: number; failed: number }
  /** What opening found and repaired: "an import that was cut off was removed". */
  notices: string[]
}

export interface GalleryItem {
  index: number
  label: number
  people: number[]
  network: number[] | null
  humanEntropy: number
  networkEntropy: number | null
}

export interface GalleryPage {
  /** Items that match the filter. */
  total: number
  /** Images in the set. */
  images: number
  imageSet: string
  items: GalleryItem[]
}

/** Figures: hard against soft for one measure, over folds, beside the paper. */
export interface FigureRow {
  network: string
  dataset: string
  measure: string
  /** Mean over folds; null where no run gives it yet. */
  hard: number | null
  soft: number | null
  /** soft - hard, paired by fold (and seed). */
  difference: number | null
  /** 95% interval of the difference (corrected resampled t), null with fewer than two pairs. */
  interval: [number, number] | null
  pairs: { fold: number; seed: number; hard: number; soft: number }[]
  published: { hard: number | null; soft: number | null; source: string } | null
}

export interface JobInfo {
  id: string
  kind: 'import' | 'demo' | 'export'
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress: Progress | null
  added: ImportedItem[]
  error: ErrorData | null
}

// ---------------------------------------------------------------- the map

const call = <I extends z.ZodType, O>(input: I, _output?: O) => ({ input }) as { input: I; output: O }
const answer = <O>() => undefined as unknown as O

export const CALLS = {
  /** The open project, or null. */
  'project.current': call(nothing, answer<ProjectInfo | null>()),
  /** Opens or makes a project folder. */
  'project.open': call(z.strictObject({ path }), answer<ProjectInfo>()),
  'project.recent': call(nothing, answer<{ path: string; name: string; openedAt: string }[]>()),
  /** Asks for a folder with the system's dialog (desktop only; null where there is none or it was dismissed). */
  'project.chooseFolder': call(nothing, answer<string | null>()),

  /** Starts an import of files and folders; watch `job.changed`. Answers the job. */
  'data.import': call(z.strictObject({ paths: z.array(path).min(1).max(100) }), answer<JobInfo>()),
  /** Adds the built-in demo set. */
  'data.createDemo': call(
    z.strictObject({ seed: index, images: z.number().int().min(100).max(50_000) }),
    answer<JobInfo>(),
  ),
  'data.stats': call(z.strictObject({ labelSet: name }), answer<LabelStats>()),
  /** Packed uint8 NHWC pixels of the images asked for, in that order. */
  'data.pixels': call(z.strictObject({ imageSet: name, indices: z.array(index).max(2000) }), answer<{ height: number; width: number; channels: number; pixels: Uint8Array }>()), // prettier-ignore
  'data.export': call(z.strictObject({ labelSet: name, format: z.enum(['cifar10h-raw', 'counts', 'probs', 'tidy']), out: path }), answer<{ path: string; rows: number }>()), // prettier-ignore

  'jobs.list': call(nothing, answer<JobInfo[]>()),
  'jobs.cancel': call(z.strictObject({ id: z.string() }), answer<null>()),

  'devices.list': call(nothing, answer<DeviceInfo[]>()),
  'networks.list': call(nothing, answer<{ id: string; family: string; parameters: number; tensors: number; multiplyAdds: number }[]>()), // prettier-ignore

  'runs.list': call(nothing, answer<RunInfo[]>()),
  'runs.metrics': call(z.strictObject({ id }), answer<MetricPoint[]>()),
  /** Adds runs to the end of the queue. */
  'runs.queue': call(z.strictObject({ configs: z.array(runConfig).min(1).max(1000) }), answer<RunInfo[]>()),
  /** Pauses a running run once its state is saved. */
  'runs.pause': call(z.strictObject({ id }), answer<null>()),
  'runs.resume': call(z.strictObject({ id }), answer<null>()),
  /** Stops for good; the curves stay. */
  'runs.stop': call(z.strictObject({ id }), answer<null>()),
  /** Queues a failed or stopped run again, from its last checkpoint. */
  'runs.retry': call(z.strictObject({ id }), answer<null>()),

  /** The runs a preset would queue and what is known of their cost, nothing started. */
  'experiments.plan': call(z.strictObject({ preset: z.enum(PRESETS), device: z.enum(DEVICE_IDS) }), answer<{ configs: z.infer<typeof runConfig>[]; estimate: string }>()), // prettier-ignore
  'experiments.start': call(z.strictObject({ preset: z.enum(PRESETS), device: z.enum(DEVICE_IDS) }), answer<ExperimentInfo>()), // prettier-ignore
  'experiments.list': call(nothing, answer<ExperimentInfo[]>()),
  /** Writes report.json and report.html of an experiment's finished runs; answers the folder. */
  'experiments.report': call(z.strictObject({ id }), answer<{ folder: string; html: string }>()),

  'figures.table': call(z.strictObject({ experiment: id.nullable() }), answer<FigureRow[]>()),
  'gallery.query': call(galleryQuery, answer<GalleryPage>()),
} as const

export type Calls = typeof CALLS
export type CallName = keyof Calls
export type Input<N extends CallName> = z.input<Calls[N]['input']>
export type Output<N extends CallName> = Calls[N]['output']

export interface Events {
  'project.changed': ProjectInfo | null
  'job.changed': JobInfo
  'run.changed': RunInfo
  /** New points of a run's curves; at most about 10 messages a second and run. */
  'run.metrics': { run: number; points: MetricPoint[] }
  'experiment.changed': ExperimentInfo
}
export type EventName = keyof Events
/** Checked at run time on the receiving side, so that an unknown event is refused by name. */
export const EVENT_NAMES: readonly EventName[] = [
  'project.changed',
  'job.changed',
  'run.changed',
  'run.metrics',
  'experiment.changed',
]

/** How an answer crosses the wire. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }

/** What a view holds: typed calls and a subscription; one implementation per door. */
export interface Client {
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void
  /** Paths the services can read for files dropped on the window (uploads them first in a browser). */
  pathsOf(files: File[]): Promise<string[]>
  /** Called when the connection is lost or found again; resubscribe and refetch then. */
  onConnection(listener: (connected: boolean) => void): () => void
}

/**
 * What the preload script puts into the desktop's window as `window.secondGuess`: one named function per call of the
 * contract and no other. Answers cross as data, because an error thrown across the bridge keeps only its message.
 */
export interface Bridge {
  calls: { [N in CallName]: (input: Input<N>) => Promise<Reply<Output<N>>> }
  /** Listens to every event; answers the function that ends it. */
  onEvent(listener: (name: EventName, payload: Events[EventName]) => void): () => void
  /** Where a dropped file lies on disk; empty for one that was made in the page. */
  pathOf(file: File): string
}
