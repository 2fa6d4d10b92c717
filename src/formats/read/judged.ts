/**
 * What every per-judgment file ends in, whichever its format: annotators scored and left out, distributions counted,
 * and all of it held against the sidecar where there is one.
 */
import { badFile } from '../../domain/errors'
import type { AnnotatorTable, JudgmentTable } from '../../domain/labels/judgments'
import { CHECK_THRESHOLD, aggregate, requireJudgments, scoreAnnotators, unjudged } from '../../domain/study/exclusion'
import { classesOf, misfit, type ExportFormat, type Sidecar } from '../sets/about'
import type { Repeats } from '../../domain/importChoices'
import { digestLabels } from '../sets/digest'
import { LIMITS, plausibleImages } from '../encodings/limits'
import { count } from '../../domain/text/numbers'
import { exclusions } from '../sets/rules'
import { countsToProbabilities } from '../../domain/labels/statistics'
import type { LabelSetData } from '../sets/types'
import { distinctJudgments } from './repeatedTrials'

export interface Source {
  path: string
  format: ExportFormat
  judgments: JudgmentTable
  /** Annotators' codes, as the judgments number them. */
  codes: string[]
  sidecar: Sidecar | null
  /** Annotators the file itself marks as excluded; null where the rule on the checks decides. */
  excluded: ReadonlySet<number> | null
  layout: AnnotatorTable['layout']
  /** How many images the judgments are about; without it, and without a sidecar, as many as their indices need. */
  images: number | null
  /** Which of several judgments of an image by one annotator count; all where nothing was chosen. */
  repeats?: Repeats | undefined
}

export interface Counted {
  /** Of the file; duplicates among them are not in the judgments. */
  rows: number
  /** What was left out as said twice. */
  twice: string[]
  judgments: JudgmentTable
  annotators: AnnotatorTable
  images: number
  counts: Uint32Array
  probabilities: Float64Array
  kept: number
}

/** Throws bad-file where no judgment is left, or where the sidecar does not fit. */
export function countJudgments(source: Source): Counted {
  const { path, format, codes, sidecar, excluded, layout } = source
  const rows = source.judgments.count
  const { judgments, report: twice } = distinctJudgments(source.judgments, source.repeats)
  const classes = classesOf(sidecar)
  const scored = scoreAnnotators(codes, judgments)
  const rules = sidecar?.rules ?? { threshold: CHECK_THRESHOLD, byHand: [] }
  const annotators: AnnotatorTable = {
    ...scored,
    layout,
    excluded: excluded
      ? Uint8Array.from(scored.code, (_, a) => (excluded.has(a) ? 1 : 0))
      : exclusions(scored, rules.threshold, rules.byHand),
  }
  const needed = judgments.image.reduce((most, image) => Math.max(most, image), -1) + 1
  if (sidecar) {
    requireFormat(sidecar, format)
    requireRows(sidecar, rows)
    requireAnnotators(sidecar, annotators)
    if (needed > sidecar.images.count) {
      const reason = `It says ${count(sidecar.images.count)} images; the file has a judgment of image ${needed - 1}.`
      throw misfit(sidecar.path, 'key images.count', reason)
    }
  }
  const images = sidecar?.images.count ?? source.images ?? needed
  requirePlausible(source, images, images * classes)
  const { counts, kept } = aggregate(judgments, annotators.excluded, images, classes)
  requireJudgments(path, kept)
  return {
    rows,
    twice,
    judgments,
    annotators,
    images,
    counts,
    probabilities: countsToProbabilities(counts, classes),
    kept,
  }
}

/** A table of so many cells must be worth its memory: a small file may name any number of images. */
function requirePlausible({ path, judgments, sidecar }: Source, images: number, cells: number): void {
  if (images <= plausibleImages(judgments.count) && cells <= LIMITS.tableCells) return
  const reason = `${count(images)} images are too many for the file's ${count(judgments.count)} judgments.`
  if (sidecar) throw misfit(sidecar.path, 'key images.count', reason)
  throw badFile(path, `row ${judgments.image.indexOf(images - 1) + 1}`, reason)
}

export function requireFormat(sidecar: Sidecar, format: ExportFormat): void {
  if (sidecar.format === format) return
  throw misfit(sidecar.path, 'key format', `It is about a file of format ${sidecar.format}; this one is ${format}.`)
}

export function requireRows(sidecar: Sidecar, rows: number): void {
  if (sidecar.rows === rows) return
  throw misfit(
    sidecar.path,
    'key rows',
    `It is about a file of ${count(sidecar.rows)} rows; this one has ${count(rows)}.`,
  )
}

/** Everybody it names must be there, and left out or kept as it says. */
function requireAnnotators(sidecar: Sidecar, { code, excluded }: AnnotatorTable): void {
  const numbers = new Map(code.map((each, a) => [each, a]))
  sidecar.rules?.byHand.forEach(({ annotator, verdict }, i) => {
    const place = `key rules.byHand.${i}`
    const a = numbers.get(annotator)
    if (a === undefined) throw misfit(sidecar.path, place, `There is no annotator ${annotator} in the file.`)
    if ((excluded[a] === 1) === (verdict === 'exclude')) return
    const marked = excluded[a] ? 'excluded' : 'kept'
    throw misfit(sidecar.path, place, `It says ${verdict} about ${annotator}, who is marked as ${marked} in the file.`)
  })
}

/** What a label set has from the sidecar; nothing without one. */
export function fromSidecar(sidecar: Sidecar | null): Partial<LabelSetData> {
  if (!sidecar) return {}
  const { labels, images, rules } = sidecar
  return {
    imageSet: images.name,
    imageSetDigest: images.digest,
    classes: images.classes,
    // Where it knows none, published data may still be known by their content.
    ...(labels.licence === null ? {} : { licence: labels.licence }),
    ...(labels.citation === null ? {} : { citation: labels.citation }),
    ...(labels.source === null ? {} : { source: labels.source }),
    ...(rules ? { threshold: rules.threshold, verdicts: rules.byHand } : {}),
  }
}

/** Says so where images have no judgment. */
export function unjudgedReport({ counts, images }: Pick<Counted, 'counts' | 'images'>): string[] {
  const empty = unjudged(counts, counts.length / images)
  return empty > 0 ? [`${count(empty)} images have no judgment; their distribution is uniform.`] : []
}

const MOST_NAMED = 20

/** What the sidecar told, for the report. */
export function sidecarReport(
  sidecar: Sidecar | null,
  labels: Pick<LabelSetData, 'counts' | 'probabilities'>,
): string[] {
  if (!sidecar) return []
  const { images, rules } = sidecar
  const set = images.name === null ? 'an unnamed image set' : images.name
  const lines = [
    `Its sidecar says: the label set ${sidecar.labels.name} over ${set} (${count(images.count)} images), exported on ${sidecar.made}.`,
  ]
  const byHand = rules?.byHand ?? []
  for (const { annotator, verdict, reason } of byHand.slice(0, MOST_NAMED)) {
    lines.push(
      `${annotator} is ${verdict === 'exclude' ? 'excluded' : 'included'} by hand: ${reason || 'no reason given'}`,
    )
  }
  if (byHand.length > MOST_NAMED) lines.push(`${count(byHand.length - MOST_NAMED)} more were judged by hand.`)
  // Probabilities alone have another digest than the counts they came of.
  if (labels.counts) {
    const same = digestLabels(labels) === sidecar.labels.digest
    lines.push(
      `The distributions ${same ? 'are' : 'differ from'} those of the exported label set${same ? ', in every cell' : ''}.`,
    )
  }
  return lines
}
