/**
 * The cost of a multiply-add in every family: the small members take turns at the trainer's own step, and the medians
 * are compared with the residual family's. Options: --networks A,B,..., --batch, --device, --threads, --rounds,
 * --steps.
 */
import { parseArgs } from 'node:util'
import { openDevice, type RealDeviceId } from '../src/engine/devices'
import { network, networkIds, type Network } from '../src/engine/model'
import type { CompiledProgram, NamedArrays } from '../src/engine/program'
import { Random } from '../src/domain/addressedRandom'
import { mixingInputs } from '../src/engine/model/mixing'
import { initialTrainingState, trainingProgram } from '../src/engine/training/program'

/** No family may cost more per multiply-add than this many times the residual one. */
const LIMIT = 3
const WARM_UP_STEPS = 3

interface Runner {
  net: Network
  step: CompiledProgram
  inputs: NamedArrays
  /** Milliseconds of each step. */
  times: number[]
}

export async function families(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      networks: { type: 'string', default: smallMembers().join() },
      batch: { type: 'string', default: '128' },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string' },
      rounds: { type: 'string', default: '9' },
      steps: { type: 'string', default: '3' },
    },
  })
  const batch = Number(values.batch)
  const threads = values.threads === undefined ? undefined : Number(values.threads)
  const device = await openDevice(values.device as RealDeviceId, { threads })
  const runners: Runner[] = []
  for (const id of values.networks.split(',')) {
    const net = network(id)
    const state = await device.createState(initialTrainingState(net, 0))
    const options = { batch, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }
    const step = await device.compile(trainingProgram(net, options), state)
    runners.push({ net, step, inputs: inputsOf(net, batch), times: [] })
  }
  for (let round = 0; round <= Number(values.rounds); round++) {
    for (const { net, step, inputs, times } of runners) {
      const steps = round === 0 ? WARM_UP_STEPS : Number(values.steps)
      for (let i = 0; i < steps; i++) {
        const start = performance.now()
        const { loss } = await step.run(inputs)
        if (round > 0) times.push(performance.now() - start)
        if (!Number.isFinite(loss?.[0])) throw new Error(`${net.id}: the loss is ${loss?.[0]}`)
      }
    }
  }
  await device.dispose()
  const measured = runners.map(({ net, times }) => {
    const msPerStep = median(times)
    return {
      network: net.id,
      family: net.family,
      multiplyAdds: net.multiplyAdds,
      msPerStep,
      picosecondsPerMultiplyAdd: (msPerStep * 1e9) / batch / net.multiplyAdds,
    }
  })
  const residual = measured.find(({ family }) => family === 'resnet')?.picosecondsPerMultiplyAdd ?? NaN
  const rows = measured.map((row) => {
    const timesResidual = row.picosecondsPerMultiplyAdd / residual
    return { ...row, timesResidual, withinLimit: timesResidual <= LIMIT }
  })
  return { batch, device: device.name, limit: LIMIT, families: rows }
}

/** The first member that each family lists is its smallest. */
function smallMembers(): string[] {
  const first = new Map<string, string>()
  for (const id of networkIds()) {
    const { family } = network(id)
    if (!first.has(family)) first.set(family, id)
  }
  return [...first.values()]
}

function inputsOf(net: Network, batch: number): NamedArrays {
  const random = new Random(0)
  const { height, width, channels, classes } = net.image
  const targets = new Float32Array(batch * classes)
  for (let i = 0; i < batch; i++) targets[i * classes + Math.floor(random.uniform() * classes)] = 1
  return {
    images: Float32Array.from({ length: batch * height * width * channels }, () => random.uniform()),
    targets,
    hard: targets,
    // Small: the numbers stay in the range of training however long it runs on one batch.
    learningRate: Float32Array.of(1e-3),
    ...mixingInputs(net, batch, random),
  }
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}
