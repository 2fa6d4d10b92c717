/**
 * How far the answers of different annotators can be compared: methods that weigh annotators learn about them only
 * where two or more judged the same image.
 */
import type { Ballots } from './ballots'
import { median } from '../../averages'

export interface Overlap {
  /** Images with a judgment, and of these the ones with judgments by one annotator and by two or more. */
  judged: number
  byOne: number
  byTwo: number
  /** Annotators with a judgment. */
  annotators: number
  /** Per annotator: judgments on images that another annotator judged too. */
  shared: Uint32Array
  /** Median of `shared` over annotators with a judgment. */
  medianShared: number
  /** Pairs of annotators with a judgment, and of these the ones with an image in common. */
  pairs: number
  pairsSharing: number
  /** Images that a pair has in common, over all pairs. */
  meanPerPair: number
  medianPerPair: number
  /** Connected components of the graph that joins each annotator with the images they judged, most images first. */
  components: Component[]
}

export interface Component {
  annotators: number
  images: number
  judgments: number
}

/** Takes time in proportion to the sum over images of the square of the judgments on them. */
export function measureOverlap(ballots: Ballots): Overlap {
  const { given } = ballots
  const annotators = given.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0)
  const { judged, byOne, byTwo, shared } = compareImages(ballots)
  const pairs = annotators < 2 ? 0 : (annotators * (annotators - 1)) / 2
  const inCommon = imagesInCommon(ballots)
  const total = [...inCommon].reduce((sum, [images, sharing]) => sum + images * sharing, 0)
  const pairsSharing = [...inCommon.values()].reduce((sum, sharing) => sum + sharing, 0)
  return {
    judged,
    byOne,
    byTwo,
    annotators,
    shared,
    medianShared: median(shared.filter((_, a) => (given[a] ?? 0) > 0)) || 0,
    pairs,
    pairsSharing,
    meanPerPair: pairs > 0 ? total / pairs : 0,
    medianPerPair: medianOfPairs(inCommon, pairs, pairsSharing),
    components: connectedComponents(ballots),
  }
}

function compareImages({ images, first, annotator, annotators }: Ballots) {
  const shared = new Uint32Array(annotators)
  let byOne = 0
  let byTwo = 0
  for (let i = 0; i < images; i++) {
    const [from, to] = [first[i] ?? 0, first[i + 1] ?? 0]
    if (from === to) continue
    const several = annotator.subarray(from, to).some((a) => a !== annotator[from])
    if (several) byTwo++
    else byOne++
    if (several) for (const a of annotator.subarray(from, to)) shared[a] = (shared[a] ?? 0) + 1
  }
  return { judged: byOne + byTwo, byOne, byTwo, shared }
}

/** How many pairs of annotators have so many images in common; pairs without any are not counted. */
function imagesInCommon({ count, annotator, image, first, annotators, given }: Ballots): Map<number, number> {
  // Votes annotator by annotator, each with its images in rising order.
  const start = new Uint32Array(annotators + 1)
  given.forEach((n, a) => (start[a + 1] = (start[a] ?? 0) + n))
  const next = start.slice()
  const own = new Int32Array(count)
  for (let v = 0; v < count; v++) {
    const a = annotator[v] ?? 0
    own[next[a] ?? 0] = image[v] ?? 0
    next[a] = (next[a] ?? 0) + 1
  }
  const pairs = new Map<number, number>()
  const common = new Uint32Array(annotators)
  /** The last visit to an image on which an annotator was met there. */
  const met = new Int32Array(annotators).fill(-1)
  let visit = 0
  for (let a = 0; a < annotators; a++) {
    const others: number[] = []
    let before = -1
    for (const i of own.subarray(start[a] ?? 0, start[a + 1] ?? 0)) {
      if (i === before) continue
      before = i
      visit++
      for (const b of annotator.subarray(first[i] ?? 0, first[i + 1] ?? 0)) {
        // Once a pair, and once an image however often they judged it.
        if (b <= a || met[b] === visit) continue
        met[b] = visit
        if (common[b] === 0) others.push(b)
        common[b] = (common[b] ?? 0) + 1
      }
    }
    for (const b of others) {
      const images = common[b] ?? 0
      pairs.set(images, (pairs.get(images) ?? 0) + 1)
      common[b] = 0
    }
  }
  return pairs
}

function connectedComponents({ count, annotator, image, first, annotators, images, given }: Ballots): Component[] {
  // Annotators first, then images; each node points to another of its component, the root to itself.
  const parent = Int32Array.from({ length: annotators + images }, (_, node) => node)
  const rootOf = (node: number): number => {
    let at = node
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at
      at = parent[at] ?? at
    }
    return at
  }
  for (let v = 0; v < count; v++) parent[rootOf(annotator[v] ?? 0)] = rootOf(annotators + (image[v] ?? 0))
  const found = new Map<number, Component>()
  const at = (node: number): Component => {
    const root = rootOf(node)
    const component = found.get(root) ?? { annotators: 0, images: 0, judgments: 0 }
    found.set(root, component)
    return component
  }
  given.forEach((n, a) => {
    if (n > 0) at(a).annotators++
  })
  for (let i = 0; i < images; i++) {
    const judgments = (first[i + 1] ?? 0) - (first[i] ?? 0)
    if (judgments === 0) continue
    const component = at(annotators + i)
    component.images++
    component.judgments += judgments
  }
  return [...found.values()].sort((one, other) => other.images - one.images || other.annotators - one.annotators)
}

function medianOfPairs(inCommon: Map<number, number>, pairs: number, pairsSharing: number): number {
  if (pairs === 0) return 0
  const rising = [[0, pairs - pairsSharing] as const, ...[...inCommon].sort(([a], [b]) => a - b)]
  const valueAt = (rank: number): number => {
    let before = 0
    for (const [images, sharing] of rising) {
      before += sharing
      if (rank < before) return images
    }
    return 0
  }
  return (valueAt(Math.floor((pairs - 1) / 2)) + valueAt(Math.floor(pairs / 2))) / 2
}
