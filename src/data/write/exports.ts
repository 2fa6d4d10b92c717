/**
 * Label sets written for other programs: counts and probabilities as `.npy`, judgments as CIFAR-10H's raw CSV or as a
 * tidy CSV. Every export is complete or absent, and answers how many rows it wrote.
 */
import Papa from 'papaparse'
import { CIFAR10_CLASSES } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { NO_LABEL, type AnnotatorTable, type JudgmentTable } from '../../shared/judgments'
import { breathe, throwIfCancelled } from '../formats/files'
import { TIDY_COLUMNS } from '../read/tidy'
import type { LabelSetData } from '../types'
import { writeAll, writeAtomically } from './atomic'
import { writeNpy } from './npy'

/** The columns of the published raw file, in its order. */
export const RAW_COLUMNS = [
  'annotator_id', 'trial_index', 'is_attn_check', 'true_category', 'chosen_category', 'true_label', 'chosen_label',
  'correct_guess', 'cifar10_test_test_idx', 'image_filename', 'subcategory', 'reaction_time', 'time_elapsed',
] as const // prettier-ignore
/** What the published file carries as image index on attention checks. */
const CHECK_INDEX = -99999
/** Rows per write: some megabytes of text. */
const BLOCK = 20_000

export interface Judged {
  judgments: JudgmentTable | null
  annotators: AnnotatorTable | null
  /** Class names of the image set. */
  classes: readonly string[] | null
}
export interface ExportOptions {
  signal?: AbortSignal
}

/** (images, classes) int64, as the published counts. */
export async function exportCounts(out: string, labels: Pick<LabelSetData, 'counts' | 'images'>): Promise<number> {
  const { counts, images } = labels
  if (!counts) throw new StudioError('bad-input', 'The label set holds probabilities only: counts cannot be exported.')
  await writeNpy(out, '<i8', [images, counts.length / images], counts)
  return images
}

/** (images, classes) float64, as the published probabilities. */
export async function exportProbabilities(
  out: string,
  labels: Pick<LabelSetData, 'probabilities' | 'images'>,
): Promise<number> {
  const { probabilities, images } = labels
  await writeNpy(out, '<f8', [images, probabilities.length / images], probabilities)
  return images
}

function needJudgments({ judgments, annotators }: Judged): { judgments: JudgmentTable; annotators: AnnotatorTable } {
  if (judgments && annotators) return { judgments, annotators }
  throw new StudioError('bad-input', 'The label set holds distributions, not single judgments.', {
    hint: 'Export its counts or probabilities instead.',
  })
}

async function writeRows(
  out: string,
  columns: readonly string[],
  rows: number,
  row: (j: number) => (string | number)[],
  options: ExportOptions,
): Promise<number> {
  return writeAtomically(out, async (file) => {
    await writeAll(file, Buffer.from(`${columns.join(',')}\n`))
    for (let from = 0; from < rows; from += BLOCK) {
      throwIfCancelled(options.signal)
      const block = Array.from({ length: Math.min(BLOCK, rows - from) }, (_, k) => row(from + k))
      await writeAll(file, Buffer.from(`${Papa.unparse(block, { newline: '\n' })}\n`))
      await breathe()
    }
    return rows
  })
}

/** File name of a judgment's image: the source's own, else `test_<index>.png`. */
function fileOf(judgments: JudgmentTable, j: number): string {
  return judgments.files[judgments.file[j] ?? -1] || `test_${judgments.image[j] ?? 0}.png`
}

/**
 * The published raw format: every judgment, excluded annotators' and attention checks included, in stored order. Read
 * again with the same rules it gives the same counts.
 */
export async function exportRaw(out: string, labels: Judged, options: ExportOptions = {}): Promise<number> {
  const { judgments, annotators } = needJudgments(labels)
  const names = labels.classes ?? CIFAR10_CLASSES
  const row = (j: number): (string | number)[] => {
    const truth = judgments.truth[j] ?? 0
    const chosen = judgments.chosen[j] ?? 0
    const check = judgments.isCheck[j] ?? 0
    const file = fileOf(judgments, j)
    return [
      annotators.code[judgments.annotator[j] ?? 0] ?? '',
      judgments.trial[j] ?? 0,
      check,
      names[truth] ?? '',
      names[chosen] ?? '',
      truth,
      chosen,
      truth === chosen ? 1 : 0,
      check ? CHECK_INDEX : (judgments.image[j] ?? 0),
      file,
      // CIFAR's names say what was searched for: "domestic_cat_s_000907.png".
      /_s_/.test(file) ? file.replace(/_s_.*$/, '') : (names[truth] ?? ''),
      judgments.reactionTimeMs[j] ?? 0,
      judgments.elapsedMs[j] ?? 0,
    ]
  }
  return writeRows(out, RAW_COLUMNS, judgments.count, row, options)
}

/** One row a judgment with the exclusion beside it; see `src/data/read/tidy.ts` for the columns. */
export async function exportTidy(out: string, labels: Judged, options: ExportOptions = {}): Promise<number> {
  const { judgments, annotators } = needJudgments(labels)
  const row = (j: number): (string | number)[] => {
    const annotator = judgments.annotator[j] ?? 0
    const check = judgments.isCheck[j] ?? 0
    const truth = judgments.truth[j] ?? NO_LABEL
    return [
      annotators.code[annotator] ?? '',
      judgments.trial[j] ?? 0,
      check ? '' : (judgments.image[j] ?? 0),
      fileOf(judgments, j),
      truth === NO_LABEL ? '' : truth,
      judgments.chosen[j] ?? 0,
      check,
      annotators.excluded[annotator] ?? 0,
      judgments.reactionTimeMs[j] ?? 0,
      judgments.elapsedMs[j] ?? 0,
    ]
  }
  return writeRows(out, TIDY_COLUMNS, judgments.count, row, options)
}
