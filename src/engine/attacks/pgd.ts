/**
 * Projected gradient descent (Madry et al., ICLR 2018): many small steps, each projected into the ball around the
 * original, from the image itself or from a uniformly random point of the ball. With momentum it is the momentum
 * iterative method (Dong et al., CVPR 2018).
 */
import { startOf, type Attack } from './attack'

export const pgd: Attack = async function* (stepper, batch, strength, random) {
  await stepper.begin(batch.images, startOf(batch.images, strength, random))
  for (let step = 0; step < strength.steps; step++) yield await stepper.step(batch, strength)
  return stepper.images()
}
