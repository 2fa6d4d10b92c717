/**
 * A network on a device, open to be attacked: the programs that its attacks need, each compiled when it is first asked
 * for and shared by all attacks that differ in sizes only.
 */
import type { AttackConfig } from '../../domain/attacks/config'
import { padded, predictionProgram } from '../evaluation/predict'
import { network as networkOf, type Network, type Normalisation } from '../model'
import type { CompiledProgram, Device, NamedValues } from '../program'
import { attackState, openSignStepper, type SignStepper, type SignStepVariant } from './signStep'

/**
 * Logits (n, classes) of images, float32 NHWC in [0, 1], n at most the batch. Not probabilities: those of a network
 * that is very sure are 0 and 1 in float32, which hides from an attack whether it gains anything.
 */
export type Ask = (images: Float32Array) => Promise<Float32Array>

export interface Attacker {
  network: Network
  /** Images that are attacked side by side. */
  batch: number
  /** What follows its gradients. */
  stepper(config: Pick<AttackConfig, 'loss' | 'momentum' | 'towards' | 'normalisation'>): Promise<SignStepper>
  /** What only asks it. */
  ask(normalisation: Normalisation): Promise<Ask>
  dispose(): void
}

/** @param weights parameters and running statistics of the network attacked; further entries are ignored */
export async function openAttacker(
  device: Device,
  network: Network,
  weights: NamedValues,
  batch: number,
): Promise<Attacker> {
  const { height, width, channels, classes } = network.image
  const size = height * width * channels
  const state = await device.createState(attackState(network, weights, batch))
  const steppers = new Map<string, SignStepper>()
  const predictions = new Map<Normalisation, CompiledProgram>()
  const seen = (normalisation: Normalisation) => networkOf(network.id, network.image, normalisation)
  return {
    network,
    batch,
    async stepper({ loss, momentum, towards, normalisation }) {
      const variant: SignStepVariant = { loss, targeted: towards !== null, momentum: momentum > 0 }
      const key = JSON.stringify({ ...variant, normalisation })
      const found = steppers.get(key) ?? (await openSignStepper(device, seen(normalisation), state, batch, variant))
      steppers.set(key, found)
      return found
    },
    async ask(normalisation) {
      const known = predictions.get(normalisation)
      const program = known ?? (await device.compile(predictionProgram(seen(normalisation), batch), state))
      predictions.set(normalisation, program)
      return async (images) => {
        const { logits } = await program.run({ images: padded(images, batch, size) })
        return (logits as Float32Array).slice(0, (images.length / size) * classes)
      }
    },
    dispose() {
      for (const stepper of steppers.values()) stepper.dispose()
      for (const program of predictions.values()) program.dispose()
      state.dispose()
    },
  }
}
