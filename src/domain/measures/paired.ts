/**
 * Paired comparison over cross-validation folds. Folds share most of their training data, so the plain paired t-test
 * is far too sure of itself; the corrected resampled t-test (Nadeau and Bengio, Machine Learning 52, 2003) widens
 * its variance from s^2/n to s^2 (1/n + nTest/nTrain).
 */
import { StudioError } from '../errors'
import { studentCdf, studentQuantile } from './studentT'
import { mean as meanOf } from '../averages'

export interface PairedComparison {
  pairs: number
  mean: number
  /** Of the mean, corrected; null with fewer than two pairs. */
  standardError: number | null
  /** Confidence interval of the mean difference; null with fewer than two pairs. */
  interval: [number, number] | null
  /** Two-sided p-value of a mean difference of 0; null with fewer than two pairs or without any spread. */
  p: number | null
}

/**
 * @param differences one per pair (fold and seed), for example soft minus hard
 * @param testShare held-out images over training images: 1 / (k - 1) in k-fold cross-validation
 */
export function correctedResampledT(
  differences: readonly number[],
  testShare: number,
  confidence = 0.95,
): PairedComparison {
  const n = differences.length
  if (n === 0) throw new StudioError('bad-input', 'There are no pairs to compare.')
  if (!differences.every(Number.isFinite)) throw new StudioError('bad-input', 'A difference is not a number.')
  if (!(testShare >= 0)) throw new StudioError('bad-input', `The share of held-out images cannot be ${testShare}.`)
  if (!(confidence > 0 && confidence < 1)) throw new StudioError('bad-input', `No confidence of ${confidence}.`)
  const mean = meanOf(differences)
  if (n === 1) return { pairs: 1, mean, standardError: null, interval: null, p: null }
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1)
  const standardError = Math.sqrt(variance * (1 / n + testShare))
  const reach = studentQuantile((1 + confidence) / 2, n - 1) * standardError
  const p = standardError > 0 ? 2 * (1 - studentCdf(Math.abs(mean) / standardError, n - 1)) : null
  return { pairs: n, mean, standardError, interval: [mean - reach, mean + reach], p }
}
