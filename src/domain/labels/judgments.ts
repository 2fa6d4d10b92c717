/**
 * Judgments and the people who gave them, columnar: half a million rows fit in 25 MB and no object is made per row. The
 * currency between files, the store and the study's rules.
 */

/** Label of an image whose publisher gave none. */
export const NO_LABEL = 255
/** `SessionColumns.slot` where it is not known on which slot the label was. */
export const NO_SLOT = 255

/** One row a judgment; `count` rows. Excluded annotators' rows and attention checks are kept. */
export interface JudgmentTable {
  count: number
  /** Index into `AnnotatorTable`. */
  annotator: Int32Array
  trial: Int32Array
  /** Index into the image set; -1 on attention checks. */
  image: Int32Array
  /** The class the image's publisher gave it, NO_LABEL where it gave none. */
  truth: Uint8Array
  chosen: Uint8Array
  isCheck: Uint8Array
  reactionTimeMs: Float64Array
  /** Since the session began. */
  elapsedMs: Float64Array
  /** Index into `files`. */
  file: Int32Array
  files: string[]
  /** What this program's own sessions know beyond the published columns; null for judgments from elsewhere. */
  session: SessionColumns | null
}

/** As long as the judgments they belong to. */
export interface SessionColumns {
  /** Place of the chosen label on the ring, from 0; NO_SLOT where unknown. */
  slot: Uint8Array
  /** When the image was painted, milliseconds since the session began. */
  onsetMs: Float64Array
  /** When the answer was stored, milliseconds since 1970; 0 where unknown. */
  answeredAt: Float64Array
  /** How often the window lost the focus while the image was shown. */
  focusLosses: Uint16Array
}

export interface AnnotatorTable {
  /** The source's identifier. */
  code: string[]
  checks: Int32Array
  checksCorrect: Int32Array
  /** 1 where left out of the distributions: by the rule on the checks, or by a person's decision. */
  excluded: Uint8Array
  /** Class on each slot of the ring, per annotator; null where unknown. */
  layout: (number[] | null)[] | null
}
