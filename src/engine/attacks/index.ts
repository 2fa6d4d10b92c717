/**
 * Attacks a network and says how far the outcome can be trusted (AttackTrust). White-box, l-infinity, evaluation mode,
 * normalisation inside the model. Whether an attack succeeded is decided by predicting its images again, never by the
 * attack itself.
 */
import { argmax, rowAt } from '../../domain/labels/distribution'
import type { AttackConfig, AttackResult } from '../../domain/attacks/config'
import { StudioError } from '../../domain/errors'
import { accuracy } from '../../domain/measures/accuracy'
import { type Predictions } from '../../domain/measures/predictions'
import { softmaxRows } from '../evaluation/predict'
import { isJudged } from '../../domain/labels/unjudged'
import { PURPOSE, Random } from '../../domain/addressedRandom'
import { batchOf, type PackedImages } from '../data/augmentation'
import { oneHot, rowsOf } from '../data/targets'
import type { Attack } from './attack'
import type { Attacker } from './attacker'
import { fgsm } from './fgsm'
import { crossEntropies, objectives } from './losses'
import { targetsOf } from './objective'
import { pgd } from './pgd'
import { square } from './square'
import { Tally } from './tally'

export { openAttacker, type Attacker } from './attacker'

const ATTACKS: Record<AttackConfig['attack'], Attack> = { fgsm, pgd }

/** Streams of a batch beside the attack's own: no two draws share numbers. */
const STREAM = { augment: 1, square: 2 } as const

export interface AttackSubject {
  images: PackedImages & { labels: Uint8Array; classes: number }
  /**
   * People's (count, classes), NaN for images that nobody judged; null where there are none: labels stand in for them.
   */
  distributions: Float32Array | null
  /** Image indices of the run's fold: what is attacked unless all images are. */
  heldOut: Int32Array
  attacker: Attacker
  /**
   * Another network that judges what is made on the attacker's: a transfer. Accuracies and cross-entropies are its own;
   * zero gradients and losses by step stay those of the network that was followed.
   */
  judge?: Attacker
  seed: number
  /** How many of the first images to hand out as they are attacked; default: none. */
  examples?: number
}

export interface AttackActivity {
  done: number
  total: number
}

/** What an attack leaves behind: row i of `predictions` is of image `indices[i]`, attacked. */
export interface Attacked {
  result: AttackResult
  /** Network distributions on the adversarial images, float32 (n, classes). */
  predictions: Float32Array
  /** The same before the attack, on the same images: augmented and normalised alike. */
  clean: Float32Array
  /** Indices in the image set (n). */
  indices: Int32Array
  examples: AttackedExamples
}

/**
 * The first m images of an attack, float32 NHWC in [0, 1]; no entry of `adversarial` is further than epsilon from its
 * original.
 */
export interface AttackedExamples {
  /** (m, H, W, C), as they were attacked. */
  originals: Float32Array
  /** (m, H, W, C) */
  adversarial: Float32Array
}

/**
 * Yields after each step on the device, so that a caller can show progress or leave. Epsilons in 1/255.
 * Throws StudioError('bad-input') where there is nothing to attack, or an image has no label.
 */
