/** The project a crowd is measured on: marked images, an even study of the paper's kind, and labels to train on. */
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import type { LabelSetData } from '../../src/formats/sets/types'
import { addToProject } from '../../src/main/labels/addToProject'
import { openProject } from '../../src/main/storage'
import { RUN_DEFAULTS, type RunConfig } from '../../src/domain/runs/config'
import { SeededRandom } from '../../src/domain/random'
import { PAPER_PROTOCOL, type StudyConfig } from '../../src/domain/study'
import { CLASSES, labelOf, markedImages } from './images'

/** As many as CIFAR-10's test set has. */
const IMAGES = 10_000
const OBVIOUS = 100
const JUDGMENTS_PER_IMAGE = 10
const PRACTICE = 3
const LABELS = 'labels'

export async function makeProject(folder: string, images = IMAGES): Promise<void> {
  const store = openProject(folder)
  try {
    await addToProject(store, [markedImages('judged', images), markedImages('checks', OBVIOUS), labels(images)])
  } finally {
    store.close()
  }
}

function labels(images: number): LabelSetData {
  const counts = new Uint32Array(images * CLASSES.length)
  const random = new SeededRandom(0)
  for (let image = 0; image < images; image++)
    for (let judgment = 0; judgment < JUDGMENTS_PER_IMAGE; judgment++) {
      const at = image * CLASSES.length + ((labelOf(image) + (random.uniform() < 0.2 ? 1 : 0)) % CLASSES.length)
      counts[at] = (counts[at] ?? 0) + 1
    }
  return {
    kind: 'labels',
    path: '/made/labels',
    format: 'cifar10h-counts',
    name: LABELS,
    imageSet: 'judged',
    classes: [...CLASSES],
    images,
    counts,
    probabilities: countsToProbabilities(counts, CLASSES.length),
    judgments: null,
    annotators: null,
    source: 'made for a measurement',
    licence: null,
    citation: null,
    report: [],
  }
}

/** `trials` of one participant, attention checks among them: one after every 20 images. */
export function crowdStudy(trials: number, seed: number): StudyConfig {
  const { checkEvery } = PAPER_PROTOCOL
  const checks = Math.floor(trials / (checkEvery + 1))
  return {
    name: 'crowd',
    kind: 'crowd',
    imageSet: 'judged',
    selection: null,
    protocol: { ...PAPER_PROTOCOL, imagesPerParticipant: trials - checks, practiceTrials: PRACTICE },
    pages: {
      consent: '# Consent\n\nYou may leave at any time.',
      instructions: '# Task\n\nChoose the label.',
      debrief: 'Thank you.',
    },
    checks: { imageSet: 'checks', images: Array.from({ length: OBVIOUS }, (_, image) => image) },
    practice: null,
    completion: { code: 'DONE', url: '' },
    // The measurement's own arrivals are the rush: none of them waits in line.
    recruitment: { mostParticipants: null, joinsPerMinute: 6_000 },
    seed,
  }
}

/** A small network on the images that are judged; `change` says how long and how it is evaluated. */
export const trainingRun = (change: Partial<RunConfig>): RunConfig => ({
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  target: 'soft',
  imageSet: 'judged',
  labelSet: LABELS,
  protocol: 'described',
  folds: 10,
  fold: 0,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: 1_000,
  batch: 64,
  learningRate: 0.1,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'constant' },
  augment: true,
  device: 'cpu',
  evaluateEvery: 1,
  attacks: [],
  ...change,
})
