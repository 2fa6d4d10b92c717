/**
 * The columns of the tidy table, one row a judgment: as CSV (`tidy`) and as JSON lines (`jsonl`). Who was excluded is
 * in the file, so that exclusions decided by a person survive the journey.
 *
 * In CSV unknown values are empty and a layout is written `3 0 2 1`; in JSON they are null and `[3, 0, 2, 1]`.
 */

/** `image` is unknown on attention checks, `file` and `truth` where nobody gave one; times in ms; flags are 0 or 1. */
export const TIDY_COLUMNS = [
  'annotator',
  'trial',
  'image',
  'file',
  'truth',
  'chosen',
  'check',
  'excluded',
  'reaction_time_ms',
  'elapsed_ms',
] as const

/**
 * What this program's sessions know beyond those, each optional: the slot answered on, the annotator's layout (class on
 * each slot, the same in all their rows), when the image was painted (ms since the session began), when the answer was
 * stored (ISO 8601 with milliseconds, UTC), how often the window lost the focus.
 */
export const SESSION_COLUMNS = ['slot', 'layout', 'onset_ms', 'answered_at', 'focus_losses'] as const

export type TidyColumn = (typeof TIDY_COLUMNS)[number]
export type SessionColumn = (typeof SESSION_COLUMNS)[number]
export type TextColumn = 'annotator' | 'file' | 'layout' | 'answered_at'
export type NumberColumn = Exclude<TidyColumn | SessionColumn, TextColumn>
