/** What an export is made of, wherever it comes from: a label set of a project or a study as it stands. */
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import type { AnnotatorTable, JudgmentTable } from '../../domain/labels/judgments'
import type { Verdict } from '../sets/rules'

export interface ExportData {
  /** Of the label set or study. */
  name: string
  /** The images judged; null where they are not known. */
  imageSet: {
    name: string
    count: number
    /** Null where only their number is known. */
    classes: readonly string[] | null
    /** `digestImages`; null or left out where the images are not there. */
    digest?: string | null
    licence: string | null
    citation: string | null
  } | null
  /** As many as the image set has, whether judged or not. */
  images: number
  /** (images*classes), null where only probabilities are known. */
  counts: Uint32Array | null
  /** (images*classes), rows sum to 1. */
  probabilities: Float64Array
  judgments: JudgmentTable | null
  annotators: AnnotatorTable | null
  /** Where the labels come from, as their reader said it. */
  source?: string | null
  licence: string | null
  citation: string | null
  /** `digestLabels` of counts and probabilities. */
  digest: string
  /** What was decided by hand; one that the table of annotators does not bear out is left out. */
  verdicts?: readonly Verdict[]
  /** Share of checks below which annotators are excluded; the paper's where left out. */
  threshold?: number
}

/** A name per class: the image set's, CIFAR-10's where there are ten, else numbers. */
export function classNames({ imageSet, images, probabilities }: ExportData): readonly string[] {
  if (imageSet?.classes) return imageSet.classes
  const classes = probabilities.length / images
  if (classes === CIFAR10_CLASSES.length) return CIFAR10_CLASSES
  return Array.from({ length: classes }, (_, c) => `class_${c}`)
}
