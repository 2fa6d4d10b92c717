/**
 * CIFAR-10H's annotator-level file: one row a trial, attention checks included, 13 columns (paper, section 4.2). Used
 * for the published file and for any study exported in the same format.
 */
import type { Readable } from 'node:stream'
import { CIFAR10_CLASSES } from '../../shared/domain'
import { badFile } from '../../shared/errors'
import { CHECK_THRESHOLD, aggregate, requireJudgments, scoreAnnotators, unjudged } from '../../study/exclusion'
import { csvPlace, readCsv } from '../formats/csvStream'
import { count } from '../formats/files'
import { countsToProbabilities } from '../statistics'
import type { AnnotatorTable, JudgmentTable } from '../../shared/judgments'
import type { LabelSetData } from '../types'
import { JudgmentColumns } from './judgmentColumns'
import { CIFAR10H, isPublishedCounts } from './known'

/** The file says `cifar10_test_test_idx`, its README `cifar10_test_set_idx`. */
const INDEX_COLUMNS = ['cifar10_test_test_idx', 'cifar10_test_set_idx'] as const
const REQUIRED = [
  'annotator_id', 'trial_index', 'is_attn_check', 'true_label', 'chosen_label', 'image_filename', 'reaction_time',
  'time_elapsed',
] as const // prettier-ignore
const CLASSES = CIFAR10_CLASSES.length
/** More than any image set has: a wild index must not ask for a huge table. */
const MOST_IMAGES = 10_000_000
const TEST_IMAGES = 10_000

/** Whether a header names enough of these columns to be meant as such a file; a missing one is then an error. */
export const isRawHeader = (names: readonly string[]): boolean =>
  [...REQUIRED, ...INDEX_COLUMNS].filter((name) => names.includes(name)).length >= 4

/** Parses rows into columns; every refusal names row and column. */
function rowParser(file: string, columns: JudgmentColumns): Parameters<typeof readCsv>[2] {
  let at = {} as Record<(typeof REQUIRED)[number] | 'index', number>
  let indexName: string = INDEX_COLUMNS[0]
  let width = 0

  const integer = (fields: string[], position: number, row: number, name: string): number => {
    const text = fields[position] ?? ''
    const value = +text
    if (text === '' || !Number.isInteger(value)) {
      throw badFile(file, csvPlace(row, name), `"${text}" is not a whole number.`)
    }
    return value
  }
  const label = (fields: string[], position: number, row: number, name: string): number => {
    const value = integer(fields, position, row, name)
    if (value < 0 || value >= CLASSES) throw badFile(file, csvPlace(row, name), `Label ${value} is outside 0 to 9.`)
    return value
  }
  const milliseconds = (fields: string[], position: number, row: number, name: string): number => {
    const text = fields[position] ?? ''
    const value = +text
    if (text === '' || !Number.isFinite(value)) throw badFile(file, csvPlace(row, name), `"${text}" is not a number.`)
    return value
  }

  return {
    header(names) {
      width = names.length
      const position = (name: string): number => {
        const found = names.indexOf(name)
        if (found < 0) throw badFile(file, `header (line 1), column ${name}`, `The column ${name} is missing.`)
        return found
      }
      indexName = INDEX_COLUMNS.find((name) => names.includes(name)) ?? INDEX_COLUMNS[0]
      at = { ...at, index: position(indexName) }
      for (const name of REQUIRED) at[name] = position(name)
    },
    row(fields, row) {
      if (fields.length !== width) {
        throw badFile(file, csvPlace(row), `The row has ${fields.length} of ${width} fields.`)
      }
      const to = columns.row()
      const n = columns.count
      const check = integer(fields, at.is_attn_check, row, 'is_attn_check')
      if (check !== 0 && check !== 1) {
        throw badFile(file, csvPlace(row, 'is_attn_check'), `${check} is neither 0 nor 1.`)
      }
      const image = integer(fields, at.index, row, indexName)
      if (check === 0 && (image < 0 || image >= MOST_IMAGES)) {
        throw badFile(file, csvPlace(row, indexName), `${image} is no index of an image.`)
      }
      to.annotator[n] = columns.annotators.index(fields[at.annotator_id] ?? '')
      to.trial[n] = integer(fields, at.trial_index, row, 'trial_index')
      to.image[n] = check ? -1 : image
      to.truth[n] = label(fields, at.true_label, row, 'true_label')
      to.chosen[n] = label(fields, at.chosen_label, row, 'chosen_label')
      to.isCheck[n] = check
      to.reactionTimeMs[n] = milliseconds(fields, at.reaction_time, row, 'reaction_time')
      to.elapsedMs[n] = milliseconds(fields, at.time_elapsed, row, 'time_elapsed')
      to.file[n] = columns.files.index(fields[at.image_filename] ?? '')
      columns.count++
    },
  }
}

