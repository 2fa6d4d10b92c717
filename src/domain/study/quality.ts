/**
 * What the quality table shows of each annotator, and what a threshold on the attention checks does to the whole. The
 * rule itself is exclusion.ts.
 */
import type { AnnotatorTable, JudgmentTable } from '../labels/judgments'
import { NO_LABEL, NO_SLOT } from '../labels/judgments'
import type { AnnotatorQuality, ParticipantInfo, ThresholdEffect } from '.'
import { aggregate, isExcluded, scoreOf, type CheckScores } from './exclusion'

/** One row per annotator, in order. Attention checks count for the check score alone. */
export function annotatorQuality(
  judgments: JudgmentTable,
  annotators: AnnotatorTable,
  images: number,
  classes: number,
): AnnotatorQuality[] {
  const { counts } = aggregate(judgments, annotators.excluded, images, classes)
  const totals = rowSums(counts, classes)
  const own = { counts: new Uint32Array(counts.length), totals: new Uint32Array(images) }
  return rowsByAnnotator(judgments, annotators.code.length).map((rows, a) => {
    const checks = annotators.checks[a] ?? 0
    return {
      annotator: a,
      code: annotators.code[a] ?? '',
      judgments: rows.length,
      checks,
      checkScore: checks > 0 ? (annotators.checksCorrect[a] ?? 0) / checks : null,
      agreement: agreementWithOthers(judgments, rows, annotators.excluded[a] === 1, { counts, totals }, own, classes),
      medianReactionTimeMs: medianReactionTime(judgments, rows),
      positionBias: positionBias(judgments, rows, annotators.layout?.[a] ?? null),
      excluded: annotators.excluded[a] === 1,
    }
  })
}

/** Per annotator the rows of their judgments, checks left out: views of one array. */
function rowsByAnnotator({ count, annotator, isCheck }: JudgmentTable, annotators: number): Int32Array[] {
  const ends = new Int32Array(annotators)
  for (let j = 0; j < count; j++) if (!isCheck[j]) ends[annotator[j] ?? 0] = (ends[annotator[j] ?? 0] ?? 0) + 1
  let sum = 0
  const starts = ends.map((n) => (sum += n) - n)
  const rows = new Int32Array(sum)
  ends.set(starts)
  for (let j = 0; j < count; j++) {
    if (isCheck[j]) continue
    const a = annotator[j] ?? 0
    const at = ends[a] ?? 0
    rows[at] = j
    ends[a] = at + 1
  }
  return Array.from(starts, (start, a) => rows.subarray(start, ends[a]))
}

interface ImageVotes {
  /** (images*classes) */
  counts: Uint32Array
  /** (images) */
  totals: Uint32Array
}

/** Mean over their judgments of the share of other kept annotators' votes on the image that name the same class. */
function agreementWithOthers(
  { image, chosen }: JudgmentTable,
  rows: Int32Array,
  excluded: boolean,
  kept: ImageVotes,
  own: ImageVotes,
  classes: number,
): number | null {
  // An excluded annotator's votes are not among the kept ones, so nothing is taken out again.
  const add = (by: number): void => {
    if (excluded) return
    for (const j of rows) {
      const i = image[j] ?? 0
      const cell = i * classes + (chosen[j] ?? 0)
      own.counts[cell] = (own.counts[cell] ?? 0) + by
      own.totals[i] = (own.totals[i] ?? 0) + by
    }
  }
  add(1)
  let sum = 0
  let shared = 0
  for (const j of rows) {
    const i = image[j] ?? 0
    const cell = i * classes + (chosen[j] ?? 0)
    const others = (kept.totals[i] ?? 0) - (own.totals[i] ?? 0)
    if (others === 0) continue
    sum += ((kept.counts[cell] ?? 0) - (own.counts[cell] ?? 0)) / others
    shared++
  }
  add(-1)
  return shared > 0 ? sum / shared : null
}

