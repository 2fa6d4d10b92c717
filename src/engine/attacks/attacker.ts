/**
 * A network on a device, open to be attacked: the programs that its attacks need, each compiled when it is first asked
 * for and shared by all attacks that differ in sizes only.
 */
import type { AttackConfig } from '../../shared/domain'
import { padded, predictionProgram } from '../evaluation/predict'
import { network as networkOf, type Network, type Normalisation } from '../networks'
import type { CompiledProgram, Device, NamedValues } from '../program'
import { attackState, openSignStepper, type SignStepper, type SignStepVariant } from './signStep'

/**
 * Logits (n, classes) of images, float32 NHWC in [0, 1], n at most the batch. Not probabilities: those of a network that
 * is very sure are 0 and 1 in float32, which hides from an attack whether it gains anything.
 */
export type Ask = (images: Float32Array) => Promise<Float32Array>

/** The two ways to reach one network: along its gradients, or by asking. */
export interface Victim {
  stepper: SignStepper
  ask: Ask
}

export interface Attacker {
  network: Network
  /** Images that are attacked side by side. */
  batch: number
  open(config: Pick<AttackConfig, 'loss' | 'momentum' | 'towards' | 'normalisation'>): Promise<Victim>
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
  return {
    network,
    batch,
    async open({ loss, momentum, towards, normalisation }) {
      const seen = networkOf(network.id, network.image, normalisation)
      const variant: SignStepVariant = { loss, targeted: towards !== null, momentum: momentum > 0 }
      const key = JSON.stringify({ ...variant, normalisation })
      const stepper = steppers.get(key) ?? (await openSignStepper(device, seen, state, batch, variant))
      steppers.set(key, stepper)
      const program = predictions.get(normalisation) ?? (await device.compile(predictionProgram(seen, batch), state))
      predictions.set(normalisation, program)
      return {
        stepper,
        async ask(images) {
          const { logits } = await program.run({ images: padded(images, batch, size) })
          return (logits as Float32Array).slice(0, (images.length / size) * classes)
        },
      }
    },
    dispose() {
      for (const stepper of steppers.values()) stepper.dispose()
      for (const program of predictions.values()) program.dispose()
      state.dispose()
    },
  }
}
