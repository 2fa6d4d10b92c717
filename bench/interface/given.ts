/**
 * What the measurements of the window need: a demo set, predictions of a network that was never trained (people's own
 * distributions, sharpened and disturbed), and runs that wait for synthetic workers with a history behind them.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeNpy } from '../../src/formats/write/npy'
import { forkWorker } from '../../src/main/workers/forkWorker'
import { createServices, type Services } from '../../src/main/services'
import { importRun } from '../../src/main/runs/importRun'
import { keepSpeeds, thisMachine } from '../../src/main/speeds/speeds'
import { RUN_DEFAULTS, type RunConfig } from '../../src/domain/runs/config'
import type { MetricPoint } from '../../src/domain/runs/info'
import { SeededRandom } from '../../src/domain/random'

export const WORKERS = 4
export const EPOCHS = 100
export const STEPS = 20_000

const CONFIG: Omit<RunConfig, 'imageSet' | 'labelSet' | 'target' | 'fold'> = {
  ...RUN_DEFAULTS,
  network: 'resnet_basic_8',
  protocol: 'described',
  folds: 10,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 0,
  epochs: EPOCHS,
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
}

/** A project of `images` demo images with a network's predictions for all, and `WORKERS` runs queued. */
export async function makeProject(folder: string, images: number, history: number): Promise<void> {
  const services = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
  try {
    await services.project.open(folder)
    const data = await demo(services, images)
    const store = services.project.store()
    await importPredictions(services, data)
    keepSpeeds(store, [
      {
        machine: thisMachine(),
        network: CONFIG.network,
        batch: CONFIG.batch,
        device: 'cpu',
        oneProcess: 1,
        sideBySide: { processes: WORKERS, imagesPerSecond: 2 },
        peakRssMb: 1,
        measured: new Date().toISOString(),
      },
    ])
    const configs = Array.from({ length: WORKERS }, (_, at): RunConfig => ({
      ...CONFIG,
      ...data,
      target: at % 2 === 0 ? 'hard' : 'soft',
      fold: Math.floor(at / 2),
    }))
    for (const id of store.runs.insert(configs, null))
      store.runs.addMetrics(
        id,
        Array.from({ length: history }, (_, at) => point(at + 1, id)),
      )
  } finally {
    await services.close()
  }
}

async function demo(services: Services, images: number) {
  const { id } = services.jobs.createDemo(0, images)
  for (;;) {
    const job = services.jobs.list().find((each) => each.id === id)
    if (job?.error) throw new Error(job.error.message)
    if (job?.state === 'done') break
    await sleep(100)
  }
  const labels = services.project.current()?.labelSets[0]
  if (!labels) throw new Error('The demo set brought no labels.')
  return { imageSet: labels.imageSet, labelSet: labels.name }
}

async function importPredictions(services: Services, { imageSet, labelSet }: { imageSet: string; labelSet: string }) {
  const store = services.project.store()
  const { id } = store.labelSets.find(labelSet) ?? { id: 0 }
  const people = store.labelSets.arrays(id)
  const random = new SeededRandom(1)
  const network = new Float32Array(people.probabilities.length)
  for (let image = 0; image < people.images; image++) {
    const from = image * people.classes
    const row = people.probabilities.subarray(from, from + people.classes)
    const odds = Array.from(row, (p) => Math.exp(1.5 * Math.log(p + 0.03) + 2 * (random.uniform() - 0.5)))
    const sum = odds.reduce((a, b) => a + b, 0)
    odds.forEach((value, c) => (network[from + c] = value / sum))
  }
  const scratch = mkdtempSync(join(tmpdir(), 'second-guess-predictions-'))
  try {
    const predictions = join(scratch, 'predictions.npy')
    await writeNpy(predictions, '<f4', [people.images, people.classes], network)
    await importRun(store, {
      predictions,
      indices: null,
      network: 'plausible',
      target: 'soft',
      imageSet,
      labelSet,
      folds: 1,
      fold: 0,
      seed: 0,
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** What a run of this seed would say at a step: curves that fall and shake as real ones do. */
export function point(step: number, seed: number): MetricPoint {
  const shake = Math.sin(step * 12.9898 + seed * 78.233) * 0.1
  const share = step / STEPS
  const loss = 2.3 * Math.exp(-6 * share) + 0.4 + shake
  const measured =
    step % 200 === 0
      ? {
          heldOutAccuracy: 0.75 - loss / 5,
          heldOutCrossEntropyToPeople: loss + 0.2,
          heldOutCrossEntropyToLabels: loss + 0.1,
        }
      : {}
  return {
    step,
    epoch: 1 + Math.floor(share * EPOCHS),
    loss,
    accuracy: 0.8 - loss / 5,
    learningRate: 0.1,
    imagesPerSecond: 700 + 500 * shake,
    ...measured,
  }
}
