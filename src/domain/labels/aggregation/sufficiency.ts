/** Whether a method can learn from the overlap how annotators differ, in sentences with what would be enough. */
import type { Aggregation } from '../../study'
import type { Overlap } from './overlap'
import { count, plural } from '../../text/numbers'

/** Methods that weigh annotators. */
export type Weighing = Extract<Aggregation, 'dawid-skene' | 'mace' | 'wawa'>

interface Need {
  name: string
  /** Judgments on images that others judged too, per annotator, below which the estimate of an annotator is noise. */
  shared: (classes: number) => number
  why: (classes: number) => string
  /** What the result is when no image has judgments by two annotators, and none has two by one annotator. */
  without: string
}

/** Rules of thumb, from simulated studies (docs/decisions/011-aggregation.md). */
const NEEDS: Record<Weighing, Need> = {
  'dawid-skene': {
    name: 'Dawid-Skene',
    shared: (classes) => 15 * classes,
    why: (classes) => `15 for each of ${count(classes)} classes`,
    without: 'Each answer was taken as it is, so that the result is that of counts.',
  },
  mace: {
    name: 'MACE',
    shared: () => 20,
    why: () => 'for one competence per annotator',
    without: 'The class of an image is the one that was answered, and its probability follows from the priors alone.',
  },
  wawa: {
    name: 'Wawa',
    shared: () => 20,
    why: () => 'for one weight per annotator',
    without: 'All annotators agree with themselves and weigh the same, so that the result is that of counts.',
  },
}

const REPEATS = 'All that could be learned from is where one annotator answered the same image differently.'

/** Fewer than these cannot outvote one another: nothing says which of two is right. */
const LEAST_ANNOTATORS = 3

export function describeOverlap(overlap: Overlap): string {
  const { judged, byOne, byTwo, annotators, pairs, pairsSharing, meanPerPair, medianPerPair, components } = overlap
  const [largest] = components
  const images = `Overlap: ${count(byTwo)} of ${plural(judged, 'judged image')} have judgments by two or more annotators, ${count(byOne)} by one.`
  const common =
    pairs > 0
      ? [
          `A pair of the ${count(annotators)} annotators has ${decimal(meanPerPair)} images in common on average (median ${decimal(medianPerPair)}; ${count(pairs - pairsSharing)} of ${plural(pairs, 'pair')} have none).`,
        ]
      : []
  const groups = largest
    ? [
        `Annotators and images form ${plural(components.length, 'connected group')}${components.length > 1 ? `, the largest of ${plural(largest.annotators, 'annotator')} and ${plural(largest.images, 'image')}` : ''}.`,
      ]
    : []
  return [images, ...common, ...groups].join(' ')
}

/** Why the annotators cannot be told apart as the method assumes, and what would be enough; empty where they can. */
export function warnOfOverlap(method: Weighing, overlap: Overlap, classes: number): string[] {
  const { judged, byTwo } = overlap
  if (judged === 0) return []
  const need = NEEDS[method]
  const enough = whatIsEnough(overlap, need.shared(classes))
  if (byTwo === 0) {
    const result = judgmentsOf(overlap) > judged ? REPEATS : need.without
    return [
      `${need.name} cannot tell annotators apart: none of ${plural(judged, 'judged image')} has judgments by two or more annotators. ${result} ${enough}`,
    ]
  }
  const reasons = [...tooFewJudgments(overlap, need, classes), ...tooFewImages(overlap), ...tooSmallGroups(overlap)]
  if (reasons.length === 0) return []
  return [
    `${need.name} can hardly tell annotators apart, and its result may be worse than a majority vote: ${reasons.join('; ')}. ${enough}`,
  ]
}

function tooFewJudgments({ medianShared }: Overlap, need: Need, classes: number): string[] {
  if (medianShared >= need.shared(classes)) return []
  return [
    `half of the annotators have at most ${plural(medianShared, 'judgment')} on images that others judged too, and about ${count(need.shared(classes))} are needed (${need.why(classes)})`,
  ]
}

function tooFewImages({ judged, byTwo }: Overlap): string[] {
  if (2 * byTwo >= judged) return []
  return [`only ${count(byTwo)} of ${plural(judged, 'judged image')} have judgments by two or more annotators`]
}

function tooSmallGroups({ components }: Overlap): string[] {
  const small = components.filter(({ annotators }) => annotators < LEAST_ANNOTATORS)
  const sum = (groups: typeof components) => groups.reduce((total, { judgments }) => total + judgments, 0)
  if (10 * sum(small) < sum(components)) return []
  return [
    `${plural(sum(small), 'judgment')} of ${count(sum(components))} are in groups of one or two annotators who share no image with others, where nothing says who is right`,
  ]
}

function whatIsEnough(overlap: Overlap, shared: number): string {
  const { judged, annotators } = overlap
  const judgments = judgmentsOf(overlap)
  const perImage = Math.max(LEAST_ANNOTATORS, Math.ceil((shared * annotators) / judged))
  const advice =
    perImage <= annotators
      ? `Enough would be about ${count(perImage)} judgments by different annotators on every image (now ${decimal(judgments / judged)}), which gives each of the ${count(annotators)} annotators about ${count(shared)} that can be compared.`
      : `Enough would be ${count(LEAST_ANNOTATORS)} or more annotators with about ${count(shared)} judgments each on images that others judged too.`
  return `${advice} Until then use counts or majority.`
}

const judgmentsOf = ({ components }: Overlap): number => components.reduce((sum, { judgments }) => sum + judgments, 0)

const decimal = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(1))
