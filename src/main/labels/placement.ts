/**
 * Which image set labels belong to. A format, a publisher or a sidecar may say so; else it is the only image set with
 * as many images, and for judgments by index, which may reach only some of the images, the only larger one that fits.
 * Nothing is guessed between two. Not here: which picture each row is about (src/formats/sets/matching.ts), adding to
 * the project (addToProject.ts).
 */
import { count } from '../../domain/text/numbers'
import { matchPictures, type Pictures } from '../../formats/sets/matching'
import type { LabelSetData } from '../../formats/sets/types'
import { badFile, StudioError } from '../../domain/errors'
import type { Order } from '../../domain/importChoices'
import { unjudged } from '../../domain/study/exclusion'

export interface Placed {
  /** With as many images as the image set has. */
  data: LabelSetData
  imageSet: string
}

/**
 * Finds the place of a label set; `renamed` tells what image sets of the same import are called here. Labels that name
 * an image set which is not there wait for it. Throws bad-file where the place cannot be told or does not fit.
 */
export function placeLabels(
  data: LabelSetData,
  places: readonly Pictures[],
  renamed: ReadonlyMap<string, string> = new Map(),
  order?: Order,
): Placed {
  const same = data.imageSetDigest ? places.find(({ digest }) => digest === data.imageSetDigest) : undefined
  const wanted = data.imageSet === null ? null : (renamed.get(data.imageSet) ?? data.imageSet)
  const named = same ?? places.find(({ name }) => name === wanted)
  if (named) {
    requireFit(data, named)
    return { data: matchPictures(data, named, order), imageSet: named.name }
  }
  if (wanted !== null) return { data, imageSet: wanted }
  const { place, labels } = onlyFitting(data, places, order)
  return { data: labels.images === data.images ? labels : withPadding(labels, place), imageSet: place.name }
}

const classesOf = ({ probabilities, images }: LabelSetData): number => probabilities.length / images

/** What a source says itself must be so. */
function requireFit(data: LabelSetData, place: Pictures): void {
  if (place.count !== data.images)
    throw badFile(data.path, undefined, `holds labels for ${data.images} images, but ${place.name} has ${place.count}`)
  if (place.classes !== classesOf(data))
    throw badFile(data.path, undefined, `has ${classesOf(data)} classes, but ${place.name} has ${place.classes}`)
  if (data.imageSetDigest && place.digest !== data.imageSetDigest) {
    const reason = `is about other images than those of ${place.name}: their digests differ`
    const hint = 'Import the images it was made of, or take its sidecar away to have it matched by its size.'
    throw new StudioError('bad-file', reason, { file: data.path, hint })
  }
}

/** What comes of trying an image set: the labels on its images, or why not. */
interface Trial {
  place: Pictures
  labels: LabelSetData | null
  refused: StudioError | null
}

function tryPlace(data: LabelSetData, place: Pictures, order: Order | undefined): Trial {
  try {
    return { place, labels: matchPictures(data, place, order), refused: null }
  } catch (error) {
    return { place, labels: null, refused: StudioError.from(error) }
  }
}

function onlyFitting(
  data: LabelSetData,
  places: readonly Pictures[],
  order: Order | undefined,
): { place: Pictures; labels: LabelSetData } {
  const { images, path, judgments } = data
  // Numbers may count from 1 where names decide.
  const least = (place: Pictures) => (namesFiles(data) && place.fileNames() ? images - 1 : images)
  const alike = places.filter((place) => place.classes === classesOf(data) && place.count >= least(place))
  const trials = alike.map((place) => tryPlace(data, place, order))
  // One whose order must be chosen fits as well.
  const fitting = trials.filter(({ refused }) => refused === null || refused.where.choice !== undefined)
  const exact = fitting.filter(({ place }) => place.count === images)
  const byName = fitting.filter(({ place }) => place.fileNames() !== null && namesFiles(data))
  const candidates = byName.length === 1 ? byName : exact.length > 0 || !judgments ? exact : fitting
  const [only] = candidates
  if (only && candidates.length === 1) {
    if (only.labels) return { place: only.place, labels: only.labels }
    if (only.refused) throw only.refused
  }
  const names = candidates.map(({ place }) => place.name).join(', ')
  if (only) {
    const reason =
      exact.length > 0
        ? `fits several image sets of ${images} images (${names})`
        : `has judgments of ${images} images at least and fits several image sets (${names})`
    const hint = 'The sidecar of an export says which; or import it where only one of them is.'
    throw new StudioError('bad-file', reason, { file: path, hint })
  }
  const why = trials.find(({ place, refused }) => refused !== null && (judgments !== null || place.count === images))
  if (why?.refused) throw new StudioError('bad-file', `It fits no image set. ${why.refused.message}`, why.refused.where)
  const size = judgments ? 'that size or larger' : 'that size'
  throw badFile(path, undefined, `holds labels for ${images} images, and no image set of ${size} is in the project`)
}

const namesFiles = ({ judgments }: LabelSetData): boolean => judgments?.files.some((file) => file !== '') ?? false

/** Says that the image set has more images than the judgments name. */
function withPadding(labels: LabelSetData, place: Pictures): LabelSetData {
  const unjudgedLine = / images have no judgment; /
  return {
    ...labels,
    report: [
      ...labels.report.filter((line) => !unjudgedLine.test(line)),
      `It names no image set and fits ${place.name} alone, which has ${count(place.count)} images.`,
      `${count(unjudged(labels.counts ?? new Uint32Array(0), place.classes))} images have no judgment; their distribution is uniform.`,
    ],
  }
}
