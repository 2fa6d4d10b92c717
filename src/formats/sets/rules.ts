/**
 * Who is left out of the distributions, as files tell it: a share of the attention checks, and before it what a person
 * decided by hand. The rule itself is the study's (`src/domain/study/exclusion.ts`); here it meets other thresholds.
 */
import type { AnnotatorTable } from '../../domain/labels/judgments'
import { failsChecks, isExcluded, scoreOf, type CheckScores } from '../../domain/study/exclusion'

/** A decision by hand about one annotator; it goes before the rule on the checks. */
export interface Verdict {
  /** The annotator's code. */
  annotator: string
  verdict: 'exclude' | 'include'
  reason: string
}

export type Scores = Pick<AnnotatorTable, 'code'> & CheckScores

/** 1 for each annotator left out: by hand where somebody decided, else by the rule. */
export function exclusions(scores: Scores, threshold: number, verdicts: readonly Verdict[]): Uint8Array {
  const byHand = new Map(verdicts.map(({ annotator, verdict }) => [annotator, verdict]))
  return Uint8Array.from(scores.code, (code, a) => {
    return Number(isExcluded(scoreOf(scores, a), byHand.get(code) ?? null, threshold))
  })
}

/** Said of exclusions that follow neither from the rule nor from a decision that is known. */
export const NOT_RECORDED = 'As in the exported label set; no reason is recorded.'

/**
 * The decisions that, with the rule, give exactly the exclusions of the table: those given where the table bears them
 * out, and where neither rule nor decision explains it, one without a reason. `present` tells who has a row in the
 * file; nothing needs to be said of the others.
 */
export function explain(
  scores: Scores,
  excluded: Uint8Array,
  threshold: number,
  verdicts: readonly Verdict[],
  present: (annotator: number) => boolean,
): Verdict[] {
  const byHand = new Map(verdicts.map((verdict) => [verdict.annotator, verdict]))
  return scores.code.flatMap((code, a): Verdict[] => {
    if (!present(a)) return []
    const verdict = excluded[a] ? 'exclude' : 'include'
    const known = byHand.get(code)
    if (known?.verdict === verdict) return [known]
    if (failsChecks(scoreOf(scores, a), threshold) === (excluded[a] === 1)) return []
    return [{ annotator: code, verdict, reason: NOT_RECORDED }]
  })
}
