/** The tidy table as CSV and as JSON lines; see `src/formats/sets/tidyColumns.ts`. Every field reads back exactly. */
import { neutralizeText } from '../../domain/text/csv'
import { SESSION_COLUMNS, TIDY_COLUMNS, type SessionColumn, type TidyColumn } from '../sets/tidyColumns'
import { csv } from './raw'
import { decimal, sessionOf, truthOf, type Rows, type Written } from './rows'

/** The optional columns that are known of these judgments. */
function optional({ judgments, annotators }: Written): readonly SessionColumn[] {
  if (judgments.session) return SESSION_COLUMNS
  return annotators.layout?.some((layout) => layout !== null) ? ['layout'] : []
}

export function tidyRows(written: Written): Rows {
  const { judgments, annotators } = written
  const extra = optional(written)
  // The same few texts in every row.
  const codes = annotators.code.map(neutralizeText)
  const files = judgments.files.map(neutralizeText)
  const row = (j: number): (string | number)[] => {
    const annotator = judgments.annotator[j] ?? 0
    const check = judgments.isCheck[j] ?? 0
    const fields = [
      codes[annotator] ?? '',
      judgments.trial[j] ?? 0,
      check ? '' : (judgments.image[j] ?? 0),
      files[judgments.file[j] ?? -1] ?? '',
      truthOf(judgments, j) ?? '',
      judgments.chosen[j] ?? 0,
      check,
      annotators.excluded[annotator] ?? 0,
      decimal(judgments.reactionTimeMs[j]),
      decimal(judgments.elapsedMs[j]),
    ]
    const layout = annotators.layout?.[annotator]?.join(' ') ?? ''
    if (extra === SESSION_COLUMNS) {
      const { slot, onset, answeredAt, focusLosses } = sessionOf(judgments, j)
      fields.push(slot ?? '', layout, onset, answeredAt ?? '', focusLosses)
    } else if (extra.length > 0) fields.push(layout)
    return fields
  }
  return {
    count: judgments.count,
    head: `${[...TIDY_COLUMNS, ...extra].join(',')}\n`,
    text: (from, to) => csv(row, from, to),
  }
}

/** Values as JSON text, in the order of the columns. */
export function jsonRows(written: Written): Rows {
  const { judgments, annotators } = written
  const extra = optional(written)
  const keys = [...TIDY_COLUMNS, ...extra].map((key: TidyColumn | SessionColumn) => `"${key}":`)
  // The same few texts in every row.
  const codes = annotators.code.map((code) => JSON.stringify(code))
  const files = judgments.files.map((file) => (file === '' ? 'null' : JSON.stringify(file)))
  const layouts = annotators.code.map((_, a) => JSON.stringify(annotators.layout?.[a] ?? null))
  const row = (j: number): string => {
    const annotator = judgments.annotator[j] ?? 0
    const check = judgments.isCheck[j] ?? 0
    const values: (string | number | null | undefined)[] = [
      codes[annotator] ?? '""',
      judgments.trial[j],
      check ? null : judgments.image[j],
      files[judgments.file[j] ?? -1] ?? null,
      truthOf(judgments, j),
      judgments.chosen[j],
      check,
      annotators.excluded[annotator],
      decimal(judgments.reactionTimeMs[j]),
      decimal(judgments.elapsedMs[j]),
    ]
    if (extra === SESSION_COLUMNS) {
      const { slot, onset, answeredAt, focusLosses } = sessionOf(judgments, j)
      values.push(slot, layouts[annotator], onset, answeredAt && `"${answeredAt}"`, focusLosses)
    } else if (extra.length > 0) values.push(layouts[annotator])
    return `{${keys.map((key, i) => `${key}${values[i] ?? 'null'}`).join(',')}}\n`
  }
  return {
    count: judgments.count,
    head: '',
    text: (from, to) => Array.from({ length: to - from }, (_, k) => row(from + k)).join(''),
  }
}
