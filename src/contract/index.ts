/**
 * The one contract between the window and the services: every call with its validator and answer, every event with
 * its payload. Desktop (IPC), browser (HTTP + WebSocket) and command line serve exactly this map; nothing above the
 * transport knows which door is used. Adding a call here makes the compiler ask for its handler and offer it to views.
 */
import { z } from 'zod'
import { EXPORTS } from '../domain/labels/exports'
import type { FigureRow } from '../domain/paper/figureRow'
import {
  DEVICE_IDS,
  FAMILY_NAMES,
  PRESETS,
  PROTOCOLS,
  SELECTIONS,
  TARGETS,
  type DeviceInfo,
  type ExperimentInfo,
  type ImageSetInfo,
  type ImportedItem,
  type LabelSetInfo,
  type LabelStats,
  type MetricPoint,
  type Progress,
  type QueueInfo,
  type RunConfig,
  type RunInfo,
  type RunsEstimate,
} from '../domain'
import type { RunsComparison } from '../domain/runs/comparison'
import type { ConnectionState } from './connection'
import type { ErrorData } from '../domain/errors'
import { CORRECTNESS, GALLERY_FIELDS, GALLERY_FILTERS, GUESSES, OUTCOMES, PAIRS, type NetworkColumns, type Outcome } from '../domain/labels/gallery' // prettier-ignore
import { importChoices, type ImportChoices } from '../domain/importChoices'
import { LONGEST_IDENTIFIER, normalizeIdentifier } from '../domain/identifiers'
import { nameProblem } from '../domain/names'
import type { PaperViews } from '../domain/paper'
import {
  AGGREGATIONS,
  DEFAULT_RECRUITMENT,
  RESUME_POLICIES,
  SMOOTHINGS,
  STUDY_KINDS,
  type Agreement,
  type AnswerReceipt,
  type Comparison,
  type ImageJudgments,
  type ImagePool,
  type ErasureInfo,
  type ErasureResult,
  type LedgerEntry,
  type ParticipantInfo,
  type SessionView,
  type StudyInfo,
  type StudyQuality,
} from '../domain/study'

// ---------------------------------------------------------------- shapes of questions

