/**
 * How far people agree on the images, beyond chance. Both coefficients are 1 - observed / expected disagreement, over
 * images with at least two judgments: one judgment can agree with nobody. Per class, the class stands against the rest;
 * the overall coefficient is the ratio of the classes' sums.
 *
 * Of image u let n_uc be the judgments of class c and m_u all of them; n_c and n their sums over the images.
 */
import { StudioError } from '../../errors'
import type { Agreement, Coefficient } from '../../study'
import { tally, type Tally } from './tally'

/**
 * Krippendorff's alpha, nominal, missing data allowed (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability):
 * observed is sum_u n_uc (m_u - n_uc) / (m_u - 1), expected n_c (n - n_c) / (n - 1).
 */
const alpha = (t: Tally, c: number): [number, number] => [
  t.betweenPairs[c] ?? 0,
  ((t.chosen[c] ?? 0) * (t.judgments - (t.chosen[c] ?? 0))) / (t.judgments - 1),
]

/**
 * Fleiss' kappa; with differing m_u as generalised by Fleiss, Levin and Paik (2003, section 18.3), which for equal m_u
 * is Fleiss (1971): observed is sum_u n_uc (m_u - n_uc) / m_u, expected sum_u (m_u - 1) times p_c (1 - p_c), p_c = n_c
 * / n.
 */
const kappa = (t: Tally, c: number): [number, number] => {
  const p = (t.chosen[c] ?? 0) / t.judgments
  return [t.withinImages[c] ?? 0, (t.judgments - t.images) * p * (1 - p)]
}

/** `counts` is (images*classes). Throws StudioError `bad-input` where it is not. */
export function agreement(counts: Uint32Array, images: number, classes: number): Agreement {
  if (counts.length !== images * classes) {
    throw new StudioError(
      'bad-input',
      `${images} images of ${classes} classes need ${images * classes} counts, not ${counts.length}.`,
    )
  }
  const t = tally(counts, images, classes)
  const every = Array.from({ length: classes }, (_, c) => c)
  const named = every.filter((c) => (t.chosen[c] ?? 0) > 0)

  const nothing = ((): string | null => {
    if (images === 0) return 'There are no images.'
    if (t.images === 0) return 'No image has two judgments, so there is nothing to compare.'
    if (named.length === 1) return 'Every judgment names the same class: agreement cannot be told from chance.'
    return null
  })()
  const ofClass = (c: number): string | null => {
    if (t.images === 0) return nothing
    if (t.chosen[c] === 0) return 'Nobody chose this class: there is nothing to agree on.'
    if (t.chosen[c] === t.judgments) return 'Every judgment names this class: agreement cannot be told from chance.'
    return null
  }
  const over = (over: number[], terms: typeof alpha, undefinedBecause: string | null): Coefficient => {
    if (undefinedBecause !== null) return { value: null, undefinedBecause }
    const sums = over.map((c) => terms(t, c))
    const observed = sums.reduce((sum, [value]) => sum + value, 0)
    const expected = sums.reduce((sum, [, value]) => sum + value, 0)
    return { value: 1 - observed / expected, undefinedBecause: null }
  }
  return {
    alpha: over(named, alpha, nothing),
    kappa: over(named, kappa, nothing),
    perClass: every.map((c) => ({
      classIndex: c,
      alpha: over([c], alpha, ofClass(c)),
      kappa: over([c], kappa, ofClass(c)),
    })),
    images: t.images,
    judgments: t.judgments,
  }
}
