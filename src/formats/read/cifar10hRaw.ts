/**
 * CIFAR-10H's annotator-level file: one row a trial, attention checks included, 13 columns (paper, section 4.2). Used
 * for the published file and for any study exported in the same format.
 */
import { CIFAR10_CLASSES } from '../../domain/labels/sets'
import { badFile } from '../../domain/errors'
import { NO_LABEL, type JudgmentTable } from '../../domain/labels/judgments'
import { CHECK_THRESHOLD } from '../../domain/study/exclusion'
import { classesOf, textOfCell, type Sidecar } from '../sets/about'
import { LIMITS } from '../encodings/limits'
import { columnAt, csvPlace, readCsv, type CsvHandler } from '../encodings/csvStream'
import { count } from '../../domain/text/numbers'
import { shown } from '../encodings/files'
import { parseDecimal, parseFlag } from '../encodings/numbers'
import type { LabelSetData } from '../sets/types'
import { countJudgments, fromSidecar, sidecarReport, unjudgedReport, type Counted } from './judged'
import { JudgmentColumns } from './judgmentColumns'
import { CIFAR10H, isPublishedCounts } from './known'
import type { TextSource } from './textSource'

/** The file says `cifar10_test_test_idx`, its README `cifar10_test_set_idx`. */
const INDEX_COLUMNS = ['cifar10_test_test_idx', 'cifar10_test_set_idx'] as const
const REQUIRED = [
  'annotator_id',
  'trial_index',
  'is_attn_check',
  'true_label',
  'chosen_label',
  'image_filename',
  'reaction_time',
  'time_elapsed',
] as const
/** The columns that are needed, for messages. */
export const RAW_COLUMNS = [...REQUIRED, INDEX_COLUMNS[0]] as const
/** What the published file carries where there is nothing: as image index on attention checks. */
export const NONE = -99999
const INT32 = 2 ** 31
const TEST_IMAGES = 10_000

/** Whether a header names enough of these columns to be meant as such a file; a missing one is then an error. */
export const isRawHeader = (names: readonly string[]): boolean =>
  [...REQUIRED, ...INDEX_COLUMNS].filter((name) => names.includes(name)).length >= 4

