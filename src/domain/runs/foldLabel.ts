/** What a fold is called. Files, configurations and options count folds from 0; people read "fold 1 of 10". */

/** @param fold from 0; `folds`, how many there are, is left out where that is not known or stands beside it */
export const foldNumber = (fold: number, folds?: number): string =>
  `${fold + 1}${folds === undefined ? '' : ` of ${folds}`}`

/** "fold 1 of 10"; "fold 1" without `folds`. */
export const foldLabel = (fold: number, folds?: number): string => `fold ${foldNumber(fold, folds)}`

/** "1, 2, 10 of 10": each once, in order. */
export function foldNumbers(runs: readonly { fold: number; folds: number }[]): string {
  const counts = [...new Set(runs.map(({ folds }) => folds))]
  const of = (count: number) => new Set(runs.filter(({ folds }) => folds === count).map(({ fold }) => fold))
  const inOrder = (count: number) => [...of(count)].sort((a, b) => a - b).map((fold) => foldNumber(fold))
  return counts.map((count) => `${inOrder(count).join(', ')} of ${count}`).join('; ')
}
