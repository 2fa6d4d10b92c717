/**
 * From raw judgments to counts, as the paper says (section 4.2): attention checks are dropped, and every annotator
 * below 75% on them is excluded with all their judgments.
 */
import { badFile } from '../shared/errors'
import type { AnnotatorTable, JudgmentTable } from '../shared/judgments'

/** Share of attention checks an annotator must answer correctly to be kept. */
export const CHECK_THRESHOLD = 0.75

/** Check scores per annotator; those without any check are kept, there being nothing against them. */
export function scoreAnnotators(code: string[], judgments: JudgmentTable): AnnotatorTable {
  const checks = new Int32Array(code.length)
  const checksCorrect = new Int32Array(code.length)
  for (let j = 0; j < judgments.count; j++) {
    if (!judgments.isCheck[j]) continue
    const a = judgments.annotator[j] ?? 0
    checks[a] = (checks[a] ?? 0) + 1
    if (judgments.chosen[j] === judgments.truth[j]) checksCorrect[a] = (checksCorrect[a] ?? 0) + 1
  }
  const excluded = Uint8Array.from(checks, (n, a) => (n > 0 && (checksCorrect[a] ?? 0) / n < CHECK_THRESHOLD ? 1 : 0))
  return { code, checks, checksCorrect, excluded, layout: null }
}

/** Kept judgments per image and class, (images*classes). */
export function aggregate(
  judgments: JudgmentTable,
  excluded: Uint8Array,
  images: number,
  classes: number,
): { counts: Uint32Array; kept: number } {
  const counts = new Uint32Array(images * classes)
  let kept = 0
  for (let j = 0; j < judgments.count; j++) {
    if (judgments.isCheck[j] || excluded[judgments.annotator[j] ?? 0]) continue
    const cell = (judgments.image[j] ?? 0) * classes + (judgments.chosen[j] ?? 0)
    counts[cell] = (counts[cell] ?? 0) + 1
    kept++
  }
  return { counts, kept }
}

/** Images without any judgment: their distribution is uniform, and reports say so. */
export function unjudged(counts: Uint32Array, classes: number): number {
  let images = 0
  for (let at = 0; at < counts.length; at += classes) {
    if (counts.subarray(at, at + classes).every((n) => n === 0)) images++
  }
  return images
}

/** Throws where a file has no judgment to offer at all. */
export function requireJudgments(file: string, kept: number): void {
  if (kept === 0) throw badFile(file, 'all rows', 'No judgment is left after attention checks and exclusions.')
}
