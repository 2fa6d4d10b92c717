/** Fast gradient sign method (Goodfellow et al., ICLR 2015): one step of the ball's full radius. */
import { startOf, type Attack } from './attack'

export const fgsm: Attack = async function* (stepper, batch, strength, random) {
  await stepper.begin(batch.images, startOf(batch.images, strength, random))
  yield await stepper.step(batch, { ...strength, stepSize: strength.epsilon })
  return stepper.images()
}
