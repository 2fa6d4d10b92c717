/** What readers return and writers take. In memory, columnar, without any notion of a project or a database. */
import type { LabelSetFormat, Progress } from '../shared/domain'

export interface ReadOptions {
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
}

/** Label of an image whose publisher gave none. */
export const NO_LABEL = 255

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

/** One row a judgment, columnar; `count` rows. Excluded annotators' rows and attention checks are kept. */
export interface JudgmentTable {
  count: number
  /** Index into `AnnotatorTable`. */
  annotator: Int32Array
  trial: Int32Array
  /** Index into the image set; -1 on attention checks. */
  image: Int32Array
  /** The class the image's publisher gave it. */
  truth: Uint8Array
  chosen: Uint8Array
  isCheck: Uint8Array
  reactionTimeMs: Float64Array
  elapsedMs: Float64Array
  /** Index into `files`. */
  file: Int32Array
  files: string[]
}

export interface AnnotatorTable {
  /** The source's identifier. */
  code: string[]
  checks: Int32Array
  checksCorrect: Int32Array
  /** 1 where below the threshold on the checks. */
  excluded: Uint8Array
}

export interface LabelSetData {
  kind: 'labels'
  path: string
  format: LabelSetFormat
  name: string
  /** Name of the image set it belongs to when the format says so ("cifar10-test"), else null: matched by count. */
  imageSet: string | null
  classes: string[] | null
  images: number
  /** Kept judgments per image and class (images*classes), null where the source holds probabilities only. */
  counts: Uint32Array | null
  /** (images*classes), rows sum to 1. */
  probabilities: Float64Array
  judgments: JudgmentTable | null
  annotators: AnnotatorTable | null
  source: string
  licence: string | null
  citation: string | null
  report: string[]
}

export type Imported = ImageSetData | LabelSetData