/** CIFAR's own file names ("domestic_cat_s_000907.png") say that the indices are those of its test set. */
function isCifarTest(judgments: JudgmentTable): boolean {
  for (let j = 0; j < judgments.count; j++) {
    if (judgments.isCheck[j]) continue
    const image = judgments.image[j] ?? 0
    if (image >= TEST_IMAGES || !/_s_\d{6}\.png$/.test(judgments.files[judgments.file[j] ?? 0] ?? '')) return false
  }
  return true
}

function reportOf(
  judgments: JudgmentTable,
  annotators: AnnotatorTable,
  kept: number,
  cifar: boolean,
  counts: Uint32Array,
): string[] {
  let checks = 0
  let nonPositive = 0
  for (let j = 0; j < judgments.count; j++) {
    if (judgments.isCheck[j]) checks++
    else if ((judgments.reactionTimeMs[j] ?? 0) <= 0) nonPositive++
  }
  const excluded = annotators.excluded.reduce((sum, flag) => sum + flag, 0)
  const unchecked = annotators.checks.filter((n) => n === 0).length
  const empty = unjudged(counts, CLASSES)
  const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n < 0 ? `-${count(-n)}` : 'no difference')
  const lines = [
    `${count(judgments.count)} rows read, ${count(annotators.code.length)} annotators.`,
    `${count(checks)} attention checks dropped.`,
    `${count(excluded)} annotators excluded: below ${CHECK_THRESHOLD * 100}% on the attention checks (${count(judgments.count - checks - kept)} judgments).`,
    `${count(kept)} judgments kept.`,
    `${count(nonPositive)} trials have a reaction time of 0 or less; their labels are kept.`,
  ]
  if (unchecked > 0) lines.push(`${count(unchecked)} annotators had no attention check and are kept.`)
  if (empty > 0) lines.push(`${count(empty)} images have no judgment; their distribution is uniform.`)
  if (cifar) {
    lines.push(
      `The paper's text says 511,400 judgments and 14 excluded: here ${signed(kept - 511_400)} and ${signed(excluded - 14)}.`,
      `The published counts hold 511,000 judgments, which implies 16 excluded: here ${signed(kept - 511_000)} and ${signed(excluded - 16)}.`,
    )
    if (isPublishedCounts(counts)) lines.push('The counts equal the published counts in every cell.')
  }
  return lines
}

/** Reads a raw file from a stream of its text; `name` is used unless it is about CIFAR-10's test images. */
export async function readRaw(path: string, stream: Readable, name: string): Promise<LabelSetData> {
  const columns = new JudgmentColumns()
  await readCsv(path, stream, rowParser(path, columns))
  const judgments = columns.table()
  if (judgments.count === 0) throw badFile(path, 'row 1', 'The file has a header and no rows.')
  const annotators = scoreAnnotators(columns.annotators.texts, judgments)
  const cifar = isCifarTest(judgments)
  const images = cifar ? TEST_IMAGES : judgments.image.reduce((most, image) => Math.max(most, image), -1) + 1
  const { counts, kept } = aggregate(judgments, annotators.excluded, images, CLASSES)
  requireJudgments(path, kept)
  return {
    kind: 'labels',
    path,
    format: 'cifar10h-raw',
    name: cifar ? 'cifar10h' : name,
    imageSet: cifar ? 'cifar10-test' : null,
    classes: cifar ? [...CIFAR10_CLASSES] : null,
    images,
    counts,
    probabilities: countsToProbabilities(counts, CLASSES),
    judgments,
    annotators,
    ...(cifar
      ? CIFAR10H
      : { source: 'Annotator-level file in the format of CIFAR-10H', licence: null, citation: null }),
    report: reportOf(judgments, annotators, kept, cifar, counts),
  }
}
