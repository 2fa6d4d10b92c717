/**
 * Which image set labels belong to. A format, a publisher or a sidecar may say so; else it is the only image set with as
 * many images, and for judgments by index, which may reach only some of the images, the only larger one that fits.
 * Nothing is guessed between two. Not here: adding to the project (importing.ts).
 */
import { count } from '../../data/formats/files'
import { countsToProbabilities } from '../../data/statistics'
import type { LabelSetData } from '../../data/types'
import { badFile, StudioError } from '../../shared/errors'
import { NO_LABEL } from '../../shared/judgments'
import { unjudged } from '../../study/exclusion'

/** An image set that labels may belong to: in the project already, or coming with the same import. */
export interface Place {
  name: string
  count: number
  classes: number
  digest: string
  /** Class index per image, NO_LABEL where the publisher gave none. */
  labels(): Uint8Array
}

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
  places: readonly Place[],
  renamed: ReadonlyMap<string, string> = new Map(),
): Placed {
  const same = data.imageSetDigest ? places.find(({ digest }) => digest === data.imageSetDigest) : undefined
  const wanted = data.imageSet === null ? null : (renamed.get(data.imageSet) ?? data.imageSet)
  const named = same ?? places.find(({ name }) => name === wanted)
  if (named) {
    requireFit(data, named)
    return { data, imageSet: named.name }
  }
  if (wanted !== null) return { data, imageSet: wanted }
  const place = onlyFitting(data, places)
  return { data: pad(data, place), imageSet: place.name }
}

const classesOf = ({ probabilities, images }: LabelSetData): number => probabilities.length / images

/** What a source says itself must be so. */
function requireFit(data: LabelSetData, place: Place): void {
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

function onlyFitting(data: LabelSetData, places: readonly Place[]): Place {
  const { images, path, judgments } = data
  const alike = places.filter((place) => place.classes === classesOf(data) && place.count >= images)
  const contradictions = new Map(alike.map((place) => [place, contradiction(data, place)]))
  const fitting = alike.filter((place) => contradictions.get(place) === null)
  const exact = fitting.filter((place) => place.count === images)
  const candidates = exact.length > 0 || !judgments ? exact : fitting
  const [only] = candidates
  if (only && candidates.length === 1) return only
  const names = candidates.map(({ name }) => name).join(', ')
  if (only) {
    const reason = exact.length > 0 ? `fits several image sets of ${images} images (${names})` : `has judgments of ${images} images at least and fits several image sets (${names})` // prettier-ignore
    const hint = 'The sidecar of an export says which; or import it where only one of them is.'
    throw new StudioError('bad-file', reason, { file: path, hint })
  }
  const [why] = [...contradictions.values()].filter((reason) => reason !== null)
  if (why) throw badFile(path, why.place, `fits no image set: ${why.reason}`)
  const size = judgments ? 'that size or larger' : 'that size'
  throw badFile(path, undefined, `holds labels for ${images} images, and no image set of ${size} is in the project`)
}

/** The first judgment that says another published label than the image set; null where there is none. */
function contradiction({ judgments }: LabelSetData, place: Place): { place: string; reason: string } | null {
  if (!judgments) return null
  const labels = place.labels()
  for (let j = 0; j < judgments.count; j++) {
    const truth = judgments.truth[j] ?? NO_LABEL
    const image = judgments.image[j] ?? -1
    const label = labels[image] ?? NO_LABEL
    if (judgments.isCheck[j] || truth === NO_LABEL || label === NO_LABEL || truth === label) continue
    const reason = `it says that image ${image} was published as class ${truth}, in ${place.name} it is class ${label}`
    return { place: `row ${j + 1}`, reason }
  }
  return null
}

/** The label set over all images of the place; those beyond its judgments have none. */
function pad(data: LabelSetData, place: Place): LabelSetData {
  const missing = place.count - data.images
  if (missing === 0 || !data.counts) return data
  const classes = place.classes
  const counts = new Uint32Array(place.count * classes)
  counts.set(data.counts)
  const unjudgedLine = / images have no judgment; /
  return {
    ...data,
    images: place.count,
    counts,
    probabilities: countsToProbabilities(counts, classes),
    report: [
      ...data.report.filter((line) => !unjudgedLine.test(line)),
      `It names no image set and fits ${place.name} alone, which has ${count(place.count)} images.`,
      `${count(unjudged(counts, classes))} images have no judgment; their distribution is uniform.`,
    ],
  }
}
