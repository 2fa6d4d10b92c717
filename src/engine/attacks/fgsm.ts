/** Fast gradient sign method (Goodfellow et al., ICLR 2015): one step of the ball's full radius. */
import type { Attack } from './attack'

export const fgsm: Attack = async function* (stepper, { images, hard }, { epsilon }) {
  await stepper.begin(images, images)
  yield await stepper.step(hard, epsilon, epsilon)
}
