/**
 * People beside networks, image by image: the distributions, their entropies, how far apart they are, and the filters
 * of Figure 1. A network here is the mean of the held-out predictions of the runs chosen: every image is judged by
 * networks that never saw it, and images no chosen run held out have no network.
 */
import { entropyNats, rowOf } from '../../data/statistics'
import type { GalleryItem, GalleryPage, GalleryQuery } from '../../shared/contract'
import { StudioError } from '../../shared/errors'
import type { ProjectStore } from '../store'
import { readPredictions } from '../store/runFiles'
import { imageSetNamed, labelSetNamed } from './data'

/** Probabilities are clipped below at this before a logarithm is taken, as in every measure. */
const CLIP = 1e-12

interface Judged extends GalleryItem {
  /** Jensen-Shannon divergence between people and network, nats; null without a network. */
  divergence: number | null
  /** Of the network against people, nats. */
  crossEntropy: number | null
}

function argmax(row: ArrayLike<number>): number {
  let best = 0
  for (let c = 1; c < row.length; c++) if ((row[c] ?? 0) > (row[best] ?? 0)) best = c
  return best
}

function jensenShannon(p: number[], q: number[]): number {
  const middle = p.map((value, c) => (value + (q[c] ?? 0)) / 2)
  return Math.max(0, entropyNats(middle) - (entropyNats(p) + entropyNats(q)) / 2)
}

function crossEntropy(people: number[], network: number[]): number {
  return people.reduce((sum, p, c) => (p > 0 ? sum - p * Math.log(Math.max(CLIP, network[c] ?? 0)) : sum), 0)
}

function median(values: number[]): number {
  const sorted = Float64Array.from(values).sort()
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

/** Mean held-out prediction per image (count, classes) and by how many runs each image was held out. */
function averaged(store: ProjectStore, query: GalleryQuery, imageSet: string, count: number, classes: number) {
  const sums = new Float64Array(count * classes)
  const runs = new Uint16Array(count)
  for (const id of query.runs) {
    const run = store.runs.find(id)
    if (!run) throw new StudioError('not-found', `There is no run ${id} in this project.`)
    if (run.config.imageSet !== imageSet)
      throw new StudioError('bad-input', `Run ${id} was evaluated on ${run.config.imageSet}, not on ${imageSet}.`)
    const kept = run.state === 'done' ? readPredictions(store.runFolder(id)) : null
    if (!kept) throw new StudioError('conflict', `Run ${id} has no predictions: it is ${run.state}.`)
    kept.heldOut.forEach((image, row) => {
      runs[image] = (runs[image] ?? 0) + 1
      for (let c = 0; c < classes; c++)
        sums[image * classes + c] = (sums[image * classes + c] ?? 0) + (kept.predictions[row * classes + c] ?? 0)
    })
  }
  return { sums, runs }
}

function judge(store: ProjectStore, query: GalleryQuery): { items: Judged[]; imageSet: string } {
  const labels = labelSetNamed(store, query.labelSet)
  const images = imageSetNamed(store, labels.imageSet)
  const { probabilities, classes } = store.labelSets.arrays(labels.id)
  const truth = store.imageSets.labels(images.id)
  const { sums, runs } = averaged(store, query, images.name, images.count, classes)
  const items = Array.from({ length: images.count }, (_, index): Judged => {
    const people = Array.from(rowOf(probabilities, index, classes))
    const times = runs[index] ?? 0
    const network = times > 0 ? Array.from(rowOf(sums, index, classes), (sum) => sum / times) : null
    return {
      index,
      label: truth[index] ?? 255,
      people,
      network,
      humanEntropy: entropyNats(people),
      networkEntropy: network && entropyNats(network),
      divergence: network && jensenShannon(people, network),
      crossEntropy: network && crossEntropy(people, network),
    }
  })
  return { items, imageSet: images.name }
}

/** The filter as a question to one item. Confident: at most the median entropy; the medians are over all images. */
function filterOf(name: GalleryQuery['filter'], items: Judged[]): (item: Judged) => boolean {
  const human = median(items.map((item) => item.humanEntropy))
  const network = median(items.flatMap((item) => item.networkEntropy ?? []))
  const peopleSure = (item: Judged) => item.humanEntropy <= human
  const networkSure = (item: Judged) => item.networkEntropy !== null && item.networkEntropy <= network
  const networkUnsure = (item: Judged) => item.networkEntropy !== null && item.networkEntropy > network
  switch (name) {
    case 'all':
      return () => true
    case 'both-confident':
      return (item) => peopleSure(item) && networkSure(item)
    case 'people-confident':
      return (item) => peopleSure(item) && networkUnsure(item)
    case 'network-confident':
      return (item) => !peopleSure(item) && networkSure(item)
    case 'both-uncertain':
      return (item) => !peopleSure(item) && networkUnsure(item)
    case 'agree':
      return (item) => item.network !== null && argmax(item.network) === argmax(item.people)
    case 'confidently-wrong':
      return (item) => item.network !== null && networkSure(item) && argmax(item.network) !== item.label
  }
}

function sortKey(sort: GalleryQuery['sort']): (item: Judged) => number | null {
  switch (sort) {
    case 'index':
      return (item) => item.index
    case 'human-entropy':
      return (item) => item.humanEntropy
    case 'network-entropy':
      return (item) => item.networkEntropy
    case 'divergence':
      return (item) => item.divergence
    case 'cross-entropy':
      return (item) => item.crossEntropy
  }
}

export function queryGallery(store: ProjectStore, query: GalleryQuery): GalleryPage {
  const { items, imageSet } = judge(store, query)
  const passes = filterOf(query.filter, items)
  const key = sortKey(query.sort)
  const direction = query.order === 'ascending' ? 1 : -1
  const matching = items
    .filter((item) => passes(item) && (query.classIndex === null || item.label === query.classIndex))
    .map((item) => ({ item, value: key(item) }))
    // Images without a network come last in either order; equals stay in the order of the set.
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null)
      return direction * (a.value - b.value) || a.item.index - b.item.index
    })
  const page = matching.slice(query.offset, query.offset + query.limit)
  return {
    total: matching.length,
    images: items.length,
    imageSet,
    items: page.map(({ item: { divergence: _d, crossEntropy: _c, ...item } }) => item),
  }
}