export async function* attackImages(
  config: AttackConfig,
  subject: AttackSubject,
): AsyncGenerator<AttackActivity, Attacked> {
  const { attacker, judge = attacker, seed, examples = 0 } = subject
  const { distributions } = subject
  const { classes, labels } = subject.images
  const indices = attackedIndices(config, subject)
  const stepper = await attacker.stepper(config)
  const ask = await judge.ask(config.normalisation)
  const predict = async (images: Float32Array) => softmaxRows(await ask(images), classes)
  const askFollowed = await attacker.ask(config.normalisation)
  /** Logits of the network that is followed, where another has judged. */
  const followed = async (images: Float32Array, judged: Float32Array) =>
    judge === attacker ? judged : await askFollowed(images)
  const attack = ATTACKS[config.attack]
  const epsilon = config.epsilon / 255
  const { steps, randomStart, momentum: decay, blackBoxQueries: queries } = config
  const strength = { epsilon, stepSize: config.stepSize / 255, steps, randomStart, decay }
  const atZero = { ...strength, epsilon: 0, steps: 1 }
  const tally = new Tally()
  const batches = Math.ceil(indices.length / attacker.batch)
  const total = batches * ((config.attack === 'fgsm' ? 1 : steps) + 2 + queries)
  let done = 0

  /** Carries an attack out, telling `heed` what each step found; returns its images. */
  async function* carryOut<Outcome>(running: AsyncGenerator<Outcome, Float32Array>, heed: (found: Outcome) => void) {
    for (;;) {
      const next = await running.next()
      if (next.done) return next.value
      heed(next.value)
      yield { done: ++done, total }
    }
  }

  for (let number = 0; number < batches; number++) {
    const part = indices.subarray(number * attacker.batch, (number + 1) * attacker.batch)
    const random = new Random(seed, PURPOSE.attack, number)
    const augment = config.augmented ? new Random(seed, PURPOSE.attack, number, STREAM.augment) : null
    const images = batchOf(subject.images, part, augment)
    const cleanLogits = await ask(images)
    const clean = softmaxRows(cleanLogits, classes)
    const seen = softmaxRows(await followed(images, cleanLogits), classes)
    const target = targetsOf(config.towards, labelsOf(labels, part), seen, classes)
    const hard = oneHot(labels, part, classes)
    const people = distributions ? rowsOf(distributions, part, classes) : hard
    const batch = { images, hard, target, shape: attacker.network.image }
    tally.add('clean', clean)

    // At epsilon 0 the one step's gradient is the clean images' own.
    const unmoved = yield* carryOut(attack(stepper, batch, atZero, random), ({ zeros }) => {
      tally.addZeros(zeros, images.length)
    })
    tally.add('zero', await predict(unmoved))

    const noise = new Random(seed, PURPOSE.noise, number)
    tally.add('noise', await predict(randomSigns(images, epsilon, noise)))
    yield { done: ++done, total }

    let step = 0
    const adversarial = yield* carryOut(attack(stepper, batch, strength, random), (found) => {
      tally.addStep(step++, found)
    })
    const logits = await ask(adversarial)
    const shown = Math.max(0, examples - number * attacker.batch) * (images.length / part.length)
    if (shown > 0) tally.keep(images.subarray(0, shown), adversarial.subarray(0, shown))
    tally.add('attacked', softmaxRows(logits, classes))
    tally.addPerturbation(images, adversarial)
    tally.addLosses(
      crossEntropies(logits, hard, classes),
      crossEntropies(logits, people, classes).filter((_, n) => isJudged(people, n, classes)),
    )
    const end = await followed(adversarial, logits)
    tally.addStep(step, {
      loss: crossEntropies(end, hard, classes),
      objective: objectives(config.loss, end, hard, target, classes),
      right: rightRows(softmaxRows(end, classes), labelsOf(labels, part), classes),
    })

    if (queries === 0) continue
    const after = done + queries
    const stream = new Random(seed, PURPOSE.attack, number, STREAM.square)
    const squares = yield* carryOut(square(ask, batch, { epsilon, queries }, stream), () => {})
    tally.add('blackBox', await predict(squares))
    done = after
  }
  const judged = (values: Float32Array): Predictions => ({
    values,
    labels: labelsOf(labels, indices),
    people: distributions ? rowsOf(distributions, indices, classes) : oneHot(labels, indices, classes),
    classes,
  })
  const predictions = tally.predictions('attacked')
  const attacked = judged(predictions)
  const accuracyOf = (name: Parameters<Tally['predictions']>[0]) => accuracy(judged(tally.predictions(name)))
  const result = {
    ...config,
    accuracy: accuracy(attacked),
    crossEntropyToLabels: tally.meanLosses(indices.length).toLabels,
    crossEntropyToPeople: tally.meanLosses(indices.length).toPeople,
    trust: {
      cleanAccuracy: accuracyOf('clean'),
      accuracyAtZero: accuracyOf('zero'),
      maximumPerturbation: tally.maximumPerturbation * 255,
      zeroGradientShare: tally.zeroShare,
      randomNoiseAccuracy: accuracyOf('noise'),
      lossByStep: tally.losses(indices.length),
      objectiveByStep: tally.objectives(indices.length),
      accuracyByStep: tally.accuracies(indices.length),
      blackBox: queries === 0 ? null : { queries, accuracy: accuracyOf('blackBox') },
    },
  }
  return { result, predictions, clean: tally.predictions('clean'), indices, examples: tally.examples() }
}

function attackedIndices({ on, images: most }: AttackConfig, { images, heldOut }: AttackSubject): Int32Array {
  const whole = on === 'all' ? Int32Array.from(images.labels.keys()) : heldOut
  const indices = whole.slice(0, most ?? undefined)
  if (indices.length > 0) return indices
  throw new StudioError('bad-input', 'There are no images to attack.', {
    hint: 'A run that holds out no images is attacked on all of its set.',
  })
}

/** Every entry moved by epsilon up or down at random, clipped to [0, 1]. */
function randomSigns(images: Float32Array, epsilon: number, random: Random): Float32Array {
  return images.map((value) => Math.min(1, Math.max(0, value + (random.integer(1) === 1 ? epsilon : -epsilon))))
}

/** 1 where the label is the first guess, the first class among equals, else 0. */
const rightRows = (values: Float32Array, labels: Uint8Array, classes: number): Float32Array =>
  Float32Array.from(labels, (label, n) => Number(argmax(rowAt(values, n, classes)) === label))

const labelsOf = (labels: Uint8Array, indices: Int32Array): Uint8Array =>
  Uint8Array.from(indices, (index) => labels[index] as number)
