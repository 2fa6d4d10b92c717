/**
 * What one iteration of projected gradient descent costs beside the least it can cost: a forward and an input-gradient
 * pass over the same batch. Both take turns in one process; medians, and the median of each round's ratio. Options:
 * --networks A,B, --batch,
 * --device, --threads, --rounds, --steps.
 */
import { parseArgs } from 'node:util'
import { openAttacker } from '../src/engine/attacks'
import { openDevice, type RealDeviceId } from '../src/engine/devices'
import { differentiate } from '../src/engine/gradients'
import { network, type Network } from '../src/engine/model'
import type { Program } from '../src/engine/program'
import { Random } from '../src/domain/addressedRandom'
import { tf } from '../src/engine/tensorflow'
import { softCrossEntropy } from '../src/engine/model/loss'
import { ATTACK_DEFAULTS } from '../src/domain/attacks/config'

/** An iteration may cost this many times a forward and an input-gradient pass. */
const LIMIT = 1.3
const WARM_UP_STEPS = 3
const IMAGES = 'bench/images'

export async function attacks(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: 'resnet_basic_8,resnet_basic_20' },
      batch: { type: 'string', default: '128' },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string' },
      rounds: { type: 'string', default: '15' },
      steps: { type: 'string', default: '5' },
    },
  })
  const [batch, rounds, steps] = [Number(values.batch), Number(values.rounds), Number(values.steps)]
  const threads = values.threads === undefined ? undefined : Number(values.threads)
  const device = await openDevice(values.device as RealDeviceId, { threads })
  const rows: unknown[] = []
  for (const id of values.networks.split(',')) {
    const net = network(id)
    const { height, width, channels, classes } = net.image
    const random = new Random(0)
    const images = Float32Array.from({ length: batch * height * width * channels }, () => random.uniform())
    const hard = Float32Array.from(
      { length: batch * classes },
      (_, i) => +(i % classes === Math.floor(i / classes) % classes),
    )
    const weights = net.initialise(0)

    const attacker = await openAttacker(device, net, weights, batch)
    const stepper = await attacker.stepper({ ...ATTACK_DEFAULTS })
    await stepper.begin(images, images)
    const iteration = () => stepper.step({ hard, target: null }, { epsilon: 8 / 255, stepSize: 2 / 255, decay: 0 })

    const state = await device.createState({
      ...weights,
      [IMAGES]: { shape: [batch, height, width, channels], data: images },
    })
    const bare = await device.compile(inputGradient(net, batch), state)
    const pass = () => bare.run({ hard })

    const [iterations, passes, ratios] = [[], [], []] as [number[], number[], number[]]
    for (let i = 0; i < WARM_UP_STEPS; i++) await Promise.all([iteration(), pass()])
    for (let round = 0; round < rounds; round++) {
      const [ofIteration, ofPass] = [await timed(iteration, steps), await timed(pass, steps)]
      iterations.push(...ofIteration)
      passes.push(...ofPass)
      ratios.push(median(ofIteration) / median(ofPass))
    }
    attacker.dispose()
    bare.dispose()
    state.dispose()
    const row = { iterationMs: median(iterations), passMs: median(passes), ratio: median(ratios) }
    rows.push({ network: id, ...row, withinLimit: row.ratio <= LIMIT })
  }
  await device.dispose()
  return { batch, device: device.name, limit: LIMIT, networks: rows }
}

/** Forward and gradient with respect to images that stay on the device; of the gradient only a sum comes back. */
function inputGradient(net: Network, batch: number): Program {
  return {
    name: `${net.id}/input-gradient`,
    inputs: { hard: [batch, net.image.classes] },
    step(state, { hard }) {
      const { value, gradients } = differentiate(
        ({ images }) => {
          const { logits } = net.forward(state, images as tf.Tensor4D, { training: false })
          return { value: softCrossEntropy(logits, hard as tf.Tensor2D), extras: {} }
        },
        { images: state[IMAGES] as tf.Tensor4D },
      )
      return { outputs: { loss: value, sum: tf.sum(gradients['images'] as tf.Tensor) } }
    },
  }
}

/** Milliseconds of each call. */
async function timed(call: () => Promise<unknown>, times: number): Promise<number[]> {
  const all: number[] = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await call()
    all.push(performance.now() - start)
  }
  return all
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}
