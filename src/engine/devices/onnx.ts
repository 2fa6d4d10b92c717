/**
 * Devices that run compiled programs on ONNX Runtime: `cpu` and `webgpu` everywhere, `cuda` and `directml` where the
 * installed onnxruntime-node lists them. State tensors stay on the device; every tensor has exactly one owner, which
 * disposes it when it is replaced (GPU buffers are not freed by garbage collection).
 */
import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'
import { StudioError } from '../../domain/errors'
import { compileToOnnx, type CompiledModel } from '../compile/compile'
import type { Target } from '../compile/lower'
import { encodeModel, FLOAT } from '../compile/lower/onnx'
import { NCHWC } from '../compile/lower/lowering'
import type {
  CompiledProgram,
  Device,
  DeviceOptions,
  DeviceState,
  NamedArrays,
  NamedValues,
  Program,
  Signature,
} from '../program'

export type OnnxDeviceId = 'cpu' | 'webgpu' | 'cuda' | 'directml'

const PROVIDERS: Record<OnnxDeviceId, string> = { cpu: 'cpu', webgpu: 'webgpu', cuda: 'cuda', directml: 'dml' }

/** Execution providers of the installed package, by our names. */
export function listedOnnxDevices(): OnnxDeviceId[] {
  const listed = new Set(ort.listSupportedBackends().map(({ name }) => name))
  return (Object.keys(PROVIDERS) as OnnxDeviceId[]).filter((id) => listed.has(PROVIDERS[id]))
}

export async function openOnnxDevice(id: OnnxDeviceId, options: DeviceOptions = {}): Promise<Device> {
  const threads = options.threads ?? availableParallelism()
  if (!listedOnnxDevices().includes(id)) {
    throw new StudioError('device', `onnxruntime-node on this machine does not offer ${id}.`)
  }
  const target: Target =
    id === 'cpu'
      ? { block: options.layout === 'nchw' ? 1 : await channelBlock(), microsoft: true, threads }
      : { block: 1, microsoft: false, threads: 1 }
  return new OnnxDevice(id, threads, target)
}

class OnnxDevice implements Device {
  readonly name: string
  readonly engine = `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`
  private readonly states = new Set<OnnxState>()
  private readonly programs = new Set<OnnxProgram>()
  /**
   * Sessions of disposed programs on a GPU. A tensor that a session left on the device lives in that session's memory,
   * so sessions go only after every state has gone: the other order is a segmentation fault.
   */
  private readonly retired: ort.InferenceSession[] = []

  constructor(
    readonly id: OnnxDeviceId,
    private readonly threads: number,
    private readonly target: Target,
  ) {
    const words = { cpu: `CPU, ${threads} thread${threads === 1 ? '' : 's'}`, webgpu: 'GPU through WebGPU' }
    this.name = id === 'cpu' || id === 'webgpu' ? words[id] : `GPU through ${id === 'cuda' ? 'CUDA' : 'DirectML'}`
  }

  createState(values: NamedValues): Promise<DeviceState> {
    const state = new OnnxState(
      values,
      (shapes) => this.copySession(shapes),
      () => {
        this.states.delete(state)
        if (this.states.size === 0) for (const session of this.retired.splice(0)) void session.release()
      },
    )
    this.states.add(state)
    return Promise.resolve(state)
  }

  async compile(program: Program, state: DeviceState): Promise<CompiledProgram> {
    if (!(state instanceof OnnxState)) throw new StudioError('internal', 'This state belongs to another device.')
    const model = compileToOnnx(program, state.shapes(), this.target)
    const compiled = new OnnxProgram(program, model, state, await this.session(model), (session) => {
      this.programs.delete(compiled)
      if (this.id === 'cpu' || this.states.size === 0) void session.release()
      else this.retired.push(session)
    })
    this.programs.add(compiled)
    return compiled
  }

  dispose(): Promise<void> {
    for (const program of [...this.programs]) program.dispose()
    for (const state of [...this.states]) state.dispose()
    return Promise.resolve()
  }

  private session(model: CompiledModel): Promise<ort.InferenceSession> {
    const location: Record<string, ort.Tensor.DataLocation> = {}
    if (this.id === 'webgpu') for (const output of model.updates.values()) location[output] = 'gpu-buffer'
    return this.create(model.bytes, location)
  }

  /** Tensors on a GPU are read back by an identity model with outputs in host memory. */
  private copySession(shapes: Signature): Promise<ort.InferenceSession> {
    const entries = Object.entries(shapes)
    const graph = {
      name: 'copy',
      nodes: entries.map(([name]) => ({
        op: 'Identity',
        domain: '',
        name,
        inputs: [`state/${name}`],
        outputs: [name],
        attributes: {},
      })),
      initializers: [],
      inputs: entries.map(([name, dims]) => ({ name: `state/${name}`, type: FLOAT, dims })),
      outputs: entries.map(([name, dims]) => ({ name, type: FLOAT, dims })),
    }
    return this.create(encodeModel(graph), {})
  }

  private async create(
    bytes: Uint8Array,
    location: Record<string, ort.Tensor.DataLocation>,
  ): Promise<ort.InferenceSession> {
    try {
      return await ort.InferenceSession.create(bytes, {
        executionProviders: [PROVIDERS[this.id]],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: this.threads,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        ...(Object.keys(location).length > 0 ? { preferredOutputLocation: location } : {}),
      })
    } catch (error) {
      throw new StudioError('device', `${this.name} refused a program: ${String(error)}`, {}, { cause: error })
    }
  }
}

