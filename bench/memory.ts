/**
 * Whether training grows: resident memory over 1,000 steps of one process, sampled every 100.
 * Options: --network, --batch, --device, --steps.
 */
import { parseArgs } from 'node:util'
import { openDevice, type RealDeviceId } from '../src/engine/devices'
import { network } from '../src/engine/model'
import { initialTrainingState, trainingProgram } from '../src/engine/training/program'

export async function memory(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: {
      network: { type: 'string', default: 'resnet_basic_8' },
      batch: { type: 'string', default: '128' },
      device: { type: 'string', default: 'cpu' },
      steps: { type: 'string', default: '1000' },
    },
  })
  const net = network(values.network)
  const program = trainingProgram(net, {
    batch: Number(values.batch),
    momentum: 0.9,
    nesterov: true,
    weightDecay: 1e-4,
  })
  const device = await openDevice(values.device as RealDeviceId)
  const state = await device.createState(initialTrainingState(net, 1))
  const step = await device.compile(program, state)
  const rssMb: number[] = []
  for (let i = 0; i <= Number(values.steps); i++) {
    // Fresh arrays each step, as augmentation makes them.
    const inputs = Object.fromEntries(
      Object.entries(program.inputs).map(([name, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1)
        return [name, Float32Array.from({ length: size }, () => (name === 'learningRate' ? 0.01 : Math.random()))]
      }),
    )
    await step.run(inputs)
    if (i % 100 === 0) rssMb.push(Math.round(process.memoryUsage.rss() / 2 ** 20))
  }
  await device.dispose()
  return { network: values.network, device: values.device, steps: Number(values.steps), rssMb }
}
