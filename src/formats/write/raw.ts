/**
 * CIFAR-10H's annotator-level format: every judgment, excluded annotators' and attention checks included, in stored
 * order. Read again by the same rules it gives the same counts.
 */
import Papa from 'papaparse'
import { neutralizeText } from '../../domain/text/csv'
import { NO_LABEL } from '../../domain/labels/judgments'
import { NONE } from '../read/cifar10hRaw'
import { decimal, type Rows, type Written } from './rows'

/** The columns of the published file, in its order. */
export const RAW_COLUMNS = [
  'annotator_id',
  'trial_index',
  'is_attn_check',
  'true_category',
  'chosen_category',
  'true_label',
  'chosen_label',
  'correct_guess',
  'cifar10_test_test_idx',
  'image_filename',
  'subcategory',
  'reaction_time',
  'time_elapsed',
] as const

export function rawRows({ judgments, annotators, classes }: Written): Rows {
  const codes = annotators.code.map(neutralizeText)
  const names = classes.map(neutralizeText)
  const nameOf = (label: number): string => (label === NO_LABEL ? '' : (names[label] ?? ''))
  const fileOf = (j: number): string => {
    const known = judgments.files[judgments.file[j] ?? -1]
    if (known) return known
    // Which image an unnamed check was, nobody knows: each gets a name of its own.
    return judgments.isCheck[j] ? `check_${j}.png` : `test_${judgments.image[j] ?? 0}.png`
  }
  const row = (j: number): (string | number)[] => {
    const truth = judgments.truth[j] ?? NO_LABEL
    const chosen = judgments.chosen[j] ?? 0
    const check = judgments.isCheck[j] ?? 0
    const file = fileOf(j)
    return [
      codes[judgments.annotator[j] ?? 0] ?? '',
      judgments.trial[j] ?? 0,
      check,
      nameOf(truth),
      nameOf(chosen),
      truth === NO_LABEL ? NONE : truth,
      chosen,
      truth === chosen ? 1 : 0,
      check ? NONE : (judgments.image[j] ?? 0),
      neutralizeText(file),
      // CIFAR's names say what was searched for: "domestic_cat_s_000907.png".
      file.includes('_s_') ? neutralizeText(file.slice(0, file.indexOf('_s_'))) : nameOf(truth),
      decimal(judgments.reactionTimeMs[j]),
      decimal(judgments.elapsedMs[j]),
    ]
  }
  return {
    count: judgments.count,
    head: `${RAW_COLUMNS.join(',')}\n`,
    text: (from, to) => csv(row, from, to),
  }
}

/** Rows as lines of CSV. */
export function csv(row: (j: number) => (string | number)[], from: number, to: number): string {
  const block = Array.from({ length: to - from }, (_, k) => row(from + k))
  return `${Papa.unparse(block, { newline: '\n' })}\n`
}
