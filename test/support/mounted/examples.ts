/** What the window shows, complete and plausible; a test changes what it is about. */
import type { JobInfo, ProjectInfo } from '../../../src/contract'
import { CIFAR10_CLASSES, type ImageSetInfo, type LabelSetInfo } from '../../../src/domain/labels/sets'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import type { QueueInfo, RunInfo } from '../../../src/domain/runs/info'
import {
  DEFAULT_RECRUITMENT,
  PAPER_PROTOCOL,
  type AnnotatorQuality,
  type ParticipantInfo,
  type StudyInfo,
} from '../../../src/domain/study'
import type { Person } from '../../../src/renderer/views/crowd/people'

const AT = '2026-03-01T10:00:00.000Z'

export const anImageSet = (change: Partial<ImageSetInfo> = {}): ImageSetInfo => ({
  id: 1,
  name: 'demo',
  count: 1000,
  height: 32,
  width: 32,
  channels: 3,
  classes: [...CIFAR10_CLASSES],
  digest: 'a',
  source: 'demo',
  licence: null,
  citation: null,
  createdAt: AT,
  ...change,
})

export const aLabelSet = (change: Partial<LabelSetInfo> = {}): LabelSetInfo => ({
  id: 1,
  name: 'demo people',
  imageSet: 'demo',
  format: 'demo',
  images: 1000,
  judgments: 50_000,
  annotators: 250,
  excluded: 0,
  digest: 'b',
  source: 'demo',
  licence: null,
  citation: null,
  report: [],
  createdAt: AT,
  ...change,
})

export const aProject = (change: Partial<ProjectInfo> = {}): ProjectInfo => ({
  path: '/projects/pilot',
  name: 'pilot',
  imageSets: [anImageSet()],
  labelSets: [aLabelSet()],
  runs: { queued: 0, running: 0, done: 0, failed: 0 },
  notices: [],
  ...change,
})

export const aStudy = (change: Partial<StudyInfo> = {}): StudyInfo => ({
  id: 7,
  name: 'Pilot',
  kind: 'crowd',
  imageSet: 'demo',
  selection: null,
  protocol: PAPER_PROTOCOL,
  pages: { consent: '', instructions: '', debrief: '' },
  checks: null,
  practice: null,
  completion: { code: '', url: '' },
  recruitment: DEFAULT_RECRUITMENT,
  seed: 0,
  state: 'open',
  joinToken: 'join',
  createdAt: AT,
  sessions: { invited: 0, running: 0, finished: 0, stopped: 0, excluded: 0 },
  judgments: 0,
  judgmentsPerImage: { min: 0, max: 0, mean: 0 },
  ...change,
})

export const aParticipant = (change: Partial<ParticipantInfo> = {}): ParticipantInfo => ({
  number: 3,
  code: 'P0003',
  kind: 'person',
  simulated: null,
  token: 'token-3',
  external: null,
  state: 'running',
  stage: 'trials',
  position: 40,
  total: 210,
  verdict: null,
  excluded: false,
  environment: null,
  startedAt: AT,
  seenAt: AT,
  finishedAt: null,
  ...change,
})

export const aPerson = (change: Partial<ParticipantInfo> = {}, quality?: Partial<AnnotatorQuality>): Person => ({
  info: aParticipant(change),
  quality: quality && {
    annotator: 0,
    code: 'P0003',
    judgments: 40,
    checks: 4,
    checkScore: 0.75,
    agreement: 0.9,
    medianReactionTimeMs: 1200,
    positionBias: 0.05,
    excluded: false,
    ...quality,
  },
})

export const aConfig = (change: Partial<RunConfig> = {}): RunConfig => ({
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'demo',
  labelSet: 'demo people',
  protocol: 'described',
  folds: 10,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 10,
  batch: 128,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'auto',
  evaluateEvery: 1,
  attacks: [],
  ...change,
})

export const aRun = (id: number, change: Partial<RunInfo> = {}, config: Partial<RunConfig> = {}): RunInfo => ({
  id,
  key: String(id).padStart(16, '0'),
  experiment: null,
  config: aConfig(config),
  state: 'queued',
  progress: null,
  error: null,
  device: null,
  engine: null,
  result: null,
  createdAt: AT,
  startedAt: null,
  finishedAt: null,
  ...change,
})

export const aQueue = (order: number[], change: Partial<QueueInfo> = {}): QueueInfo => ({
  held: false,
  workers: null,
  order,
  secondsLeft: null,
  ends: [],
  basis: 'measured',
  unknown: [],
  revision: 1,
  ...change,
})

export const aJob = (change: Partial<JobInfo> = {}): JobInfo => ({
  id: 'job-1',
  kind: 'import',
  state: 'running',
  progress: null,
  added: [],
  asked: null,
  said: [],
  error: null,
  ...change,
})
