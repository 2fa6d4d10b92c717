/** Training speed of one network on one device: the trainer's own step, on the same batch, loss read every step. */
import { openDevice, type RealDeviceId } from '../../engine/devices'
import { network } from '../../engine/model'
import { Random } from '../../domain/addressedRandom'
import { mixingInputs } from '../../engine/model/mixing'
import { initialTrainingState, trainingProgram } from '../../engine/training/program'

export interface BenchOptions {
  network: string
  batch: number
  device: RealDeviceId
  seconds: number
  threads?: number
}

export interface BenchResult {
  network: string
  batch: number
  device: RealDeviceId
  imagesPerSecond: number
  msPerStep: number
  /** Largest resident memory of this process so far. */
  peakRssMb: number
}

const WARM_UP_STEPS = 3

export async function runBench({
  network: id,
  batch,
  device: deviceId,
  seconds,
  threads,
}: BenchOptions): Promise<BenchResult> {
  const net = network(id)
  const device = await openDevice(deviceId, { threads })
  const state = await device.createState(initialTrainingState(net, 0))
  const options = { batch, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }
  const step = await device.compile(trainingProgram(net, options), state)
  const random = new Random(0)
  const { height, width, channels, classes } = net.image
  const targets = new Float32Array(batch * classes)
  for (let i = 0; i < batch; i++) targets[i * classes + Math.floor(random.uniform() * classes)] = 1
  const inputs = {
    images: Float32Array.from({ length: batch * height * width * channels }, () => random.uniform()),
    targets,
    hard: targets,
    // Small: the numbers stay in the range of training however long it runs on one batch.
    learningRate: Float32Array.of(1e-3),
    ...mixingInputs(net, batch, random),
  }
  const warmUp = performance.now()
  // A step of the largest networks on a small machine takes a minute: one has warmed it up.
  for (let i = 0; i < WARM_UP_STEPS && (i === 0 || performance.now() - warmUp < seconds * 1000); i++)
    await step.run(inputs)
  let steps = 0
  const begin = performance.now()
  while (steps === 0 || performance.now() - begin < seconds * 1000) {
    const { loss } = await step.run(inputs)
    if (!Number.isFinite(loss?.[0])) throw new Error(`the loss is ${loss?.[0]}`)
    steps++
  }
  const elapsed = performance.now() - begin
  step.dispose()
  state.dispose()
  await device.dispose()
  return {
    network: id,
    batch,
    device: deviceId,
    imagesPerSecond: (1000 * batch * steps) / elapsed,
    msPerStep: elapsed / steps,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
  }
}
