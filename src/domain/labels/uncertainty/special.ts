/** Special functions for positive arguments, to about 14 digits: what Beta and Dirichlet distributions are made of. */
import { StudioError } from '../../errors'

/** From here the asymptotic series are exact to double precision; smaller arguments are shifted up to it. */
const LARGE = 12

/** ln of the gamma function, x > 0. Stirling's series (Abramowitz and Stegun 6.1.41). */
export function logGamma(x: number): number {
  let product = 1
  let z = x
  while (z < LARGE) product *= z++
  const s = 1 / (z * z)
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188 - (s * 691) / 360360))))) / z
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - Math.log(product)
}

/** Derivative of logGamma, x > 0 (Abramowitz and Stegun 6.3.18). */
export function digamma(x: number): number {
  let shift = 0
  let z = x
  while (z < LARGE) shift += 1 / z++
  const s = 1 / (z * z)
  const series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132 - (s * 691) / 32760)))))
  return Math.log(z) - 0.5 / z - series - shift
}

/** Regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) variable is below x. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The continued fraction converges fast below the mean; above it, the other tail is below its own.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a
  return front / betaFraction(x, a, b)
}

/** 1 + d1/(1 + d2/(1 + ...)), Abramowitz and Stegun 26.5.8, by Lentz's method as modified by Thompson and Barnett. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let value = 1
  let c = 1
  let d = 0
  for (let k = 1; k <= 100_000; k++) {
    const m = k >> 1
    const numerator = k % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m)
    const term = (numerator * x) / ((a + k - 1) * (a + k))
    d = 1 / nonZero(1 + term * d, tiny)
    c = nonZero(1 + term / c, tiny)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-15) return value
  }
  throw new StudioError('internal', `The incomplete beta function of ${x}, ${a}, ${b} does not converge.`)
}

const nonZero = (value: number, tiny: number): number => (Math.abs(value) < tiny ? tiny : value)

/**
 * The x with I_x(a, b) = p, 0 < p < 1, by halving, and by Newton's steps that stay inside. Small a put it far below
 * what halving reaches, down to where no number is left but 0.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b)
  // Near 0, I_x(a, b) is x^a / (a B(a, b)) but for a part of the order of b x.
  const lowest = Math.exp((Math.log(p * a) + logBeta) / a)
  if (lowest * Math.max(b, 1) < 1e-16) return lowest
  let low = 0
  let high = 1
  let x = Math.min(lowest, a / (a + b))
  for (let k = 0; k < 200; k++) {
    const over = incompleteBeta(x, a, b) - p
    if (over > 0) high = x
    else low = x
    const density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta)
    const newton = x - over / density
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) <= 1e-15 * next || next === x) return next
    x = next
  }
  return x
}
