/** Predicting images and measuring what was predicted, in training and after it. */
import type { Measures } from '../../domain/measures/measures'
import type { Selection } from '../../domain/runs/config'
import { measuresWhereJudged } from '../../domain/measures/judged'
import { openPredictor, predictPacked, type Predictor } from '../evaluation/predict'
import type { Device, DeviceState, NamedValues } from '../program'
import type { Best } from './checkpoint'
import { diverged, type Tick } from './events'
import type { RunImages, RunPlan } from '../data/plan'
import { rowsOf } from '../data/targets'

export interface Judged {
  /** (n, classes) */
  predictions: Float32Array
  found: Measures
}

export interface Subject {
  images: RunImages
  indices: Int32Array
  /** People's (count, classes), NaN for images that nobody judged; null where there are none. */
  distributions: Float32Array | null
}

/** Throws StudioError where a prediction is not a number; `where` says by when. */
export async function* judge(
  predictor: Predictor,
  { images, indices, distributions }: Subject,
  activity: string,
  where: string,
): AsyncGenerator<Tick, Judged> {
  const predicting = predictPacked(predictor, images, indices, images.classes)
  let next = await predicting.next()
  for (; !next.done; next = await predicting.next()) {
    yield { type: 'tick', activity, done: next.value, total: indices.length }
  }
  const predictions = next.value
  if (!predictions.every(Number.isFinite)) throw diverged(`${where}: a prediction is not a number`)
  const people = distributions && rowsOf(distributions, indices, images.classes)
  return { predictions, found: measuresWhereJudged(predictions, labelsOf(images, indices), people, images.classes) }
}

export const labelsOf = ({ labels }: RunImages, indices: Int32Array): Uint8Array =>
  Uint8Array.from(indices, (image) => labels[image] as number)

/** What is measured and attacked after training: the weights of the epoch selected. */
export interface Measured {
  epoch: number
  weights: NamedValues
  predictor: Predictor
  dispose(): void
}

/** The last epoch, with the predictor of training. */
export interface Last {
  step: number
  epoch: number
  state: DeviceState
  predictor: Predictor
}

/** Another epoch than the last gets a second state on the device, so that the first can be taken up again. */
export async function openMeasured(
  device: Device,
  { network, evaluationBatch }: RunPlan,
  selection: Selection,
  last: Last,
  best: (Best & { weights: NamedValues }) | null,
): Promise<Measured> {
  if (selection === 'last' || !best || best.step === last.step) {
    return { epoch: last.epoch, weights: await last.state.read(), predictor: last.predictor, dispose() {} }
  }
  const state = await device.createState(best.weights)
  const predictor = await openPredictor(device, network, state, evaluationBatch)
  return {
    epoch: best.epoch,
    weights: best.weights,
    predictor,
    dispose() {
      predictor.dispose()
      state.dispose()
    },
  }
}
