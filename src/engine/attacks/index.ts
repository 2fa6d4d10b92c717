/**
 * Attacks a network on held-out images and says how far the outcome can be trusted (AttackTrust). White-box,
 * l-infinity, cross-entropy to the hard label, evaluation mode, normalisation inside the model. Whether an attack
 * succeeded is decided by predicting its images again, never by the attack itself.
 */
import type { AttackConfig, AttackResult } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { accuracy } from '../evaluation/accuracy'
import { crossEntropyToLabels, crossEntropyToPeople } from '../evaluation/crossEntropy'
import type { Predictions } from '../evaluation/predictions'
import type { Predictor } from '../evaluation/predict'
import { PURPOSE, Random } from '../random'
import { batchOf, type PackedImages } from '../training/augmentation'
import { oneHot, rowsOf } from '../training/targets'
import type { Attack } from './attack'
import { fgsm } from './fgsm'
import { pgd } from './pgd'
import type { SignStepper } from './signStep'

export { openSignStepper, signStepProgram, type SignStepper } from './signStep'

const ATTACKS: Record<AttackConfig['attack'], Attack> = { fgsm, pgd }

export interface AttackSubject {
  images: PackedImages & { labels: Uint8Array; classes: number }
  /** (count, classes) */
  distributions: Float32Array
  /** The images to attack, all of which have a label. */
  indices: Int32Array
  stepper: SignStepper
  /** Of the same weights and batch size as the stepper. */
  predictor: Predictor
  seed: number
}

export interface AttackActivity {
  done: number
  total: number
}

/** Sums over images of what the batches found. */
class Tally {
  maximumPerturbation = 0
  zeros = 0
  entries = 0
  readonly lossByStep: number[] = []

  addLosses(step: number, losses: Float32Array): void {
    this.lossByStep[step] = (this.lossByStep[step] ?? 0) + losses.reduce((a, b) => a + b, 0)
  }

  addPerturbation(original: Float32Array, adversarial: Float32Array): void {
    adversarial.forEach((value, i) => {
      const size = Math.abs(value - (original[i] as number))
      if (size > this.maximumPerturbation) this.maximumPerturbation = size
    })
  }
}

/** Yields after each step on the device, so that a caller can show progress or leave. Epsilons in 1/255. */
export async function* attackImages(
  config: AttackConfig,
  subject: AttackSubject,
): AsyncGenerator<AttackActivity, AttackResult> {
  const { images, stepper, predictor, seed } = subject
  const { classes, labels } = images
  const indices = config.images === null ? subject.indices : subject.indices.subarray(0, config.images)
  if (indices.length === 0) throw new StudioError('bad-input', 'There are no images to attack.')
  const attack = ATTACKS[config.attack]
  const epsilon = config.epsilon / 255
  const strength = { epsilon, stepSize: config.stepSize / 255, steps: config.steps, randomStart: config.randomStart }
  const atZero = { ...strength, epsilon: 0, steps: 1 }
  const tally = new Tally()
  const found = { clean: [], zero: [], noise: [], attacked: [] } as Record<string, Float32Array[]>
  const batches = Math.ceil(indices.length / stepper.batch)
  const total = batches * ((config.attack === 'fgsm' ? 1 : config.steps) + 2)
  let done = 0
  for (let number = 0; number < batches; number++) {
    const part = indices.subarray(number * stepper.batch, (number + 1) * stepper.batch)
    const batch = { images: batchOf(images, part, null), hard: oneHot(labels, part, classes) }
    const random = new Random(seed, PURPOSE.attack, number)

    found['clean']?.push(await predictor.predict(batch.images))
    // At epsilon 0 the one step's gradient is the clean images' own.
    for await (const { zeros } of attack(stepper, batch, atZero, random)) {
      tally.zeros += zeros.reduce((a, b) => a + b, 0)
      tally.entries += batch.images.length
      yield { done: ++done, total }
    }
    found['zero']?.push(await predictor.predict(await stepper.images()))

    const noise = new Random(seed, PURPOSE.noise, number)
    found['noise']?.push(await predictor.predict(randomSigns(batch.images, epsilon, noise)))
    yield { done: ++done, total }

    let step = 0
    for await (const { loss } of attack(stepper, batch, strength, random)) {
      tally.addLosses(step++, loss)
      yield { done: ++done, total }
    }
    const adversarial = await stepper.images()
    tally.addPerturbation(batch.images, adversarial)
    const predictions = await predictor.predict(adversarial)
    found['attacked']?.push(predictions)
    const final = { values: predictions, labels: labelsOf(labels, part), people: new Float32Array(0), classes }
    tally.addLosses(step, Float32Array.of(crossEntropyToLabels(final) * part.length))
  }
  const judged = (name: string): Predictions => ({
    values: concatenated(found[name] ?? []),
    labels: labelsOf(labels, indices),
    people: rowsOf(subject.distributions, indices, classes),
    classes,
  })
  return {
    ...config,
    accuracy: accuracy(judged('attacked')),
    crossEntropyToLabels: crossEntropyToLabels(judged('attacked')),
    crossEntropyToPeople: crossEntropyToPeople(judged('attacked')),
    trust: {
      cleanAccuracy: accuracy(judged('clean')),
      accuracyAtZero: accuracy(judged('zero')),
      maximumPerturbation: tally.maximumPerturbation * 255,
      zeroGradientShare: tally.zeros / tally.entries,
      randomNoiseAccuracy: accuracy(judged('noise')),
      lossByStep: tally.lossByStep.map((sum) => sum / indices.length),
    },
  }
}

/** Every entry moved by epsilon up or down at random, clipped to [0, 1]. */
function randomSigns(images: Float32Array, epsilon: number, random: Random): Float32Array {
  return images.map((value) => Math.min(1, Math.max(0, value + (random.integer(1) === 1 ? epsilon : -epsilon))))
}

const labelsOf = (labels: Uint8Array, indices: Int32Array): Uint8Array =>
  Uint8Array.from(indices, (index) => labels[index] as number)

function concatenated(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
