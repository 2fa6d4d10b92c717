/**
 * Runs programs by calling them on an installed TensorFlow.js backend: `tfjs-cpu`, pure JavaScript, the oracle that
 * compiled programs are tested against, and `tensorflow`, the native bindings a user may have installed (CUDA).
 * Not here: tracing and ONNX (compile/, onnx.ts).
 */
import util from 'node:util'
import { StudioError } from '../../domain/errors'
import type { ArrayValue, CompiledProgram, Device, DeviceState, NamedTensors, NamedValues, Program } from '../program'
import { tf } from '../tensorflow'

export type EagerDeviceId = 'tfjs-cpu' | 'tensorflow'

/** Throws StudioError('device') when the backend is not installed or does not start. */
export async function openEager(id: EagerDeviceId): Promise<Device> {
  const { backend, name, engine } = id === 'tfjs-cpu' ? await loadJavaScript() : await loadNative()
  if (!(await tf.setBackend(backend))) throw new StudioError('device', `TensorFlow.js could not start ${name}.`)
  return {
    id,
    name,
    engine,
    createState: async (values) => new EagerState(backend, values),
    compile: async (program, state) => prepare(backend, program, state),
    dispose: async () => {},
  }
}

interface Backend {
  /** The name it has in TensorFlow.js. */
  backend: string
  name: string
  engine: string
}

async function loadJavaScript(): Promise<Backend> {
  try {
    await import('@tensorflow/tfjs-backend-cpu')
  } catch (cause) {
    const hint = 'It serves tests; install it with: npm install --no-save @tensorflow/tfjs-backend-cpu'
    throw new StudioError('device', 'The JavaScript backend of TensorFlow.js is not installed.', { hint }, { cause })
  }
  return { backend: 'cpu', name: 'JavaScript (test oracle)', engine: `tfjs-backend-cpu ${tf.version_core}` }
}

const NATIVE_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']

async function loadNative(): Promise<Backend> {
  // tfjs-node 4.22 calls util.isNullOrUndefined, which Node 23 removed.
  const legacy = util as typeof util & { isNullOrUndefined?: (value: unknown) => boolean }
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined
  const failures: string[] = []
  for (const name of NATIVE_PACKAGES) {
    try {
      // A variable specifier: an optional package that no bundler may try to resolve.
      await import(/* @vite-ignore */ name)
      if (tf.engine().registryFactory['tensorflow']) {
        return { backend: 'tensorflow', name: `TensorFlow (${name})`, engine: `${name} ${tf.version_core}` }
      }
      failures.push(`${name}: loaded, but it registered its backend with another copy of tfjs-core`)
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new StudioError('device', 'No native TensorFlow.js backend is installed.', {
    hint:
      'Install one with its scripts allowed: npm install --no-save --ignore-scripts=false @tensorflow/tfjs-node-gpu ' +
      '(CUDA 11) or @tensorflow/tfjs-node (CPU).',
    details: failures.join('\n'),
  })
}

/** Makes `backend` current; its factory is synchronous, so it is in place when this returns. */
function use(backend: string): void {
  if (tf.getBackend() !== backend) void tf.setBackend(backend)
}

/** A tensor outside every scope holding a copy of the data: the JavaScript backend would keep the caller's array. */
const tensorOf = ({ shape, data }: ArrayValue): tf.Tensor => tf.tensor(data.slice(), shape, 'float32')

const sizeOf = (shape: number[]): number => shape.reduce((product, dim) => product * dim, 1)

class EagerState implements DeviceState {
  readonly tensors: NamedTensors = {}

  constructor(
    private readonly backend: string,
    values: NamedValues,
  ) {
    use(backend)
    for (const [name, value] of Object.entries(values)) {
      if (value.data.length !== sizeOf(value.shape)) throw misfit(name, value, value.shape)
      this.tensors[name] = tensorOf(value)
    }
  }

  async read(names = Object.keys(this.tensors)): Promise<NamedValues> {
    use(this.backend)
    const values: NamedValues = {}
    for (const name of names) {
      const tensor = this.entry(name)
      values[name] = { shape: [...tensor.shape], data: (tensor.dataSync() as Float32Array).slice() }
    }
    return values
  }

  async write(values: NamedValues): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const { shape } = this.entry(name)
      if (value.shape.join() !== shape.join() || value.data.length !== sizeOf(shape)) throw misfit(name, value, shape)
    }
    use(this.backend)
    for (const [name, value] of Object.entries(values)) this.replace(name, tensorOf(value))
  }

  replace(name: string, tensor: tf.Tensor): void {
    this.entry(name).dispose()
    this.tensors[name] = tensor
  }

  dispose(): void {
    use(this.backend)
    for (const name of Object.keys(this.tensors)) {
      this.tensors[name]?.dispose()
      delete this.tensors[name]
    }
  }

  private entry(name: string): tf.Tensor {
    const tensor = this.tensors[name]
    if (!tensor) throw new StudioError('bad-input', `The state has no entry "${name}".`)
    return tensor
  }
}

function misfit(name: string, value: ArrayValue, shape: number[]): StudioError {
  const got = `${value.data.length} values of shape [${value.shape.join(', ')}]`
  return new StudioError('bad-input', `The state's "${name}" has shape [${shape.join(', ')}] and cannot take ${got}.`)
}

function prepare(backend: string, program: Program, state: DeviceState): CompiledProgram {
  if (!(state instanceof EagerState)) {
    throw new StudioError('internal', `The program ${program.name} was given the state of another device.`)
  }
  const expected = Object.entries(program.inputs)
  return {
    async run(inputs) {
      for (const [name, shape] of expected) {
        if (inputs[name]?.length === sizeOf(shape)) continue
        const got = inputs[name] ? `${inputs[name].length} values` : 'nothing'
        const message = `The program ${program.name} takes "${name}" of shape [${shape.join(', ')}] and was given ${got}.`
        throw new StudioError('bad-input', message)
      }
      use(backend)
      const outputs: Record<string, Float32Array> = {}
      // State comes out as fresh tensors (a clone shares the data), so that what it replaces can be disposed of safely.
      const updates = tf.tidy(() => {
        const tensors = Object.fromEntries(
          expected.map(([name, shape]) => [name, tensorOf({ shape, data: inputs[name] as Float32Array })]),
        )
        const result = program.step({ ...state.tensors }, tensors)
        for (const [name, tensor] of Object.entries(result.outputs)) {
          outputs[name] = Float32Array.from(tensor.dataSync())
        }
        return Object.fromEntries(Object.entries(result.state ?? {}).map(([name, tensor]) => [name, tf.clone(tensor)]))
      })
      for (const [name, tensor] of Object.entries(updates)) state.replace(name, tensor)
      return outputs
    },
    dispose() {},
  }
}
