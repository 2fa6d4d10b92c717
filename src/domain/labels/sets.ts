/**
 * Image sets, label sets and what a label set holds. Class distributions are arrays in class order that sum to 1; times
 * are ISO 8601 strings; entropies are in nats.
 */

export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const

/** Images of one size, packed uint8 NHWC in `datasets/<id>.u8`, each with the label its publisher gave it. */
export interface ImageSetInfo {
  id: number
  name: string
  count: number
  height: number
  width: number
  channels: number
  classes: string[]
  /** SHA-256 of the packed pixels followed by the labels, hex. */
  digest: string
  source: string
  licence: string | null
  citation: string | null
  createdAt: string
}

export type LabelSetFormat =
  'cifar10h-raw' | 'cifar10h-counts' | 'cifar10h-probs' | 'cifar10n' | 'demo' | 'study' | 'aggregate'

/** Label distributions over one image set. */
export interface LabelSetInfo {
  id: number
  name: string
  imageSet: string
  format: LabelSetFormat
  images: number
  /** Kept judgments; null where the source holds probabilities only. */
  judgments: number | null
  annotators: number | null
  excluded: number | null
  digest: string
  source: string
  licence: string | null
  citation: string | null
  /** What the import did: rows read, checks dropped, annotators excluded, differences from published totals. */
  report: string[]
  createdAt: string
}

/** `stats --json`; null where the source has no such thing. */
export interface LabelStats {
  images: number
  judgments: number | null
  annotators: number | null
  excluded: number | null
  judgmentsPerImage: { min: number; max: number; mean: number } | null
  meanEntropyNats: number
  /** Images with two or more judgments on which all agree. */
  unanimousImages: number
  /** Images whose publisher label has strictly fewer judgments than another class. */
  labelBelowMaximum: number
  /** Row c: mean of the per-image probabilities over images labelled c. */
  categorySoftLabels: number[][]
}

/** One thing an import added. */
export interface ImportedItem {
  path: string
  format: string
  kind: 'images' | 'labels'
  name: string
  count: number
  report: string[]
}

/** The built-in demo set wherever a person starts with it: enough for soft labels to tell, drawn in seconds. */
export const DEMO_SET = { seed: 0, images: 10_000 } as const

/** Data by what it is called and what it is: SHA-256 of its contents. */
export interface DataName {
  name: string
  digest: string
}
