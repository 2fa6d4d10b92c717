/**
 * The gallery's images as columns: what is known of each, which of them a filter keeps, in which order. Services and
 * window select by this same code. A network is the mean of the held-out predictions of the runs chosen; an image that
 * none of them held out has none, which is NaN in a column of numbers and NO_CLASS in one of classes. So has an image
 * that nobody judged no number of people and no guess of theirs. Nats.
 */
import { median } from '../averages'

/** Everything there is a number of for every image: to sort by, to take a range of, to draw against each other. */
export const GALLERY_FIELDS = [
  'index',
  'human-entropy',
  'network-entropy',
  'divergence',
  'kl',
  'cross-entropy',
  'confidence',
  'margin',
  'accuracy',
  'attack-change',
  'other-entropy',
  'other-cross-entropy',
  'difference',
] as const
export type GalleryField = (typeof GALLERY_FIELDS)[number]

/**
 * Ready filters. The quadrants of Figure 1 are cut at the medians of the two entropies over all images: confident is
 * at most the median. `confidently-wrong` is a confident network whose top guess is not the label.
 */
export const GALLERY_FILTERS = [
  'all',
  'agree',
  'both-confident',
  'people-confident',
  'network-confident',
  'both-uncertain',
  'confidently-wrong',
] as const
export type GalleryFilter = (typeof GALLERY_FILTERS)[number]
export const QUADRANTS = ['both-confident', 'people-confident', 'network-confident', 'both-uncertain'] as const

export const CORRECTNESS = ['right', 'wrong'] as const
export const GUESSES = ['agree', 'differ'] as const
/** Of an attack: the network was right and was turned, was right and stayed, had been wrong before. */
export const OUTCOMES = ['fooled', 'held', 'wrong'] as const
/** Of the network and the other one it is compared with. */
export const PAIRS = ['both-right', 'first-right', 'second-right', 'both-wrong'] as const
export type Outcome = (typeof OUTCOMES)[number]
export type Pair = (typeof PAIRS)[number]

export const NO_CLASS = 255

/** One value per image of the set; `guess` is the most probable class, the first among equals. */
export interface NetworkColumns {
  guess: Uint8Array
  entropy: Float32Array
  /** Jensen-Shannon divergence to people. */
  divergence: Float32Array
  /** Of people from the network. */
  kl: Float32Array
  /** To people. */
  crossEntropy: Float32Array
  /** Probability of the top guess. */
  confidence: Float32Array
  /** That probability less the second largest. */
  margin: Float32Array
  /** Share of the runs that held the image out whose own top guess is the label. */
  accuracy: Float32Array
}

export interface AttackColumns {
  /** 0 where no chosen run was attacked on the image, else 1 + its place in OUTCOMES. */
  outcome: Uint8Array
  /** Probability of the label under attack less without it, mean over the runs attacked. */
  change: Float32Array
}

export interface GalleryColumns {
  images: number
  /** As published; NO_CLASS where there is none. */
  label: Uint8Array
  /** People's most frequent choice, the first among equals; NO_CLASS where nobody judged the image. */
  peopleGuess: Uint8Array
  /** NaN where nobody judged the image. */
  humanEntropy: Float32Array
  network: NetworkColumns | null
  other: NetworkColumns | null
  attack: AttackColumns | null
}

export interface GalleryWhere {
  filter: GalleryFilter
  label: number | null
  peopleGuess: number | null
  networkGuess: number | null
  people: (typeof CORRECTNESS)[number] | null
  network: (typeof CORRECTNESS)[number] | null
  guesses: (typeof GUESSES)[number] | null
  outcome: Outcome | null
  pair: Pair | null
  /** Both ends included, either may be open. An image without the number is in no range of it. */
  ranges: Partial<Record<GalleryField, readonly [number | null, number | null]>>
  /** What a search found; null for all. */
  among: ReadonlySet<number> | null
}

export const ALL_IMAGES: GalleryWhere = {
  filter: 'all',
  label: null,
  peopleGuess: null,
  networkGuess: null,
  people: null,
  network: null,
  guesses: null,
  outcome: null,
  pair: null,
  ranges: {},
  among: null,
}

type Numbers = (image: number) => number

const MISSING: Numbers = () => NaN

/** The number an image has in a field, NaN where it has none. */
export function fieldOf(columns: GalleryColumns, field: GalleryField): Numbers {
  const { network, other, attack } = columns
  const of = (column: Float32Array | undefined): Numbers => (column ? (image) => column[image] as number : MISSING)
  switch (field) {
    case 'index':
      return (image) => image
    case 'human-entropy':
      return of(columns.humanEntropy)
    case 'network-entropy':
      return of(network?.entropy)
    case 'divergence':
      return of(network?.divergence)
    case 'kl':
      return of(network?.kl)
    case 'cross-entropy':
      return of(network?.crossEntropy)
    case 'confidence':
      return of(network?.confidence)
    case 'margin':
      return of(network?.margin)
    case 'accuracy':
      return of(network?.accuracy)
    case 'attack-change':
      return of(attack?.change)
    case 'other-entropy':
      return of(other?.entropy)
    case 'other-cross-entropy':
      return of(other?.crossEntropy)
    case 'difference': {
      const [first, second] = [of(network?.crossEntropy), of(other?.crossEntropy)]
      return (image) => first(image) - second(image)
    }
  }
}

