/**
 * Projected gradient descent (Madry et al., ICLR 2018): many small steps, each projected into the ball around the
 * original, from the image itself or from a uniformly random point of the ball.
 */
import type { Random } from '../random'
import type { Attack } from './attack'

export const pgd: Attack = async function* (
  stepper,
  { images, hard },
  { epsilon, stepSize, steps, randomStart },
  random,
) {
  await stepper.begin(images, randomStart ? randomPoint(images, epsilon, random) : images)
  for (let step = 0; step < steps; step++) yield await stepper.step(hard, epsilon, stepSize)
}

function randomPoint(images: Float32Array, epsilon: number, random: Random): Float32Array {
  return images.map((value) => Math.min(1, Math.max(0, value + epsilon * (2 * random.uniform() - 1))))
}
