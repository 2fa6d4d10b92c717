/**
 * Generalised energy distance (Szekely and Rizzo, 2013; squared, as Kohl et al. report it for ambiguous images, 2018)
 * between labels S drawn from the network and labels Y drawn from people:
 *
 *   GED^2 = 2 E[d(S, Y)] - E[d(S, S')] - E[d(Y, Y')],   d = 0 for equal labels, 1 for different ones.
 *
 * Nothing is sampled: two independent labels differ with probability 1 - sum_c p(c) q(c). With this d the sum closes to
 * sum_c (p(c) - q(c))^2, so the value is people's Brier score by another road. From 0 to 2, without unit.
 */
import { rowAt } from '../labels/distribution'
import { meanOverImages, type Predictions } from './predictions'

/** Probability that a label drawn from `a` differs from one drawn independently from `b`. */
const differing = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((rest, value, c) => rest - value * (b[c] as number), 1)

/** Mean over images. */
export function generalisedEnergyDistance(predictions: Predictions): number {
  const { values, people, classes } = predictions
  return meanOverImages(predictions, (image) => {
    const q = rowAt(values, image, classes)
    const p = rowAt(people, image, classes)
    // A square sum; three rounded terms may leave it an ulp below 0.
    return Math.max(0, 2 * differing(q, p) - differing(q, q) - differing(p, p))
  })
}