/** Parses rows into columns; every refusal names row and column. */
function rowParser(file: string, columns: JudgmentColumns, sidecar: Sidecar | null): CsvHandler {
  const classes = classesOf(sidecar)
  const restored = textOfCell(sidecar)
  let at = {} as Record<(typeof REQUIRED)[number] | 'index', number>
  let indexName: string = INDEX_COLUMNS[0]
  let before = 0
  const place = (row: number, name: string): string => csvPlace(row, name, before)

  const integer = (fields: string[], position: number, row: number, name: string): number => {
    const text = fields[position] ?? ''
    const value = parseDecimal(text)
    if (!Number.isInteger(value)) throw badFile(file, place(row, name), `"${shown(text)}" is not a whole number.`)
    return value
  }
  const label = (fields: string[], position: number, row: number, name: string): number => {
    const value = integer(fields, position, row, name)
    if (value >= 0 && value < classes) return value
    throw badFile(file, place(row, name), `Label ${value} is outside 0 to ${classes - 1}.`)
  }
  /** The published label; images without one have the file's own word for nothing. */
  const truth = (fields: string[], row: number): number =>
    fields[at.true_label] === String(NONE) ? NO_LABEL : label(fields, at.true_label, row, 'true_label')
  const trial = (fields: string[], row: number): number => {
    const value = integer(fields, at.trial_index, row, 'trial_index')
    if (value >= -INT32 && value < INT32) return value
    throw badFile(file, place(row, 'trial_index'), `${value} is no index of a trial.`)
  }
  const milliseconds = (fields: string[], position: number, row: number, name: string): number => {
    const text = fields[position] ?? ''
    const value = parseDecimal(text)
    if (Number.isNaN(value)) throw badFile(file, place(row, name), `"${shown(text)}" is not a number.`)
    return value
  }

  return {
    header(names, lines) {
      before = lines
      indexName = INDEX_COLUMNS.find((name) => names.includes(name)) ?? INDEX_COLUMNS[0]
      at = { ...at, index: columnAt(file, names, indexName) }
      for (const name of REQUIRED) at[name] = columnAt(file, names, name)
    },
    row(fields, row) {
      const to = columns.row()
      const n = columns.count
      const check = parseFlag(fields[at.is_attn_check] ?? '')
      if (Number.isNaN(check)) {
        const text = shown(fields[at.is_attn_check] ?? '')
        throw badFile(file, place(row, 'is_attn_check'), `"${text}" is neither 0 nor 1, True nor False.`)
      }
      const image = integer(fields, at.index, row, indexName)
      if (check === 0 && (image < 0 || image >= LIMITS.images.most)) {
        throw badFile(file, place(row, indexName), `${image} is no index of an image.`)
      }
      to.annotator[n] = columns.annotators.index(restored(fields[at.annotator_id] ?? ''))
      to.trial[n] = trial(fields, row)
      to.image[n] = check ? -1 : image
      to.truth[n] = truth(fields, row)
      to.chosen[n] = label(fields, at.chosen_label, row, 'chosen_label')
      to.isCheck[n] = check
      to.reactionTimeMs[n] = milliseconds(fields, at.reaction_time, row, 'reaction_time')
      to.elapsedMs[n] = milliseconds(fields, at.time_elapsed, row, 'time_elapsed')
      to.file[n] = columns.files.index(restored(fields[at.image_filename] ?? ''))
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

function reportOf(counted: Counted, cifar: boolean, sidecar: Sidecar | null): string[] {
  const { rows, twice, judgments, annotators, counts, kept } = counted
  let checks = 0
  let nonPositive = 0
  for (let j = 0; j < judgments.count; j++) {
    if (judgments.isCheck[j]) checks++
    else if ((judgments.reactionTimeMs[j] ?? 0) <= 0) nonPositive++
  }
  const excluded = annotators.excluded.reduce((sum, flag) => sum + flag, 0)
  const unchecked = annotators.checks.filter((n) => n === 0).length
  const percent = Number(((sidecar?.rules?.threshold ?? CHECK_THRESHOLD) * 100).toPrecision(12))
  const byHand = sidecar?.rules?.byHand.length ? ' or by hand' : ''
  const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n < 0 ? `-${count(-n)}` : 'no difference')
  const lines = [
    `${count(rows)} rows read, ${count(annotators.code.length)} annotators.`,
    ...twice,
    `${count(checks)} attention checks dropped.`,
    `${count(excluded)} annotators excluded: below ${percent}% on the attention checks${byHand} (${count(judgments.count - checks - kept)} judgments).`,
    `${count(kept)} judgments kept.`,
    `${count(nonPositive)} trials have a reaction time of 0 or less; their labels are kept.`,
  ]
  if (unchecked > 0) {
    const fate = byHand ? 'the rule does not judge them' : 'are kept'
    lines.push(`${count(unchecked)} annotators had no attention check${byHand ? ':' : ' and'} ${fate}.`)
  }
  lines.push(...unjudgedReport(counted))
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
export async function readRaw(source: TextSource): Promise<LabelSetData> {
  const { path, name, sidecar, repeats } = source
  const columns: JudgmentColumns = new JudgmentColumns((reason) => badFile(path, `row ${columns.count + 1}`, reason))
  await readCsv(source, rowParser(path, columns, sidecar))
  if (columns.count === 0) throw badFile(path, 'row 1', 'The file has a header and no rows.')
  // Another study of the same images says so in its sidecar.
  const foreign = sidecar !== null && sidecar.labels.citation !== CIFAR10H.citation
  const judgments = columns.table()
  const cifar = !foreign && isCifarTest(judgments)
  const images = cifar ? TEST_IMAGES : null
  const { texts: codes } = columns.annotators
  const counted = countJudgments({
    path,
    format: 'cifar10h-raw',
    judgments,
    codes,
    sidecar,
    excluded: null,
    layout: null,
    images,
    repeats,
  })
  return {
    kind: 'labels',
    path,
    format: 'cifar10h-raw',
    name: cifar ? 'cifar10h' : name,
    imageSet: cifar ? 'cifar10-test' : null,
    classes: cifar ? [...CIFAR10_CLASSES] : null,
    images: counted.images,
    counts: counted.counts,
    probabilities: counted.probabilities,
    judgments: counted.judgments,
    annotators: counted.annotators,
    ...(cifar
      ? CIFAR10H
      : { source: 'Annotator-level file in the format of CIFAR-10H', licence: null, citation: null }),
    ...fromSidecar(sidecar),
    report: [...reportOf(counted, cifar, sidecar), ...sidecarReport(sidecar, counted)],
  }
}
