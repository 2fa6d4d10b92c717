/** What readers return and writers take. In memory, columnar, without any notion of a project or a database. */
import type { LabelSetFormat } from '../../domain/labels/sets'
import type { AnnotatorTable, JudgmentTable } from '../../domain/labels/judgments'
import type { Aggregation } from '../../domain/study'
import type { Verdict } from './rules'

export interface ImageSetData {
  kind: 'images'
  path: string
  /** "cifar10-binary", "cifar10-python", "npy-pair", "image-folder", "demo", ... */
  format: string
  /** "cifar10-test", "cifar10-train", "cifar10.1-v4", "cinic10-sample", a folder's name, ... */
  name: string
  classes: string[]
  count: number
  height: number
  width: number
  channels: number
  /** uint8 NHWC, count*height*width*channels. */
  pixels: Uint8Array
  /** Class index per image, NO_LABEL where there is none. */
  labels: Uint8Array
  /** Original file names where the source has them. */
  fileNames: string[] | null
  source: string
  licence: string | null
  citation: string | null
  report: string[]
}

export interface LabelSetData {
  kind: 'labels'
  path: string
  format: LabelSetFormat
  name: string
  /** Name of the image set it belongs to when the format says so ("cifar10-test"), else null: matched by count. */
  imageSet: string | null
  /** `digestImages` of that image set where the source says it: finds the images under another name. */
  imageSetDigest?: string | null
  classes: string[] | null
  images: number
  /** Kept judgments per image and class (images*classes), null where the source holds probabilities only. */
  counts: Uint32Array | null
  /** (images*classes), rows sum to 1. */
  probabilities: Float64Array
  judgments: JudgmentTable | null
  annotators: AnnotatorTable | null
  /** Share of checks below which annotators were excluded, and who was judged by hand, where a sidecar says so. */
  threshold?: number
  verdicts?: Verdict[]
  /** The study of the same project that it is published from, by id. */
  study?: number
  /** The label set of the same project that it is aggregated from, by id, and how. */
  derivedFrom?: { labelSet: number; method: Aggregation }
  source: string
  licence: string | null
  citation: string | null
  report: string[]
}

export type Imported = ImageSetData | LabelSetData
