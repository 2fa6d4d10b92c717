/**
 * Mixup (Zhang et al., ICLR 2018): every image of a batch and its target are mixed with those of another image of the
 * same batch, all with one weight drawn from Beta(alpha, alpha) (paper, section 6.1).
 */
import type { Random } from '../../domain/addressedRandom'

export interface Mixable {
  /** (n, H, W, C) */
  images: Float32Array
  /** (n, classes) */
  targets: Float32Array
}

/** @returns new arrays: lambda x + (1 - lambda) x', x' in an order drawn at random */
export function mixup({ images, targets }: Mixable, count: number, alpha: number, random: Random): Mixable {
  const lambda = beta(alpha, random)
  const partners = random.permutation(count)
  return { images: mixed(images, partners, lambda), targets: mixed(targets, partners, lambda) }
}

function mixed(rows: Float32Array, partners: Int32Array, lambda: number): Float32Array {
  const width = rows.length / partners.length
  const result = new Float32Array(rows.length)
  partners.forEach((partner, n) => {
    for (let i = 0; i < width; i++) {
      result[n * width + i] =
        lambda * (rows[n * width + i] as number) + (1 - lambda) * (rows[partner * width + i] as number)
    }
  })
  return result
}

/** Beta(alpha, alpha) as the share of one of two gamma variables, by their logarithms: small alphas underflow. */
export function beta(alpha: number, random: Random): number {
  const [x, y] = [logGamma(alpha, random), logGamma(alpha, random)]
  return 1 / (1 + Math.exp(y - x))
}

/**
 * Logarithm of a Gamma(shape, 1) variable: Marsaglia and Tsang (ACM TOMS 2000) for shapes from 1 on, below 1 that of
 * shape + 1 times uniform^(1/shape).
 */
function logGamma(shape: number, random: Random): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random.uniform()) / shape
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = random.normal()
    const v = (1 + c * x) ** 3
    if (v <= 0) continue
    if (Math.log(1 - random.uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}
