/**
 * From raw judgments to counts, as the paper says (section 4.2): attention checks are dropped, and every annotator
 * below 75% on them is excluded with all their judgments.
 */
import { badFile } from '../errors'
import type { AnnotatorTable, JudgmentTable } from '../labels/judgments'
import type { ParticipantInfo } from '.'

/** Share of attention checks an annotator must answer correctly to be kept. */
export const CHECK_THRESHOLD = 0.75

/** Attention checks answered, and how many of them correctly. */
export interface CheckScore {
  checks: number
  checksCorrect: number
}

export type CheckScores = Pick<AnnotatorTable, 'checks' | 'checksCorrect'>

export const scoreOf = ({ checks, checksCorrect }: CheckScores, annotator: number): CheckScore => ({
  checks: checks[annotator] ?? 0,
  checksCorrect: checksCorrect[annotator] ?? 0,
})

/** The rule: below the threshold on the checks answered; never without a check. */
export const failsChecks = ({ checks, checksCorrect }: CheckScore, threshold: number): boolean =>
  checks > 0 && checksCorrect / checks < threshold

/** Left out of the distributions: by hand where somebody decided, else by the rule. */
export const isExcluded = (score: CheckScore, verdict: ParticipantInfo['verdict'], threshold: number): boolean =>
  verdict === null ? failsChecks(score, threshold) : verdict === 'exclude'

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
  const excluded = Uint8Array.from(code, (_, a) =>
    Number(failsChecks(scoreOf({ checks, checksCorrect }, a), CHECK_THRESHOLD)),
  )
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