const nothing = z.strictObject({})
/** Of something that is there: what earlier versions let in is found too, and the rest is refused as not found. */
const name = z.string().max(1000)
/** Given to something new. */
const newName = z.string().superRefine((text, context) => {
  const problem = nameProblem(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})
const path = z.string().min(1).max(4096)
const id = z.number().int().positive()
const index = z.number().int().nonnegative()
/** In one request. */
export const MOST_RUNS = 5000
const someRuns = z.array(id).min(1).max(MOST_RUNS)

export const attackConfig = z.strictObject({
  attack: z.enum(['fgsm', 'pgd']),
  epsilon: z.number().min(0).max(255),
  stepSize: z.number().min(0).max(255),
  steps: z.number().int().min(1).max(1000),
  randomStart: z.boolean(),
  images: z.number().int().positive().nullable(),
  on: z.enum(['held-out', 'all']).default('held-out'),
  loss: z.enum(['cross-entropy', 'margin']).default('cross-entropy'),
  momentum: z.number().min(0).max(10).default(0),
  towards: z.enum(['least-likely', 'next']).nullable().default(null),
  augmented: z.boolean().default(false),
  normalisation: z.enum(['cifar10', 'imagenet']).default('cifar10'),
  blackBoxQueries: z.number().int().min(0).max(100_000).default(0),
})

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

const galleryClass = index.nullable().optional()
const bound = z.number().nullable()
/** Conditions of the gallery beyond its ready filter; all have to hold (src/domain/labels/gallery.ts). */
export const galleryWhere = z.strictObject({
  peopleGuess: galleryClass,
  networkGuess: galleryClass,
  people: z.enum(CORRECTNESS).nullable().optional(),
  network: z.enum(CORRECTNESS).nullable().optional(),
  guesses: z.enum(GUESSES).nullable().optional(),
  outcome: z.enum(OUTCOMES).nullable().optional(),
  pair: z.enum(PAIRS).nullable().optional(),
  ranges: z.partialRecord(z.enum(GALLERY_FIELDS), z.tuple([bound, bound])).optional(),
})

export type PresetQuery = z.infer<typeof presetQuery>

export const galleryQuery = z.strictObject({
  labelSet: name,
  /** Runs whose held-out predictions are averaged per image; empty for people only. */
  runs: z.array(id),
  sort: z.enum(GALLERY_FIELDS),
  order: z.enum(['ascending', 'descending']),
  /** Quadrants of Figure 1 and "confidently wrong"; thresholds are the medians of the two entropies. */
  filter: z.enum(GALLERY_FILTERS),
  classIndex: index.nullable(),
  where: galleryWhere.optional(),
  /** Runs of the network it is compared with. */
  against: z.array(id).optional(),
  /** Which attack `outcome` and `attack-change` are of, by its name in `gallery.points`. */
  attack: name.nullable().optional(),
  /** An index, a range or a part of a file name, as in `labels.search`. */
  text: z.string().max(200).optional(),
  offset: index,
  limit: z.number().int().min(1).max(10_000),
})
export type GalleryQuery = z.infer<typeof galleryQuery>

// What a study is made of. Bounds are those of the screen and of sense, not of the paper.
const share = z.number().min(0).max(1)
const markdown = z.string().max(50_000)
const classIndex = z.number().int().min(0).max(254)
const milliseconds = z.number().min(0).max(1e12)

export const studyProtocol = z.strictObject({
  imagesPerParticipant: z.number().int().min(1).max(100_000).nullable(),
  balanceClasses: z.boolean(),
  order: z.enum(['even', 'sequence']),
  checkEvery: z.number().int().min(0).max(10_000),
  checkThreshold: share,
  practiceTrials: z.number().int().min(0).max(1000),
  imagePixels: z.number().int().min(32).max(512),
  smoothing: z.enum(SMOOTHINGS),
  resume: z.enum(RESUME_POLICIES),
  longInterruptionMinutes: z.number().positive().max(1e6),
})
const pages = z.strictObject({ consent: markdown, instructions: markdown, debrief: markdown })
const completion = z.strictObject({
  code: z.string().max(200),
  url: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
})
const recruitment = z.strictObject({
  mostParticipants: z.number().int().min(1).max(50_000).nullable(),
  joinsPerMinute: z.number().int().min(1).max(6_000),
})
const pool = z.strictObject({ imageSet: name, images: z.array(index).min(1).max(100_000) })
export const studyConfig = z.strictObject({
  name: newName,
  kind: z.enum(STUDY_KINDS),
  imageSet: name,
  selection: z.array(index).min(1).max(1_000_000).nullable(),
  protocol: studyProtocol,
  pages,
  checks: pool.nullable(),
  practice: pool.nullable(),
  completion,
  /** Absent in what earlier versions of the program wrote. */
  recruitment: recruitment.default(DEFAULT_RECRUITMENT),
  seed: index,
})
/** What may still change once people have begun: nothing that was shown or drawn. */
export const studyChange = z.strictObject({
  name: newName.optional(),
  pages: pages.optional(),
  completion: completion.optional(),
  recruitment: recruitment.optional(),
  state: z.enum(['open', 'closed']).optional(),
  /** Refused once anybody has begun. */
  protocol: studyProtocol.optional(),
  checks: pool.nullable().optional(),
  practice: pool.nullable().optional(),
})
const mix = z.strictObject({ careful: share, hurried: share, onePosition: share, random: share })
const token = z.string().min(16).max(64)
/** In its normal form from here on, so that one person is one however the identifier was written. */
const identifier = z
  .string()
  .max(1000)
  .transform((text, context) => {
    const normal = normalizeIdentifier(text)
    if (normal !== null) return normal
    context.addIssue({ code: 'custom', message: `An identifier has at most ${LONGEST_IDENTIFIER} characters and no control characters.` }) // prettier-ignore
    return z.NEVER
  })
export const external = z.strictObject({
  service: z.enum(['prolific', 'mturk', 'other']),
  participant: identifier.refine((text) => text !== '', 'The identifier of the participant is empty.'),
  study: identifier,
  session: identifier,
})
export const environment = z.strictObject({
  browser: z.string().max(500),
  screenWidth: z.number(),
  screenHeight: z.number(),
  windowWidth: z.number(),
  windowHeight: z.number(),
  pixelRatio: z.number(),
  language: z.string().max(50),
  frameMs: z.number(),
})
export const sessionAnswer = z.strictObject({
  practice: z.boolean(),
  trial: index,
  chosen: classIndex,
  slot: classIndex,
  reactionTimeMs: milliseconds,
  onsetMs: milliseconds,
  elapsedMs: milliseconds,
  focusLosses: z.number().int().min(0).max(65_535),
})
/** How a figure leaves the program; `json` is figures.json, of all that were asked for. */
export const FIGURE_FORMATS = ['csv', 'md', 'tex', 'svg', 'png', 'json'] as const
export type FigureFormat = (typeof FIGURE_FORMATS)[number]
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
  /** Null where nobody judged the image. */
  people: number[] | null
  network: number[] | null
  humanEntropy: number | null
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

/** Columns over all images of a set as bytes, float32 or uint8 as in `GalleryColumns`: 35 bytes an image, 40 with an attack. */
export interface GalleryPoints {
  images: number
  imageSet: string
  label: Uint8Array
  peopleGuess: Uint8Array
  humanEntropy: Uint8Array
  network: { [C in keyof NetworkColumns]: Uint8Array } | null
  /** Of the attack asked for. */
  attack: { outcome: Uint8Array; change: Uint8Array } | null
  /** Attacks on the runs whose predictions are kept, and on how many of the runs. */
  attacks: { name: string; runs: number }[]
}

/** An image as one run saw it that had held it out. */
export interface GalleryImageRun {
  run: number
  probabilities: number[]
  attacks: { name: string; outcome: Outcome; probabilities: number[] }[]
}

export interface GalleryImage {
  image: number
  label: number
  /** Null where nobody judged it. */
  people: number[] | null
  runs: GalleryImageRun[]
}

/** The first images of an attack: pixels exactly as they were attacked and as they ended, and what was said of them. */
export interface AttackExamples {
  imageSet: string
  height: number
  width: number
  channels: number
  /** Distributions in class order: people's (null where the run has none), the network's before and after. */
  images: { index: number; label: number; people: number[] | null; before: number[]; after: number[] }[]
  /** uint8 NHWC, (images, height, width, channels). */
  originals: Uint8Array
  /** float32 NHWC in [0, 1] as little-endian bytes, of the same shape. */
  adversarial: Uint8Array
}

/** What completing a figure did: runs queued, and others' that became the experiment's too. */
export interface FilledFigure {
  queued: number
  adopted: number
}

/** Where participants reach this program. */
export interface DoorInfo {
  /** "http://192.168.1.20:4000" or the public address of a proxy; null while no door is open to them. */
  address: string | null
  /** Whether the address is the same at the next start, so that links with it stay valid. */
  lasting: boolean
  /** Whether other machines reach it. */
  network: boolean
  /** Whether this program can open one now: on the desktop it can, a server was told at its start. */
  canOpen: boolean
}

/** A session's token, or a place in the waiting line of a recruitment link. */
export type JoinReply =
  | { token: string; waiting: null }
  /** `ticket` is null where the line is too long for a place; `seconds` is an estimate. */
  | { token: null; waiting: { ticket: string | null; seconds: number; retryMs: number } }

/** An image to be judged, and in personal labelling what was answered before. */
export interface SessionImage {
  height: number
  width: number
  channels: number
  /** uint8, (height, width, channels). */
  pixels: Uint8Array
  chosen: number | null
}

export interface JobInfo {
  id: string
  kind: 'import' | 'demo' | 'export' | 'aggregate' | 'publish' | 'simulate' | 'rehearse' | 'attack' | 'trial'
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress: Progress | null
  added: ImportedItem[]
  /** Of an import: what it was asked for, to ask again with another choice. */
  asked: { paths: string[]; choices: ImportChoices } | null
  /** What came of work that adds nothing, in sentences: a simulation, a rehearsal. */
  said: string[]
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
  /** Leaves a project out of the recent ones, or takes it in again; its folder is not touched. */
  'project.forget': call(z.strictObject({ path, forgotten: z.boolean() }), answer<{ path: string; name: string; openedAt: string }[]>()), // prettier-ignore
  /** Asks for a folder with the system's dialog (desktop only; null where there is none or it was dismissed). */
  'project.chooseFolder': call(nothing, answer<string | null>()),

  /** Starts an import of files and folders; watch `job.changed`. Answers the job. */
  'data.import': call(
    z.strictObject({ paths: z.array(path).min(1).max(100), choices: importChoices.optional() }),
    answer<JobInfo>(),
  ),
  /** Adds the built-in demo set. */
  'data.createDemo': call(
    z.strictObject({ seed: index, images: z.number().int().min(100).max(50_000) }),
    answer<JobInfo>(),
  ),
  'data.stats': call(z.strictObject({ labelSet: name }), answer<LabelStats>()),
  /** Packed uint8 NHWC pixels of the images asked for, in that order, and the class each was published with (255 for none). */
  'data.pixels': call(z.strictObject({ imageSet: name, indices: z.array(index).max(2000) }), answer<{ height: number; width: number; channels: number; pixels: Uint8Array; labels: Uint8Array }>()), // prettier-ignore
  'data.export': call(z.strictObject({ labelSet: name, format: z.enum(EXPORTS), out: path }), answer<{ path: string; rows: number }>()), // prettier-ignore

  'jobs.list': call(nothing, answer<JobInfo[]>()),
  'jobs.cancel': call(z.strictObject({ id: z.string() }), answer<null>()),

  'devices.list': call(nothing, answer<DeviceInfo[]>()),
  'networks.list': call(nothing, answer<{ id: string; family: string; parameters: number; tensors: number; multiplyAdds: number }[]>()), // prettier-ignore

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
  'runs.estimate': call(z.union([z.strictObject({ configs: z.array(runConfig).max(MOST_RUNS) }), z.strictObject({ preset: presetQuery })]), answer<RunsEstimate>()), // prettier-ignore
  /** Measures a few real steps of each network and batch size; watch `job.changed`. Refused while runs are at work. */
  'runs.trial': call(z.strictObject({ work: z.array(z.strictObject({ network: name, batch: z.number().int().min(1).max(8192) })).min(1).max(200), device: z.enum(DEVICE_IDS) }), answer<JobInfo>()), // prettier-ignore
  /** Paired by fold and seed. */
  'runs.compare': call(z.strictObject({ first: z.array(id).min(1).max(MOST_RUNS), second: z.array(id).min(1).max(MOST_RUNS) }), answer<RunsComparison>()), // prettier-ignore
  /** A person's own words, kept in this project only. What is not given stays. */
  'runs.annotate': call(z.strictObject({ ids: someRuns, note: z.string().max(20_000).optional(), tags: z.array(z.string().max(60)).max(50).optional() }), answer<RunInfo[]>()), // prettier-ignore
  /** Takes ended runs out of the project; `runs.restore` brings them back until it is opened anew. */
  'runs.remove': call(z.strictObject({ ids: someRuns }), answer<null>()),
  'runs.restore': call(z.strictObject({ ids: someRuns }), answer<RunInfo[]>()),

  'queue.current': call(nothing, answer<QueueInfo>()),
  /** What is not given stays. `workers` null: as many as the machine is fastest with. */
  'queue.set': call(z.strictObject({ held: z.boolean().optional(), workers: z.number().int().min(1).max(64).nullable().optional() }), answer<QueueInfo>()), // prettier-ignore
  /** Puts waiting runs, in this order, before another; null for the end. */
  'queue.move': call(z.strictObject({ ids: someRuns, before: id.nullable() }), answer<QueueInfo>()),

  /**
   * Attacks finished runs, each with each attack; those made before are left out unless `repeat`. Watch `job.changed`,
   * and `run.changed` for every attack that is done: it is kept whatever becomes of the rest. Attack n of a run is at
   * n - 1 in its result's attacks, and stays there.
   */
  'attacks.start': call(z.strictObject({ runs: z.array(id).min(1).max(1000), attacks: z.array(attackConfig).min(1).max(1000), repeat: z.boolean().default(false), device: z.enum(DEVICE_IDS).default('auto') }), answer<JobInfo>()), // prettier-ignore
  /** Makes the examples of attack `attack` (from 1) on a run once more; watch `job.changed`. */
  'attacks.makeExamples': call(z.strictObject({ run: id, attack: id, device: z.enum(DEVICE_IDS).default('auto') }), answer<JobInfo>()), // prettier-ignore
  /** Null where none are kept. */
  'attacks.examples': call(z.strictObject({ run: id, attack: id }), answer<AttackExamples | null>()),

  /** The runs a preset would queue and what is known of their cost, nothing started. */
  'experiments.plan': call(presetQuery, answer<{ configs: RunConfig[]; estimate: string }>()), // prettier-ignore
  'experiments.start': call(presetQuery, answer<ExperimentInfo>()), // prettier-ignore
  'experiments.list': call(nothing, answer<ExperimentInfo[]>()),
  /** Writes report.json and report.html of an experiment's finished runs, or of all there are; answers the folder. */
  'experiments.report': call(z.strictObject({ id: id.nullable() }), answer<{ folder: string; html: string }>()),
  /** The report.html written last, as a file to be saved; written first where there is none. */
  'experiments.document': call(z.strictObject({ id: id.nullable() }), answer<{ name: string; bytes: Uint8Array }>()),

  'figures.table': call(z.strictObject({ experiment: id.nullable() }), answer<FigureRow[]>()),
  /** The paper's figures and tables from one experiment's runs or all; worked out in a process of its own and kept. */
  'figures.paper': call(z.strictObject({ experiment: id.nullable() }), answer<PaperViews>()),
  /** One file, or an archive where several were asked for; `figure` null for all of them. */
  'figures.file': call(z.strictObject({ experiment: id.nullable(), figure: name.nullable(), formats: z.array(z.enum(FIGURE_FORMATS)).min(1).max(10) }), answer<{ name: string; bytes: Uint8Array }>()), // prettier-ignore
  /** Queues the runs that a figure lacks: those of the `plan`-th of its plans. */
  'figures.fill': call(
    z.strictObject({ experiment: id.nullable(), figure: name, plan: index }),
    answer<FilledFigure>(),
  ),
  /** Ends what is being worked out of figures, files and reports: who waits for it is told. */
  'figures.stop': call(nothing, answer<null>()),
  'gallery.query': call(galleryQuery, answer<GalleryPage>()),
  /** What is known of every image at once: to draw, filter and sort by (src/domain/labels/gallery.ts). */
  'gallery.points': call(z.strictObject({ labelSet: name, runs: z.array(id), attack: name.nullable() }), answer<GalleryPoints>()), // prettier-ignore
  /** Distributions of the images asked for, in that order: float32 (images, classes), NaN where an image has no network. */
  'gallery.items': call(z.strictObject({ labelSet: name, runs: z.array(id), against: z.array(id), indices: z.array(index).max(2000) }), answer<{ people: Uint8Array; network: Uint8Array | null; other: Uint8Array | null }>()), // prettier-ignore
  /** One image, by every finished run that had held it out. */
  'gallery.image': call(z.strictObject({ labelSet: name, image: index }), answer<GalleryImage>()),
  /** All images that a search finds, uint32, in the order of the set. */
  'gallery.search': call(z.strictObject({ imageSet: name, text: z.string().min(1).max(200) }), answer<{ found: Uint8Array }>()), // prettier-ignore

  // Distributions: what lies behind them and what can be made of them.
  /** Adds a label set made of this one's judgments by the method; watch `job.changed`. */
  'labels.aggregate': call(z.strictObject({ labelSet: name, method: z.enum(AGGREGATIONS) }), answer<JobInfo>()),
  'labels.agreement': call(z.strictObject({ labelSet: name }), answer<Agreement>()),
  'labels.image': call(z.strictObject({ labelSet: name, image: index }), answer<ImageJudgments>()),
  'labels.compare': call(z.strictObject({ first: name, second: name, limit: z.number().int().min(1).max(1000) }), answer<Comparison>()), // prettier-ignore
  /** Kept judgments per image of the set; null where the source holds probabilities only. */
  'labels.judged': call(z.strictObject({ labelSet: name }), answer<number[] | null>()),
  /** Images whose distribution would change most with one more judgment, most first. */
  'labels.next': call(z.strictObject({ labelSet: name, limit: z.number().int().min(1).max(10_000) }), answer<{ image: number; gainNats: number }[]>()), // prettier-ignore
  /** Images by index ("17"), by range ("100-120") or by a part of their file name. */
  'labels.search': call(z.strictObject({ imageSet: name, text: z.string().min(1).max(200), limit: z.number().int().min(1).max(1000) }), answer<{ total: number; found: { image: number; fileName: string | null }[] }>()), // prettier-ignore

  // Studies, as their owner sees them.
  'studies.list': call(nothing, answer<StudyInfo[]>()),
  'studies.create': call(studyConfig, answer<StudyInfo>()),
  'studies.change': call(z.strictObject({ study: id, change: studyChange }), answer<StudyInfo>()),
  /** Refused once it holds a judgment by a person. */
  'studies.remove': call(z.strictObject({ study: id }), answer<null>()),
  /** Takes back a removal, until the name is given again or the project is opened anew. */
  'studies.restore': call(z.strictObject({ study: id }), answer<StudyInfo>()),
  /** Obvious images: those on which all judgments of the label set agree with the publisher's label, most judged first. Without a label set, labelled images at random. */
  'studies.proposeChecks': call(z.strictObject({ imageSet: name, labelSet: name.nullable(), perClass: z.number().int().min(1).max(1000), seed: index }), answer<{ pool: ImagePool; verified: boolean }>()), // prettier-ignore
  'studies.participants': call(z.strictObject({ study: id }), answer<ParticipantInfo[]>()),
  'studies.invite': call(z.strictObject({ study: id, count: z.number().int().min(1).max(1000) }), answer<ParticipantInfo[]>()), // prettier-ignore
  /** The owner's own session in a study, made where there is none. */
  'studies.label': call(z.strictObject({ study: id }), answer<{ token: string }>()),
  'studies.quality': call(z.strictObject({ study: id, threshold: share }), answer<StudyQuality>()),
  /** `null` leaves it to the rule. */
  'studies.decide': call(z.strictObject({ study: id, participant: id, verdict: z.enum(['exclude', 'include']).nullable(), reason: z.string().max(1000) }), answer<ParticipantInfo>()), // prettier-ignore
  /** Deletes a participant's answers, identifiers and browser data for good, in the study and in label sets made of it. */
  'studies.erase': call(
    z.strictObject({
      study: id,
      participant: id,
      decidedBy: z.string().trim().min(1).max(200),
      reason: z.string().trim().max(1000),
    }),
    answer<ErasureResult>(),
  ),
  /** What is left of participants who were erased, by number. */
  'studies.erasures': call(z.strictObject({ study: id }), answer<ErasureInfo[]>()),
  'studies.setThreshold': call(z.strictObject({ study: id, threshold: share, reason: z.string().max(1000) }), answer<StudyInfo>()), // prettier-ignore
  /** Removes sessions that people never opened, by where they came from; those made within the last minute stay. */
  'studies.clearUnopened': call(z.strictObject({ study: id, recruited: z.boolean(), invited: z.boolean(), reason: z.string().max(1000) }), answer<{ recruited: number; invited: number; recent: number }>()), // prettier-ignore
  'studies.ledger': call(z.strictObject({ study: id }), answer<LedgerEntry[]>()),
  /** Makes a label set of the judgments so far: a named version that does not change any more. */
  'studies.publish': call(z.strictObject({ study: id }), answer<JobInfo>()),
  /** The judgments so far. Without identifiers, nothing of recruitment services or browsers is written. */
  'studies.export': call(z.strictObject({ study: id, format: z.enum(EXPORTS), out: path, identifiers: z.boolean() }), answer<{ path: string; rows: number }>()), // prettier-ignore
  'studies.simulate': call(z.strictObject({ study: id, participants: z.number().int().min(1).max(20_000), seed: index, mix }), answer<JobInfo>()), // prettier-ignore
  /** Up to 20 simulated annotators through the door real participants use. */
  'studies.rehearse': call(z.strictObject({ study: id, participants: z.number().int().min(1).max(20), seed: index, mix }), answer<JobInfo>()), // prettier-ignore
  'studies.door': call(nothing, answer<DoorInfo>()),
  'studies.openDoor': call(z.strictObject({ host: z.string().min(1).max(200) }), answer<DoorInfo>()),

  // One participant's session: all that a participant's token opens, and only with that token.
  'session.open': call(z.strictObject({ token, environment }), answer<SessionView>()),
  /** Leaves a page (consent given, instructions read). */
  'session.advance': call(z.strictObject({ token, from: z.enum(['consent', 'instructions']) }), answer<SessionView>()),
  /** The image of the trial at hand or the one after it. */
  'session.image': call(z.strictObject({ token, practice: z.boolean(), trial: index }), answer<SessionImage>()),
  /** Answers once the judgment is on disk. The same answer sent twice is stored once. */
  'session.answer': call(z.strictObject({ token, answer: sessionAnswer }), answer<AnswerReceipt>()),
  'session.withdraw': call(z.strictObject({ token }), answer<SessionView>()),
  /**
   * A recruitment service's link: makes a session for somebody new and answers its token, or says how long to wait: the
   * page then asks again with the ticket of its place in the line.
   */
  'session.join': call(z.strictObject({ join: token, external: external.nullable(), ticket: z.string().max(64).nullable().optional() }), answer<JoinReply>()), // prettier-ignore
} as const

export type Calls = typeof CALLS
export type CallName = keyof Calls
export type Input<N extends CallName> = z.input<Calls[N]['input']>
export type Output<N extends CallName> = Calls[N]['output']

/** What participants may call: with the token of their session, or of the study they join. */
export const SESSION_CALLS: ReadonlySet<CallName> = new Set<CallName>([
  'session.open',
  'session.advance',
  'session.image',
  'session.answer',
  'session.withdraw',
])

export interface Events {
  'project.changed': ProjectInfo | null
  'job.changed': JobInfo
  'run.changed': RunInfo
  /** New points of a run's curves; at most about 10 messages a second and run. */
  'run.metrics': { run: number; points: MetricPoint[] }
  /** Runs that were taken out of the project. */
  'runs.removed': { ids: number[] }
  /** Order, settings or time left of the queue. */
  'queue.changed': QueueInfo
  'experiment.changed': ExperimentInfo
  /** Its numbers or its settings changed; at most about 4 messages a second and study. */
  'study.changed': StudyInfo
}
export type EventName = keyof Events
/** Checked at run time on the receiving side, so that an unknown event is refused by name. */
export const EVENT_NAMES: readonly EventName[] = [
  'project.changed',
  'job.changed',
  'run.changed',
  'run.metrics',
  'runs.removed',
  'queue.changed',
  'experiment.changed',
  'study.changed',
]

/** How an answer crosses the wire. */
export type Reply<T> = { ok: true; value: T } | { ok: false; error: ErrorData }

/** What a view holds: typed calls and a subscription; one implementation per door. */
export interface Client {
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N>>
  on<N extends EventName>(name: N, listener: (payload: Events[N]) => void): () => void
  /** Paths the services can read for files dropped on the window (uploads them first in a browser). */
  pathsOf(files: File[]): Promise<string[]>
  /**
   * Called whenever the state of the connection changes, not for the first success. Fetch again when it becomes `connected`
   * or `outdated`: events were missed.
   */
  onConnection(listener: (state: ConnectionState) => void): () => void
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
