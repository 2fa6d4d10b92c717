/** A tiny data set and run on which the JavaScript oracle trains in a second or two. */
import { ATTACK_DEFAULTS } from '../../../src/domain/attacks/config'
import { RUN_DEFAULTS, type RunConfig } from '../../../src/domain/runs/config'
import { Random } from '../../../src/domain/addressedRandom'
import type { RunEvent, RunInputs } from '../../../src/engine/training/run'

/** 8x8 colour images of 3 classes told apart by their brightest channel, some in between; people's labels follow it. */
export function tinyInputs(count = 48, seed = 1): RunInputs {
  const [height, width, channels, classes] = [8, 8, 3, 3]
  const random = new Random(seed)
  const pixels = new Uint8Array(count * height * width * channels)
  const labels = new Uint8Array(count)
  const distributions = new Float32Array(count * classes)
  for (let n = 0; n < count; n++) {
    const label = n % classes
    const share = 0.6 + 0.4 * random.uniform()
    labels[n] = label
    for (let c = 0; c < classes; c++) {
      distributions[n * classes + c] = c === label ? share : (1 - share) / 2
      for (let i = 0; i < height * width; i++) {
        const at = (n * height * width + i) * channels + c
        pixels[at] = Math.floor(40 + 60 * random.uniform() + 100 * distributions[n * classes + c]!)
      }
    }
  }
  return { images: { pixels, labels, count, height, width, channels, classes }, distributions }
}

export const TINY: RunConfig = {
  network: 'resnet_basic_8_w2',
  target: 'soft',
  imageSet: 'tiny',
  labelSet: 'tiny',
  ...RUN_DEFAULTS,
  protocol: 'described',
  folds: 4,
  fold: 1,
  foldSeed: 0,
  trainImages: null,
  testImages: null,
  seed: 3,
  epochs: 3,
  batch: 10,
  learningRate: 0.05,
  momentum: 0.9,
  nesterov: true,
  weightDecay: 1e-4,
  schedule: { kind: 'cosine' },
  augment: true,
  device: 'tfjs-cpu',
  evaluateEvery: 1,
  attacks: [
    { ...ATTACK_DEFAULTS, attack: 'fgsm', epsilon: 4, stepSize: 4, steps: 1, randomStart: false, images: null },
    { ...ATTACK_DEFAULTS, attack: 'pgd', epsilon: 4, stepSize: 1, steps: 3, randomStart: true, images: 7 },
  ],
}

/** Events of a run of one type. */
export type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>
export const only = <T extends RunEvent['type']>(events: RunEvent[], type: T) =>
  events.filter((event): event is Of<T> => event.type === type)

/** The last event, which must be that the run is done. */
export function done(events: RunEvent[]): Of<'done'> {
  const last = events.at(-1)
  if (last?.type !== 'done') throw new Error(`ended with ${last?.type}`)
  return last
}