class OnnxState implements DeviceState {
  private readonly tensors = new Map<string, ort.Tensor>()
  private reader: ort.InferenceSession | null = null

  constructor(
    values: NamedValues,
    private readonly copySession: (shapes: Signature) => Promise<ort.InferenceSession>,
    private readonly disposed: () => void,
  ) {
    for (const [name, { shape, data }] of Object.entries(values)) this.tensors.set(name, hostTensor(name, shape, data))
  }

  shapes(): Signature {
    return Object.fromEntries([...this.tensors].map(([name, { dims }]) => [name, [...dims]]))
  }

  tensor(name: string): ort.Tensor {
    const tensor = this.tensors.get(name)
    if (!tensor) throw new StudioError('internal', `The state has no entry ${name}.`)
    return tensor
  }

  /** Takes ownership of `next` and frees what it replaces. */
  replace(name: string, next: ort.Tensor): void {
    const before = this.tensors.get(name)
    this.tensors.set(name, next)
    if (before && before !== next && before.location === 'gpu-buffer') before.dispose()
  }

  async read(names = [...this.tensors.keys()]): Promise<NamedValues> {
    const onDevice = names.some((name) => this.tensor(name).location !== 'cpu')
    const tensors = onDevice
      ? await this.download()
      : Object.fromEntries(names.map((name) => [name, this.tensor(name)]))
    return Object.fromEntries(
      names.map((name) => {
        const tensor = tensors[name] as ort.Tensor
        return [name, { shape: [...tensor.dims], data: Float32Array.from(tensor.data as Float32Array) }]
      }),
    )
  }

  private async download(): Promise<Record<string, ort.Tensor>> {
    this.reader ??= await this.copySession(this.shapes())
    const feeds = Object.fromEntries([...this.tensors].map(([name, tensor]) => [`state/${name}`, tensor]))
    return this.reader.run(feeds)
  }

  write(values: NamedValues): Promise<void> {
    for (const [name, { shape, data }] of Object.entries(values)) {
      const expected = this.tensor(name).dims
      if (expected.join() !== shape.join()) {
        throw new StudioError('bad-input', `${name} has shape [${shape.join()}], not [${expected.join()}].`)
      }
      this.replace(name, hostTensor(name, shape, data))
    }
    return Promise.resolve()
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) if (tensor.location === 'gpu-buffer') tensor.dispose()
    this.tensors.clear()
    void this.reader?.release()
    this.reader = null
    this.disposed()
  }
}

class OnnxProgram implements CompiledProgram {
  constructor(
    private readonly program: Program,
    private readonly model: CompiledModel,
    private readonly state: OnnxState,
    private session: ort.InferenceSession | null,
    private readonly retire: (session: ort.InferenceSession) => void,
  ) {}

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    if (!this.session) throw new StudioError('internal', `${this.program.name} was disposed.`)
    const feeds: Record<string, ort.Tensor> = {}
    for (const [name, graphName] of this.model.state) feeds[graphName] = this.state.tensor(name)
    for (const [name, graphName] of this.model.inputs) {
      feeds[graphName] = hostTensor(name, this.program.inputs[name] ?? [], inputs[name])
    }
    let results: ort.InferenceSession.ReturnType
    try {
      results = await this.session.run(feeds)
    } catch (error) {
      throw new StudioError('device', `${this.program.name} failed: ${String(error)}`, {}, { cause: error })
    }
    for (const [name, graphName] of this.model.updates) this.state.replace(name, results[graphName] as ort.Tensor)
    const outputs: NamedArrays = {}
    for (const [name, graphName] of this.model.outputs)
      outputs[name] = (results[graphName] as ort.Tensor).data as Float32Array
    return outputs
  }

  dispose(): void {
    const { session } = this
    this.session = null
    if (session) this.retire(session)
  }
}

function hostTensor(name: string, shape: number[], data: Float32Array | undefined): ort.Tensor {
  const size = shape.reduce((a, b) => a * b, 1)
  if (data?.length !== size) {
    const given = data ? `${data.length} numbers` : 'nothing'
    throw new StudioError('bad-input', `${name} wants ${size} numbers ([${shape.join()}]) and was given ${given}.`)
  }
  return new ort.Tensor('float32', data, shape)
}

let knownBlock: number | undefined

/** The channel block of this processor's NCHWc kernels, found by looking at where they put a ramp; 1 for none. */
export async function channelBlock(): Promise<number> {
  knownBlock ??= await probeChannelBlock()
  return knownBlock
}

async function probeChannelBlock(): Promise<number> {
  const dims = [1, 64, 1, 2]
  const graph = {
    name: 'block',
    nodes: [{ op: 'ReorderInput', domain: NCHWC, name: 'reorder', inputs: ['x'], outputs: ['y'], attributes: {} }],
    initializers: [],
    inputs: [{ name: 'x', type: FLOAT, dims }],
    outputs: [{ name: 'y', type: FLOAT, dims }],
  }
  try {
    const session = await ort.InferenceSession.create(encodeModel(graph), { logSeverityLevel: 4, intraOpNumThreads: 1 })
    const ramp = Float32Array.from({ length: 128 }, (_, i) => i)
    const { y } = await session.run({ x: new ort.Tensor('float32', ramp, dims) })
    await session.release()
    // Channel c, column w holds 2c + w: the second column of channel 0 comes after one block of first columns.
    const block = (y?.data as Float32Array).indexOf(1)
    return block >= 4 ? block : 1
  } catch {
    return 1
  }
}