/** Over judgments with a time above 0: some tables have 0 where it was not measured. */
function medianReactionTime({ reactionTimeMs }: JudgmentTable, rows: Int32Array): number | null {
  const times = Float64Array.from(rows, (j) => reactionTimeMs[j] ?? 0)
    .filter((ms) => ms > 0)
    .sort()
  if (times.length === 0) return null
  return ((times[(times.length - 1) >> 1] ?? 0) + (times[times.length >> 1] ?? 0)) / 2
}

/**
 * Total variation distance between the slots chosen and the slots on which the publishers' labels lay, over judgments
 * of which both are known.
 */
function positionBias(
  { chosen, truth, session }: JudgmentTable,
  rows: Int32Array,
  layout: number[] | null,
): number | null {
  if (!layout) return null
  const slotOf = new Int16Array(NO_LABEL + 1).fill(-1)
  layout.forEach((c, slot) => (slotOf[c] = slot))
  const excess = new Int32Array(Math.max(layout.length, NO_SLOT))
  let known = 0
  for (const j of rows) {
    const recorded = session?.slot[j] ?? NO_SLOT
    const answered = recorded === NO_SLOT ? (slotOf[chosen[j] ?? NO_LABEL] ?? -1) : recorded
    const label = slotOf[truth[j] ?? NO_LABEL] ?? -1
    if (answered < 0 || label < 0) continue
    excess[answered] = (excess[answered] ?? 0) + 1
    excess[label] = (excess[label] ?? 0) - 1
    known++
  }
  return known > 0 ? excess.reduce((sum, n) => sum + Math.abs(n), 0) / (2 * known) : null
}

/** 1 for annotators left out at a threshold: a person's verdict goes before the rule; without checks they are kept. */
export const excludedAt = (
  scores: CheckScores,
  verdicts: ParticipantInfo['verdict'][],
  threshold: number,
): Uint8Array =>
  Uint8Array.from(scores.checks, (_, a) => Number(isExcluded(scoreOf(scores, a), verdicts[a] ?? null, threshold)))

/**
 * The label set as it would be at a threshold. `baseline` is (images*classes), the distributions that hold now; null
 * for the effect that is the baseline itself, which is at distance 0. Images without judgments count for the judgments
 * per image and not for the mean entropy; their distribution is uniform, and their distance counts. `drawable`: the
 * images that the study draws from, others do not count at all; every image where left out.
 */
export function thresholdEffect(
  judgments: JudgmentTable,
  annotators: AnnotatorTable,
  verdicts: ('exclude' | 'include' | null)[],
  threshold: number,
  images: number,
  classes: number,
  baseline: Float64Array | null,
  drawable: Int32Array = Int32Array.from({ length: images }, (_, i) => i),
): ThresholdEffect {
  const excluded = excludedAt(annotators, verdicts, threshold)
  const { counts, kept } = aggregate(judgments, excluded, images, classes)
  const totals = rowSums(counts, classes)
  const perImage = drawable.map((image) => totals[image] ?? 0)
  let entropy = 0
  let judged = 0
  let distance = 0
  totals.forEach((total, i) => {
    if (total > 0) judged++
    for (let c = i * classes; c < (i + 1) * classes; c++) {
      const p = total > 0 ? (counts[c] ?? 0) / total : 1 / classes
      if (total > 0 && p > 0) entropy -= p * Math.log(p)
      if (baseline) distance += Math.abs(p - (baseline[c] ?? 0)) / 2
    }
  })
  return {
    threshold,
    excluded: excluded.reduce((sum, out) => sum + out, 0),
    judgments: kept,
    judgmentsPerImage: {
      min: perImage.length > 0 ? perImage.reduce((least, n) => Math.min(least, n)) : 0,
      max: perImage.reduce((most, n) => Math.max(most, n), 0),
      mean: perImage.length > 0 ? kept / perImage.length : 0,
    },
    meanEntropyNats: judged > 0 ? entropy / judged : 0,
    totalVariation: perImage.length > 0 ? distance / perImage.length : 0,
  }
}

function rowSums(counts: Uint32Array, classes: number): Uint32Array {
  const sums = new Uint32Array(classes > 0 ? counts.length / classes : 0)
  sums.forEach((_, i) => (sums[i] = counts.subarray(i * classes, (i + 1) * classes).reduce((sum, n) => sum + n, 0)))
  return sums
}
