/**
 * How uncertain an image's label distribution itself is: a Dirichlet posterior over it, from the counts and a prior
 * that weighs as much as one judgment, 1/K on each of K classes (Perks 1947; the overall objective prior of Berger,
 * Bernardo and Sun 2015). With n_c of N judgments on class c, the posterior is Dirichlet(1/K + n_1, ..., 1/K + n_K).
 */
import { StudioError } from '../../errors'
import { betaQuantile } from './special'

/**
 * Equal-tailed interval of each class's probability at `level`: the marginal posterior is Beta(1/K + n_c,
 * 1 - 1/K + N - n_c). With one class alone its probability is 1. Throws StudioError `bad-input` for counts that are
 * none and levels outside 0 to 1.
 */
export function dirichletIntervals(counts: ArrayLike<number>, level = 0.95): [number, number][] {
  if (!(level > 0 && level < 1)) throw new StudioError('bad-input', `A level lies between 0 and 1, not at ${level}.`)
  const classes = counts.length
  const all = Array.from(counts)
  all.forEach(requireCount)
  const total = all.reduce((sum, n) => sum + n, 0)
  if (classes === 1) return [[1, 1]]
  return all.map((n) => {
    const a = 1 / classes + n
    const b = 1 - 1 / classes + total - n
    return [betaQuantile((1 - level) / 2, a, b), betaQuantile((1 + level) / 2, a, b)]
  })
}

/**
 * What one more judgment is expected to teach about each image, nats: the mean over the posterior predictive of the
 * Kullback-Leibler divergence from the posterior mean m to the posterior mean m' after that judgment. With a_c = 1/K +
 * n_c and A = 1 + N, m_c = a_c / A, and a judgment of class c gives KL(m' || m) = ln(A / (A + 1)) + (a_c + 1) / (A + 1)
 * * ln((a_c + 1) / a_c), so that
 *
 *   gain = -ln(1 + 1/A) + sum_c (a_c / A) * (a_c + 1) / (A + 1) * ln(1 + 1/a_c)
 *
 * `counts` is (images*classes). Throws StudioError `bad-input` for counts that are none or do not fill the table.
 */
export function expectedGain(counts: Uint32Array, images: number, classes: number): Float64Array {
  if (counts.length !== images * classes) {
    throw new StudioError(
      'bad-input',
      `${images} images of ${classes} classes need ${images * classes} counts, not ${counts.length}.`,
    )
  }
  const gains = new Float64Array(images)
  for (let i = 0; i < images; i++) {
    let total = 1
    for (let c = i * classes; c < (i + 1) * classes; c++) total += requireCount(counts[c] ?? 0, c)
    let gain = -Math.log1p(1 / total)
    for (let c = i * classes; c < (i + 1) * classes; c++) {
      const a = 1 / classes + (counts[c] ?? 0)
      gain += (a / total) * ((a + 1) / (total + 1)) * Math.log1p(1 / a)
    }
    // Rounding may leave the divergence of two equal distributions a hair below nothing.
    gains[i] = Math.max(gain, 0)
  }
  return gains
}

function requireCount(value: number, index: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new StudioError('bad-input', `A count is a whole number from 0, not ${value}.`, { place: `count ${index + 1}` })
}
