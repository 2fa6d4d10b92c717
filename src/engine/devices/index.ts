/**
 * Devices by id: which there are, opening one, and trying whether one really works. Native failures abort the
 * process, so `tryDevice` belongs in a child process (src/main/deviceProbe.ts); `auto` is the fastest among its answers
 * (src/main/devices/service.ts).
 */
import type { DeviceId, DeviceInfo } from '../../domain/runs/devices'
import { assertNever, StudioError } from '../../domain/errors'
import { batchNormalizationTraining } from '../model/operations/batchNormalization'
import type { Device, DeviceOptions, NamedArrays, Program } from '../program'
import { tf } from '../tensorflow'
import { openEager } from './eager'
import { listedOnnxDevices, openOnnxDevice } from './onnx'

export type RealDeviceId = Exclude<DeviceId, 'auto'>

/** Opens a device by id; `auto` has to be resolved first with `chooseDevice`. Throws StudioError('device'). */
export async function openDevice(id: RealDeviceId, options: DeviceOptions = {}): Promise<Device> {
  switch (id) {
    case 'cpu':
    case 'webgpu':
    case 'cuda':
    case 'directml':
      return openOnnxDevice(id, options)
    case 'tensorflow':
    case 'tfjs-cpu':
      return openEager(id)
    default:
      return assertNever(id)
  }
}

/** Devices worth trying on this machine; the oracle is not one of them. */
export function candidateDevices(): RealDeviceId[] {
  return [...listedOnnxDevices(), 'tensorflow']
}

export interface DeviceTrial extends DeviceInfo {
  id: RealDeviceId
  /** Milliseconds of the trial's larger training step, the least of a few; null when it failed. */
  stepMs: number | null
}

/**
 * Opens the device, runs a small training step on it, compares every result with the CPU's, and times it.
 * Never throws: what went wrong is the answer's `reason`.
 */
export async function tryDevice(id: RealDeviceId, progress: () => void = () => {}): Promise<DeviceTrial> {
  let device: Device | undefined
  try {
    device = await openDevice(id)
    progress()
    const { results, stepMs } = await trial(device, SMALL, progress)
    if (id !== 'cpu') {
      const reference = await openDevice('cpu')
      compare(results, (await trial(reference, SMALL, progress)).results)
      await reference.dispose()
    }
    // Small steps time the overhead of a fast GPU, large ones take minutes on an emulated one.
    const emulated = stepMs > 200
    const largeMs = emulated ? stepMs * (work(LARGE) / work(SMALL)) : (await trial(device, LARGE, progress)).stepMs
    return { id, name: `${device.name} (${device.engine})`, available: true, reason: null, stepMs: largeMs }
  } catch (error) {
    return { id, name: id, available: false, reason: StudioError.from(error).message, stepMs: null }
  } finally {
    await device?.dispose()
  }
}

interface TrialShape {
  batch: number
  size: number
  channels: number
}
const SMALL: TrialShape = { batch: 32, size: 32, channels: 16 }
const LARGE: TrialShape = { batch: 64, size: 32, channels: 64 }
const work = ({ batch, size, channels }: TrialShape): number => batch * (size * channels) ** 2

/** Convolution, batch normalisation and ReLU with all their gradients, on a state that stays on the device. */
function trialProgram({ batch, size, channels }: TrialShape): Program {
  return {
    name: 'device trial',
    inputs: { x: [batch, size, size, channels] },
    step({ filter, gamma, beta }, { x }) {
      const forward = (f: tf.Tensor, g: tf.Tensor, b: tf.Tensor) => {
        const y = tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 1, 1)
        const normal = batchNormalizationTraining(y, g as tf.Tensor1D, b as tf.Tensor1D).y
        return tf.mean<tf.Scalar>(tf.square(tf.relu(normal)))
      }
      const at = [filter, gamma, beta] as [tf.Tensor, tf.Tensor, tf.Tensor]
      const { value, grads } = tf.valueAndGrads(forward)(at)
      const [df, dg, db] = grads as typeof at
      const descend = (w: tf.Tensor | undefined, d: tf.Tensor) => tf.sub(w as tf.Tensor, tf.mul(d, 0.1))
      return {
        state: { filter: descend(filter, df), gamma: descend(gamma, dg), beta: descend(beta, db) },
        outputs: { loss: value },
      }
    },
  }
}

async function trial(
  device: Device,
  shape: TrialShape,
  progress: () => void,
): Promise<{ results: NamedArrays; stepMs: number }> {
  const { batch, size, channels } = shape
  const ramp = (n: number) => Float32Array.from({ length: n }, (_, i) => Math.sin(0.7 * i + 0.3 * (i % 11)))
  const state = await device.createState({
    filter: { shape: [3, 3, channels, channels], data: ramp(9 * channels * channels) },
    gamma: { shape: [channels], data: new Float32Array(channels).fill(1) },
    beta: { shape: [channels], data: ramp(channels) },
  })
  const program = await device.compile(trialProgram(shape), state)
  progress()
  const x = ramp(batch * size * size * channels)
  const results: NamedArrays = {}
  let stepMs = Infinity
  for (let step = 0; step < 3; step++) {
    const start = performance.now()
    const { loss } = await program.run({ x })
    stepMs = Math.min(stepMs, performance.now() - start)
    results[`loss ${step}`] = loss as Float32Array
    progress()
  }
  for (const [name, { data }] of Object.entries(await state.read())) results[name] = data
  program.dispose()
  return { results, stepMs }
}

function compare(results: NamedArrays, reference: NamedArrays): void {
  for (const [name, expected] of Object.entries(reference)) {
    const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-3)
    const worst = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - (results[name]?.[i] ?? NaN))), 0)
    if (!(worst <= 1e-2 * scale)) {
      throw new StudioError('device', `It computes wrong numbers: ${name} is off by ${worst} of ${scale}.`)
    }
  }
}
