/**
 * The built-in demo set, for a machine with nothing: ten drawn classes whose pictures morph into one another, judged by
 * simulated people, so that the true label distribution of every picture is known. Made from a seed, the same
 * everywhere.
 */
import { SeededRandom } from '../../domain/random'
import { throwIfCancelled } from '../encodings/files'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { ImageSetData, LabelSetData } from '../sets/types'
import type { ReadOptions } from '../encodings/readOptions'
import { AFFINITY, DEMO_CLASSES } from './drawings'
import { simulate } from './people'
import { SIZE, difficulty, drawScene, render, type Scene } from './picture'

const CLASSES = DEMO_CLASSES.length
/** Share of pictures that are drawn between two classes. */
const AMBIGUOUS = 0.38
/** Share of pictures whose second class is one easily confused with the first. */
const RELATED = 0.8
/** Slope of the choice between two drawings around halfway: at a morph of 0.25 about one in twelve says the second. */
const SLOPE = 0.105

/** Perceived distribution of a scene: a psychometric curve between its two classes, and a little of everything else. */
function perceive(scene: Scene, row: Float64Array): void {
  const second = 1 / (1 + Math.exp(-(scene.morph - 0.5) / SLOPE))
  const stray = 0.003 + 0.14 * difficulty(scene) ** 2
  for (let c = 0; c < CLASSES; c++) {
    const like =
      (AFFINITY[scene.first * CLASSES + c] ?? 0) * (1 - second) + (AFFINITY[scene.second * CLASSES + c] ?? 0) * second
    const shown = (c === scene.first ? 1 - second : 0) + (c === scene.second ? second : 0)
    row[c] = (1 - stray) * shown + stray * like
  }
}

function scene(first: number, random: SeededRandom): Scene {
  const related = random.uniform() < RELATED
  let second = related
    ? random.category(AFFINITY.subarray(first * CLASSES, (first + 1) * CLASSES))
    : random.below(CLASSES)
  if (second === first) second = (first + 1) % CLASSES
  const morph = random.uniform() < AMBIGUOUS ? random.between(0.24, 0.62) : 0.16 * random.uniform() ** 2
  return drawScene(first, second, morph, random)
}

/**
 * Draws `images` pictures (uint8 NHWC, 32x32x3) and has about 51 people judge each of them. `truth` (images*10) is the
 * distribution that the kept people's answers are independent draws from.
 *
 * The publisher's label is one draw from the truth, not its maximum: one person's answer, which is how most data sets
 * are labelled. It is right on average and wrong on many ambiguous pictures, so that training on what all people said
 * has something to gain, as it does on real photographs.
 */
export function createDemo(
  seed: number,
  images: number,
  options: ReadOptions = {},
): { images: ImageSetData; labels: LabelSetData; truth: Float64Array } {
  const random = new SeededRandom(seed)
  const bytes = SIZE * SIZE * 3
  const pixels = new Uint8Array(images * bytes)
  const perception = new Float64Array(images * CLASSES)
  // Every class equally often, in no order.
  const firsts = random.shuffle(Int32Array.from({ length: images }, (_, i) => i % CLASSES))
  for (let i = 0; i < images; i++) {
    if (i % 500 === 0) {
      throwIfCancelled(options.signal)
      options.onProgress?.({ label: 'Drawing the demo set', done: i, total: images, secondsLeft: null })
    }
    const drawn = scene(firsts[i] ?? 0, random)
    perceive(drawn, perception.subarray(i * CLASSES, (i + 1) * CLASSES))
    render(drawn, random, pixels, i * bytes)
  }
  options.onProgress?.({ label: 'Simulating the people', done: images, total: images, secondsLeft: null })
  const labels = new Uint8Array(images)
  const draws = new SeededRandom(seed, 1)
  const publisher = (truth: Float64Array): Uint8Array => {
    for (let i = 0; i < images; i++) labels[i] = draws.category(truth.subarray(i * CLASSES, (i + 1) * CLASSES))
    return labels
  }
  const answers = simulate(perception, CLASSES, publisher, new SeededRandom(seed, 2))
  const excluded = answers.annotators.excluded.reduce((sum, flag) => sum + flag, 0)
  const common = {
    path: `demo:${seed}`,
    source: `Built-in demo set, seed ${seed}, ${images} images`,
    licence: 'MIT',
    citation: null,
    classes: [...DEMO_CLASSES],
  }
  return {
    images: {
      ...common,
      kind: 'images',
      format: 'demo',
      name: 'demo',
      count: images,
      height: SIZE,
      width: SIZE,
      channels: 3,
      pixels,
      labels,
      fileNames: null,
      report: [
        `${images} pictures of ${CLASSES} classes drawn; labels are one draw from each picture's true distribution.`,
      ],
    },
    labels: {
      ...common,
      kind: 'labels',
      format: 'demo',
      name: 'demo-people',
      imageSet: 'demo',
      images,
      counts: answers.counts,
      probabilities: countsToProbabilities(answers.counts, CLASSES),
      judgments: answers.judgments,
      annotators: answers.annotators,
      report: [
        `${answers.annotators.code.length} simulated people, ${excluded} excluded by the attention checks.`,
        `${answers.kept} judgments kept.`,
      ],
    },
    truth: answers.truth,
  }
}
