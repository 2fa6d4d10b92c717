/** Judgments as text, a stretch of rows at a time: what the writers of per-judgment formats have in common. */
import { StudioError } from '../../domain/errors'
import { NO_LABEL, NO_SLOT, type AnnotatorTable, type JudgmentTable } from '../../domain/labels/judgments'

/** What is written. */
export interface Written {
  judgments: JudgmentTable
  annotators: AnnotatorTable
  /** A name per class. */
  classes: readonly string[]
}

/** A file of `count` rows: its first line, and the lines of any stretch. */
export interface Rows {
  count: number
  head: string
  text(from: number, to: number): string
}

/** A number so that it reads back equal to the last bit, -0 included. Throws bad-input for what no file can hold. */
export function decimal(value = 0): string {
  if (!Number.isFinite(value)) throw new StudioError('bad-input', `A time of ${value} ms cannot be exported.`)
  return Object.is(value, -0) ? '-0' : String(value)
}

export const truthOf = ({ truth }: JudgmentTable, j: number): number | null =>
  (truth[j] ?? NO_LABEL) === NO_LABEL ? null : (truth[j] ?? null)

/** What sessions know of judgment `j`; unknown things are null. */
export interface SessionFields {
  slot: number | null
  onset: string
  answeredAt: string | null
  focusLosses: number
}

export function sessionOf({ session }: JudgmentTable, j: number): SessionFields {
  const slot = session?.slot[j] ?? NO_SLOT
  const answeredAt = session?.answeredAt[j] ?? 0
  return {
    slot: slot === NO_SLOT ? null : slot,
    onset: decimal(session?.onsetMs[j]),
    answeredAt: answeredAt === 0 ? null : moment(answeredAt),
    focusLosses: session?.focusLosses[j] ?? 0,
  }
}

function moment(value: number): string {
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) throw new StudioError('bad-input', `${value} ms since 1970 is no moment.`)
  return date.toISOString()
}
