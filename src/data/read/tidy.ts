/**
 * The tidy per-judgment CSV this program exports: one row a judgment, `annotator, trial, image, file, truth, chosen,
 * check, excluded, reaction_time_ms, elapsed_ms`. Who was excluded is taken from the file, so that exclusions decided by
 * a person survive the journey.
 */
import type { Readable } from 'node:stream'
import { NO_LABEL } from '../../shared/judgments'
import type { LabelSetData } from '../types'
import { badFile } from '../../shared/errors'
import { aggregate, requireJudgments, scoreAnnotators } from '../../study/exclusion'
import { csvPlace, readCsv } from '../formats/csvStream'
import { count } from '../formats/files'
import { countsToProbabilities } from '../statistics'
import { JudgmentColumns } from './judgmentColumns'

export const TIDY_COLUMNS = [
  'annotator', 'trial', 'image', 'file', 'truth', 'chosen', 'check', 'excluded', 'reaction_time_ms', 'elapsed_ms',
] as const // prettier-ignore
type TidyColumn = (typeof TIDY_COLUMNS)[number]

const CLASSES = 10
const MOST_IMAGES = 10_000_000

/** Whether a header is meant as a tidy one: a missing column is then an error. */
export const isTidyHeader = (names: readonly string[]): boolean =>
  TIDY_COLUMNS.filter((name) => names.includes(name)).length >= 5

/** Reads a tidy CSV from a stream of its text. */
export async function readTidy(path: string, stream: Readable, name: string): Promise<LabelSetData> {
  const columns = new JudgmentColumns()
  const excludedCodes = new Set<number>()
  let at = {} as Record<TidyColumn, number>
  const number = (
    fields: string[],
    row: number,
    column: TidyColumn,
    least: number,
    most: number,
    whole = true,
  ): number => {
    const text = fields[at[column]] ?? ''
    const value = +text
    if (
      text === '' ||
      !Number.isFinite(value) ||
      (whole && !Number.isInteger(value)) ||
      value < least ||
      value > most
    ) {
      throw badFile(path, csvPlace(row, column), `"${text}" is not a valid ${column}.`)
    }
    return value
  }
  const anything = Number.MAX_SAFE_INTEGER
  await readCsv(path, stream, {
    header(names) {
      for (const column of TIDY_COLUMNS) {
        at = { ...at, [column]: names.indexOf(column) }
        if (at[column] < 0) throw badFile(path, `header (line 1), column ${column}`, `The column ${column} is missing.`)
      }
    },
    row(fields, row) {
      const to = columns.row()
      const n = columns.count
      const check = number(fields, row, 'check', 0, 1)
      const annotator = columns.annotators.index(fields[at.annotator] ?? '')
      to.annotator[n] = annotator
      to.trial[n] = number(fields, row, 'trial', 0, 2 ** 31 - 1)
      to.image[n] = check ? -1 : number(fields, row, 'image', 0, MOST_IMAGES)
      to.truth[n] = fields[at.truth] === '' ? NO_LABEL : number(fields, row, 'truth', 0, CLASSES - 1)
      to.chosen[n] = number(fields, row, 'chosen', 0, CLASSES - 1)
      to.isCheck[n] = check
      to.reactionTimeMs[n] = number(fields, row, 'reaction_time_ms', -anything, anything, false)
      to.elapsedMs[n] = number(fields, row, 'elapsed_ms', -anything, anything, false)
      to.file[n] = columns.files.index(fields[at.file] ?? '')
      if (number(fields, row, 'excluded', 0, 1)) excludedCodes.add(annotator)
      columns.count++
    },
  })
  const judgments = columns.table()
  const annotators = scoreAnnotators(columns.annotators.texts, judgments)
  annotators.excluded = annotators.excluded.map((_, a) => (excludedCodes.has(a) ? 1 : 0))
  const images = judgments.image.reduce((most, image) => Math.max(most, image), -1) + 1
  const { counts, kept } = aggregate(judgments, annotators.excluded, images, CLASSES)
  requireJudgments(path, kept)
  return {
    kind: 'labels',
    path,
    format: 'study',
    name,
    imageSet: null,
    classes: null,
    images,
    counts,
    probabilities: countsToProbabilities(counts, CLASSES),
    judgments,
    annotators,
    source: 'Tidy per-judgment CSV',
    licence: null,
    citation: null,
    report: [
      `${count(judgments.count)} rows read, ${count(annotators.code.length)} annotators.`,
      `${count(excludedCodes.size)} annotators are marked as excluded in the file.`,
      `${count(kept)} judgments kept.`,
    ],
  }
}
