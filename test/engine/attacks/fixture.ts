/** A tiny network that has learnt something, or there would be nothing to lose, and attacks on it. */
import { attackImages, openAttacker, type Attacked, type Attacker } from '../../../src/engine/attacks'
import { openEager } from '../../../src/engine/devices/eager'
import { network } from '../../../src/engine/model'
import type { Device, NamedValues } from '../../../src/engine/program'
import { batchOf } from '../../../src/engine/data/augmentation'
import { executeRun } from '../../../src/engine/training/run'
import { oneHot } from '../../../src/engine/data/targets'
import { ATTACK_DEFAULTS, type AttackConfig } from '../../../src/domain/attacks/config'
import { tinyInputs, TINY } from '../training/fixture'

export const inputs = tinyInputs()
export const net = network(TINY.network, inputs.images)
export const heldOut = Int32Array.from({ length: 20 }, (_, i) => i)
export const BATCH = 8
/** Numbers of one image. */
export const SIZE = 8 * 8 * 3

const first = heldOut.subarray(0, BATCH)
export const batch = {
  images: batchOf(inputs.images, first, null),
  hard: oneHot(inputs.images.labels, first, 3),
  target: null,
  shape: inputs.images,
}

export interface Trained {
  device: Device
  weights: NamedValues
  attacker: Attacker
}

/** On the oracle. */
export async function train(): Promise<Trained> {
  const device = await openEager('tfjs-cpu')
  let weights = net.initialise(1)
  const config = { ...TINY, epochs: 6, attacks: [], augment: false }
  for await (const event of executeRun(config, inputs, device)) {
    if (event.type === 'checkpoint') weights = event.checkpoint.state
  }
  return { device, weights, attacker: await openAttacker(device, net, weights, BATCH) }
}

export const PGD: AttackConfig = {
  ...ATTACK_DEFAULTS,
  attack: 'pgd',
  epsilon: 8,
  stepSize: 2,
  steps: 6,
  randomStart: false,
  images: null,
}

/** PGD of 8/255 in 6 steps on the held-out images, changed. */
export async function attackWith(
  { attacker }: Trained,
  change: Partial<AttackConfig> = {},
  judge?: Attacker,
): Promise<Attacked> {
  const { images, distributions } = inputs
  const running = attackImages({ ...PGD, ...change }, { images, distributions, heldOut, attacker, judge, seed: 5 })
  let before = 0
  for (;;) {
    const next = await running.next()
    if (next.done) return next.value
    const { done, total } = next.value
    if (!(done > before && done <= total)) throw new Error(`${done} of ${total} after ${before}`)
    before = done
  }
}

export const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length

/** Everything a generator yields, and what it returns. */
export async function drained<T, R>(generator: AsyncGenerator<T, R>): Promise<{ yielded: T[]; returned: R }> {
  const yielded: T[] = []
  for (;;) {
    const next = await generator.next()
    if (next.done) return { yielded, returned: next.value }
    yielded.push(next.value)
  }
}