const known = new WeakMap<Float32Array, number>()
function medianOf(column: Float32Array): number {
  const found = known.get(column) ?? median(column.filter((value) => !Number.isNaN(value)))
  known.set(column, found)
  return found
}

/** How many images nobody judged: they are in no quadrant, no median and last in orders by people's numbers. */
export const countUnjudged = ({ humanEntropy }: GalleryColumns): number =>
  humanEntropy.reduce((count, value) => count + Number(Number.isNaN(value)), 0)

/** Of the two entropies, over all images that have them; the network's is NaN without one. */
export const mediansOf = ({ humanEntropy, network }: GalleryColumns) => ({
  human: medianOf(humanEntropy),
  network: network ? medianOf(network.entropy) : NaN,
})

type Test = (image: number) => boolean

function readyFilter(columns: GalleryColumns, filter: GalleryFilter): Test | null {
  if (filter === 'all') return null
  const { network, humanEntropy, label, peopleGuess } = columns
  if (!network) return () => false
  const medians = mediansOf(columns)
  const { entropy, guess } = network
  // NaN is on neither side of a comparison: what nobody judged or no run held out is in no quadrant.
  const peopleSure: Test = (image) => (humanEntropy[image] as number) <= medians.human
  const peopleUnsure: Test = (image) => (humanEntropy[image] as number) > medians.human
  const sure: Test = (image) => (entropy[image] as number) <= medians.network
  const unsure: Test = (image) => (entropy[image] as number) > medians.network
  switch (filter) {
    case 'both-confident':
      return (image) => peopleSure(image) && sure(image)
    case 'people-confident':
      return (image) => peopleSure(image) && unsure(image)
    case 'network-confident':
      return (image) => peopleUnsure(image) && sure(image)
    case 'both-uncertain':
      return (image) => peopleUnsure(image) && unsure(image)
    case 'agree':
      return (image) => guess[image] !== NO_CLASS && guess[image] === peopleGuess[image]
    case 'confidently-wrong':
      return (image) => sure(image) && label[image] !== NO_CLASS && guess[image] !== label[image]
  }
}

/** Whether a top guess is the label; an image without a guess or without a label is neither right nor wrong. */
function correctness(label: Uint8Array, guess: Uint8Array | undefined, wanted: 'right' | 'wrong'): Test {
  if (!guess) return () => false
  return (image) =>
    label[image] !== NO_CLASS && guess[image] !== NO_CLASS && (guess[image] === label[image]) === (wanted === 'right')
}

function testsOf(columns: GalleryColumns, where: GalleryWhere): Test[] {
  const { label, peopleGuess, network, other, attack } = columns
  const tests: (Test | null)[] = [readyFilter(columns, where.filter)]
  const isClass = (column: Uint8Array | undefined, wanted: number | null) =>
    wanted === null ? null : (image: number) => column?.[image] === wanted
  tests.push(
    isClass(label, where.label),
    isClass(peopleGuess, where.peopleGuess),
    isClass(network?.guess, where.networkGuess),
  )
  if (where.people) tests.push(correctness(label, peopleGuess, where.people))
  if (where.network) tests.push(correctness(label, network?.guess, where.network))
  if (where.guesses) {
    const agree = where.guesses === 'agree'
    tests.push((image) => {
      const guess = network?.guess[image] ?? NO_CLASS
      const theirs = peopleGuess[image] as number
      return guess !== NO_CLASS && theirs !== NO_CLASS && (guess === theirs) === agree
    })
  }
  if (where.outcome) {
    const code = 1 + OUTCOMES.indexOf(where.outcome)
    tests.push((image) => attack?.outcome[image] === code)
  }
  if (where.pair) {
    const first = where.pair === 'both-right' || where.pair === 'first-right'
    const second = where.pair === 'both-right' || where.pair === 'second-right'
    tests.push(
      correctness(label, network?.guess, first ? 'right' : 'wrong'),
      correctness(label, other?.guess, second ? 'right' : 'wrong'),
    )
  }
  for (const [field, range] of Object.entries(where.ranges)) {
    const value = fieldOf(columns, field as GalleryField)
    const [least, most] = [range[0] ?? -Infinity, range[1] ?? Infinity]
    tests.push((image) => value(image) >= least && value(image) <= most)
  }
  const { among } = where
  if (among) tests.push((image) => among.has(image))
  return tests.filter((test) => test !== null)
}

/** The images that all conditions keep, in the order of the set. */
export function keptImages(columns: GalleryColumns, where: GalleryWhere): Uint32Array {
  const tests = testsOf(columns, where)
  const kept = new Uint32Array(columns.images)
  let count = 0
  for (let image = 0; image < columns.images; image++) if (tests.every((test) => test(image))) kept[count++] = image
  return kept.subarray(0, count)
}

/** Images without the number come last either way; equals stay in the order of the set. */
export function sortedImages(
  columns: GalleryColumns,
  images: Uint32Array,
  sort: GalleryField,
  order: 'ascending' | 'descending',
): Uint32Array {
  const value = fieldOf(columns, sort)
  const sign = order === 'ascending' ? 1 : -1
  const values = new Float64Array(columns.images)
  for (const image of images) values[image] = value(image)
  return images.slice().sort((a, b) => {
    const [left, right] = [values[a] as number, values[b] as number]
    if (Number.isNaN(left) || Number.isNaN(right))
      return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b
    return sign * (left - right) || a - b
  })
}
