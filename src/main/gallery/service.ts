/**
 * People beside networks, image by image. A network here is the mean of the held-out predictions of the runs chosen:
 * every image is judged by networks that never saw it, and images no chosen run held out have no network. What was
 * judged is kept (judge.ts), and every question is answered from it.
 */
import { entropyNats, rowAt } from '../../domain/labels/distribution'
import type { GalleryItem, GalleryPage, GalleryPoints, GalleryQuery, Input, Output } from '../../contract'
import {
  ALL_IMAGES,
  keptImages,
  NO_CLASS,
  sortedImages,
  type GalleryColumns,
  type GalleryWhere,
} from '../../domain/labels/gallery'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { imageSetNamed } from '../labels/labelSets'
import { foundImages } from '../labels/imageSearch'
import { judgeNetwork, judgePeople, type NetworkJudged, type PeopleJudged } from './judge'
import { chosenRuns } from './predictions'
import { attackColumns, attackNames } from './underAttack'

export { galleryImage } from './image'

const bytes = (column: Float32Array | Uint32Array | Uint8Array): Uint8Array =>
  new Uint8Array(column.buffer, column.byteOffset, column.byteLength)

const rowOf = (table: Float64Array | Float32Array, image: number, classes: number) =>
  Array.from(rowAt(table, image, classes))

function itemOf(judged: PeopleJudged, judgedNetwork: NetworkJudged | null, index: number): GalleryItem {
  const known = rowOf(judged.probabilities, index, judged.classes)
  const people = known.some(Number.isNaN) ? null : known
  const has = judgedNetwork && (judgedNetwork.mean.runs[index] ?? 0) > 0
  const network = has ? rowOf(judgedNetwork.mean.values, index, judged.classes) : null
  return {
    index,
    label: judged.label[index] ?? NO_CLASS,
    people,
    network,
    humanEntropy: people && entropyNats(people),
    networkEntropy: network && entropyNats(network),
  }
}

/** Throws StudioError('bad-input') where none of the runs was attacked so. */
function attackOn(
  store: ProjectStore,
  people: PeopleJudged,
  runs: readonly number[],
  attack: string | null | undefined,
) {
  if (!attack || runs.length === 0) return null
  const chosen = chosenRuns(store, runs, people.images.name)
  if (!attackNames(store, chosen).some(({ name }) => name === attack))
    throw new StudioError('bad-input', `None of these runs keeps what it said under ${attack}.`)
  return attackColumns(store, people, chosen, attack)
}

export async function queryGallery(store: ProjectStore, query: GalleryQuery): Promise<GalleryPage> {
  const people = await judgePeople(store, query.labelSet)
  const network = await judgeNetwork(store, people, query.runs)
  const other = await judgeNetwork(store, people, query.against ?? [])
  const columns: GalleryColumns = {
    images: people.images.count,
    label: people.label,
    peopleGuess: people.guess,
    humanEntropy: people.humanEntropy,
    network: network?.columns ?? null,
    other: other?.columns ?? null,
    attack: await attackOn(store, people, query.runs, query.attack),
  }
  const text = query.text?.trim()
  const kept = keptImages(columns, {
    ...ALL_IMAGES,
    label: query.classIndex,
    ...(query.where as Partial<GalleryWhere> | undefined),
    filter: query.filter,
    among: text ? new Set(foundImages(store, people.images, text)) : null,
  })
  const page = sortedImages(columns, kept, query.sort, query.order).subarray(query.offset, query.offset + query.limit)
  return {
    total: kept.length,
    images: people.images.count,
    imageSet: people.images.name,
    items: Array.from(page, (index) => itemOf(people, network, index)),
  }
}

export async function galleryPoints(store: ProjectStore, query: Input<'gallery.points'>): Promise<GalleryPoints> {
  const people = await judgePeople(store, query.labelSet)
  const network = await judgeNetwork(store, people, query.runs)
  const attack = await attackOn(store, people, query.runs, query.attack)
  const columns = network?.columns
  return {
    images: people.images.count,
    imageSet: people.images.name,
    label: bytes(people.label),
    peopleGuess: bytes(people.guess),
    humanEntropy: bytes(people.humanEntropy),
    network: columns
      ? {
          guess: bytes(columns.guess),
          entropy: bytes(columns.entropy),
          divergence: bytes(columns.divergence),
          kl: bytes(columns.kl),
          crossEntropy: bytes(columns.crossEntropy),
          confidence: bytes(columns.confidence),
          margin: bytes(columns.margin),
          accuracy: bytes(columns.accuracy),
        }
      : null,
    attack: attack && { outcome: bytes(attack.outcome), change: bytes(attack.change) },
    attacks: attackNames(store, chosenRuns(store, query.runs, people.images.name)),
  }
}

/** (images asked for, classes) of a table of all images; NaN where nobody judged the image, or no run held it out. */
function rowsOf(table: Float64Array | Float32Array, indices: readonly number[], classes: number): Uint8Array {
  const rows = new Float32Array(indices.length * classes)
  indices.forEach((image, row) => rows.set(table.subarray(image * classes, (image + 1) * classes), row * classes))
  return bytes(rows)
}

export async function galleryItems(
  store: ProjectStore,
  query: Input<'gallery.items'>,
): Promise<Output<'gallery.items'>> {
  const people = await judgePeople(store, query.labelSet)
  const { images, classes, probabilities } = people
  const outside = query.indices.find((index) => index >= images.count)
  if (outside !== undefined)
    throw new StudioError('bad-input', `Image ${outside} is outside ${images.name}, which has ${images.count}.`)
  const of = async (runs: readonly number[]) => {
    const network = await judgeNetwork(store, people, runs)
    return network && rowsOf(network.mean.values, query.indices, classes)
  }
  return {
    people: rowsOf(probabilities, query.indices, classes),
    network: await of(query.runs),
    other: await of(query.against),
  }
}

export function gallerySearch(
  store: ProjectStore,
  { imageSet, text }: Input<'gallery.search'>,
): Output<'gallery.search'> {
  return { found: bytes(Uint32Array.from(foundImages(store, imageSetNamed(store, imageSet), text))) }
}
