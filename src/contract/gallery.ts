/** Images by what people and networks say of them. */
import { z } from 'zod'
import {
  CORRECTNESS,
  GALLERY_FIELDS,
  GALLERY_FILTERS,
  GUESSES,
  type NetworkColumns,
  OUTCOMES,
  type Outcome,
  PAIRS,
} from '../domain/labels/gallery'
import { answer, call, id, index, name } from './fields'

const galleryClass = index.nullable().optional()

const bound = z.number().nullable()

/** Conditions of the gallery beyond its ready filter; all have to hold (src/domain/labels/gallery.ts). */
export const galleryWhere = z.strictObject({
  peopleGuess: galleryClass,
  networkGuess: galleryClass,
  people: z.enum(CORRECTNESS).nullable().optional(),
  network: z.enum(CORRECTNESS).nullable().optional(),
  guesses: z.enum(GUESSES).nullable().optional(),
  outcome: z.enum(OUTCOMES).nullable().optional(),
  pair: z.enum(PAIRS).nullable().optional(),
  ranges: z.partialRecord(z.enum(GALLERY_FIELDS), z.tuple([bound, bound])).optional(),
})

export const galleryQuery = z.strictObject({
  labelSet: name,
  /** Runs whose held-out predictions are averaged per image; empty for people only. */
  runs: z.array(id),
  sort: z.enum(GALLERY_FIELDS),
  order: z.enum(['ascending', 'descending']),
  /** Quadrants of Figure 1 and "confidently wrong"; thresholds are the medians of the two entropies. */
  filter: z.enum(GALLERY_FILTERS),
  classIndex: index.nullable(),
  where: galleryWhere.optional(),
  /** Runs of the network it is compared with. */
  against: z.array(id).optional(),
  /** Which attack `outcome` and `attack-change` are of, by its name in `gallery.points`. */
  attack: name.nullable().optional(),
  /** An index, a range or a part of a file name, as in `labels.search`. */
  text: z.string().max(200).optional(),
  offset: index,
  limit: z.number().int().min(1).max(10_000),
})

export type GalleryQuery = z.infer<typeof galleryQuery>

export interface GalleryItem {
  index: number
  label: number
  /** Null where nobody judged the image. */
  people: number[] | null
  network: number[] | null
  humanEntropy: number | null
  networkEntropy: number | null
}

export interface GalleryPage {
  /** Items that match the filter. */
  total: number
  /** Images in the set. */
  images: number
  imageSet: string
  items: GalleryItem[]
}

/**
 * Columns over all images of a set as bytes, float32 or uint8 as in `GalleryColumns`: 35 bytes an image, 40 with an
 * attack.
 */
export interface GalleryPoints {
  images: number
  imageSet: string
  label: Uint8Array
  peopleGuess: Uint8Array
  humanEntropy: Uint8Array
  network: { [C in keyof NetworkColumns]: Uint8Array } | null
  /** Of the attack asked for. */
  attack: { outcome: Uint8Array; change: Uint8Array } | null
  /** Attacks on the runs whose predictions are kept, and on how many of the runs. */
  attacks: { name: string; runs: number }[]
}

/** An image as one run saw it that had held it out. */
export interface GalleryImageRun {
  run: number
  probabilities: number[]
  attacks: { name: string; outcome: Outcome; probabilities: number[] }[]
}

export interface GalleryImage {
  image: number
  label: number
  /** Null where nobody judged it. */
  people: number[] | null
  runs: GalleryImageRun[]
}

export const GALLERY_CALLS = {
  'gallery.query': call(galleryQuery, answer<GalleryPage>()),
  /** What is known of every image at once: to draw, filter and sort by (src/domain/labels/gallery.ts). */
  'gallery.points': call(
    z.strictObject({ labelSet: name, runs: z.array(id), attack: name.nullable() }),
    answer<GalleryPoints>(),
  ),
  /**
   * Distributions of the images asked for, in that order: float32 (images, classes), NaN where an image has no network.
   */
  'gallery.items': call(
    z.strictObject({ labelSet: name, runs: z.array(id), against: z.array(id), indices: z.array(index).max(2000) }),
    answer<{ people: Uint8Array; network: Uint8Array | null; other: Uint8Array | null }>(),
  ),
  /** One image, by every finished run that had held it out. */
  'gallery.image': call(z.strictObject({ labelSet: name, image: index }), answer<GalleryImage>()),
  /** All images that a search finds, uint32, in the order of the set. */
  'gallery.search': call(
    z.strictObject({ imageSet: name, text: z.string().min(1).max(200) }),
    answer<{ found: Uint8Array }>(),
  ),
} as const
