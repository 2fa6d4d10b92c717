/**
 * Simulated annotators. Everybody sees the same perceptual distribution of a picture; what they answer passes through
 * their own confusions. Careful ones slip now and then, each in their own way; careless ones mostly guess. All go
 * through the paper's protocol: about 200 pictures each, an attention check after every 20, 75% to be kept.
 */
import type { SeededRandom } from '../../domain/random'
import { aggregate, scoreAnnotators } from '../../domain/study/exclusion'
import { JudgmentColumns } from '../read/judgmentColumns'
import type { AnnotatorTable, JudgmentTable } from '../../domain/labels/judgments'
import { AFFINITY } from './drawings'

const TRIALS = 200
const BETWEEN_CHECKS = 20
/** Rounds over all pictures: judgments per picture before exclusions, a little over the paper's 51. */
const ROUNDS = 52
const CARELESS = 0.02

interface Person {
  /** Probability of answering by `confusion` instead of by what was seen. */
  slip: number
  /** (classes*classes) rows sum to 1: what is answered for what was seen, when slipping. */
  confusion: Float64Array
  /** Factor on reaction times. */
  pace: number
}

function person(classes: number, random: SeededRandom): Person {
  const careless = random.uniform() < CARELESS
  const confusion = new Float64Array(classes * classes)
  for (let seen = 0; seen < classes; seen++) {
    const row = confusion.subarray(seen * classes, (seen + 1) * classes)
    row.forEach((_, c) => {
      row[c] = careless ? 1 : (AFFINITY[seen * classes + c] ?? 0) * Math.exp(random.normal())
    })
    const sum = row.reduce((total, value) => total + value, 0)
    row.forEach((value, c) => (row[c] = value / sum))
  }
  return {
    slip: careless ? random.between(0.55, 0.95) : 0.02 * Math.exp(0.6 * random.normal()),
    confusion,
    pace: Math.exp(0.2 * random.normal()) * (careless ? 0.5 : 1),
  }
}

export interface Answers {
  judgments: JudgmentTable
  annotators: AnnotatorTable
  /** (images*classes) */
  counts: Uint32Array
  kept: number
  /** (images*classes): the distribution that the kept people's answers are draws from. */
  truth: Float64Array
}

/** Has people judge the pictures. `perception` is (images*classes), rows sum to 1. */
export function simulate(
  perception: Float64Array,
  classes: number,
  publisher: (truth: Float64Array) => Uint8Array,
  random: SeededRandom,
): Answers {
  const images = perception.length / classes
  const blocks = Math.ceil(images / TRIALS)
  const people = Array.from({ length: blocks * ROUNDS }, () => person(classes, random))
  const columns = new JudgmentColumns()
  // Pictures have no file names; index 0 stands for that.
  columns.files.index('')
  const answer = ({ slip, confusion }: Person, seen: number): number =>
    random.uniform() < slip ? random.category(confusion.subarray(seen * classes, (seen + 1) * classes)) : seen

  const order = Int32Array.from({ length: images }, (_, i) => i)
  let elapsed = 0
  let trial = 0
  const record = (someone: number, image: number, truth: number, chosen: number, ms: number, file: number): void => {
    const to = columns.row()
    const n = columns.count++
    const reaction = Math.round(ms)
    elapsed += reaction
    to.annotator[n] = someone
    to.trial[n] = trial++
    to.image[n] = image
    to.truth[n] = truth
    to.chosen[n] = chosen
    to.isCheck[n] = image < 0 ? 1 : 0
    to.reactionTimeMs[n] = reaction
    to.elapsedMs[n] = elapsed
    to.file[n] = file
  }
  people.forEach((someone, index) => {
    const block = index % blocks
    // Each round is one shuffle of all pictures cut into blocks, so nobody sees a picture twice.
    if (block === 0) random.shuffle(order)
    elapsed = 0
    trial = 0
    columns.annotators.index(String(index))
    const from = Math.floor((images * block) / blocks)
    const to = Math.floor((images * (block + 1)) / blocks)
    for (let at = from; at < to; at++) {
      const image = order[at] ?? 0
      const row = perception.subarray(image * classes, (image + 1) * classes)
      const seen = random.category(row)
      const ms = 420 + 900 * someone.pace * Math.exp(0.4 * random.normal()) * (1 + 1.2 * (1 - (row[seen] ?? 0)))
      record(index, image, 0, answer(someone, seen), ms, 0)
      if ((at - from) % BETWEEN_CHECKS !== BETWEEN_CHECKS - 1) continue
      const truth = random.below(classes)
      const file = columns.files.index(`check_${String(random.below(200)).padStart(3, '0')}.png`)
      record(index, -1, truth, answer(someone, truth), 420 + 800 * someone.pace * Math.exp(0.4 * random.normal()), file)
    }
  })
  const judgments = columns.table()
  const annotators = scoreAnnotators(columns.annotators.texts, judgments)
  const truth = through(perception, classes, meanConfusion(people, annotators.excluded, classes))
  const labels = publisher(truth)
  for (let j = 0; j < judgments.count; j++) {
    if (!judgments.isCheck[j]) judgments.truth[j] = labels[judgments.image[j] ?? 0] ?? 0
  }
  const { counts, kept } = aggregate(judgments, annotators.excluded, images, classes)
  return { judgments, annotators, counts, kept, truth }
}

/** What the people who are kept answer for what was seen, on average: (classes*classes). */
function meanConfusion(people: Person[], excluded: Uint8Array, classes: number): Float64Array {
  const kept = people.filter((_, index) => !excluded[index])
  const mean = new Float64Array(classes * classes)
  for (const { slip, confusion } of kept) {
    confusion.forEach((value, k) => {
      const identity = Math.floor(k / classes) === k % classes ? 1 - slip : 0
      mean[k] = (mean[k] ?? 0) + (identity + slip * value) / kept.length
    })
  }
  return mean
}

/** perception (images, classes) times confusion (classes, classes). */
function through(perception: Float64Array, classes: number, confusion: Float64Array): Float64Array {
  return perception.map((_, k) => {
    const image = Math.floor(k / classes)
    let sum = 0
    for (let seen = 0; seen < classes; seen++) {
      sum += (perception[image * classes + seen] ?? 0) * (confusion[seen * classes + (k % classes)] ?? 0)
    }
    return sum
  })
}
