/**
 * What the engine runs: a *program*, a pure step function written with TensorFlow.js operations over named tensors.
 * It is either traced once and compiled to ONNX, or called eagerly on an installed TensorFlow.js backend; the caller
 * cannot tell the difference. This file holds the types only; `devices/` opens a device, `compile/` lowers programs.
 *
 *   const device = await openDevice('cpu')
 *   const state = await device.createState(initialise(network, seed))
 *   const step = await device.compile(trainingStep(network, options), state)
 *   const { loss } = await step.run({ images, targets, learningRate })
 *   const weights = await state.read()
 */
import type { Tensor } from '@tensorflow/tfjs-core'

/** Shapes of the named tensors a program takes. Everything is float32; images are NHWC, filters HWIO. */
export type Signature = Record<string, number[]>

export type NamedTensors = Record<string, Tensor>

/** Host values by name, in the logical TensorFlow.js layout (NHWC, HWIO), row-major. */
export type NamedArrays = Record<string, Float32Array>

/** A named float32 array with its shape: how weights are initialised, saved and loaded. */
export interface ArrayValue {
  shape: number[]
  data: Float32Array
}
export type NamedValues = Record<string, ArrayValue>

export interface Program {
  /** For graphs, errors and benchmarks: "resnet_basic_20/train". */
  name: string
  inputs: Signature
  /**
   * One step. `state` holds every entry of the state the program is compiled against; entries returned under `state`
   * replace the old ones, all others keep their value. Must be pure: no data-dependent control flow, no reading of
   * values, randomness only through inputs.
   */
  step(state: NamedTensors, inputs: NamedTensors): { state?: NamedTensors; outputs: NamedTensors }
}

/** Tensors that live on the device between steps (weights, momentum, running statistics); shared by programs. */
export interface DeviceState {
  /** A copy of the current values of all (or the named) entries. */
  read(names?: string[]): Promise<NamedValues>
  /** Replaces the values of the entries given. Throws StudioError when a name or shape does not fit. */
  write(values: NamedValues): Promise<void>
  dispose(): void
}

export interface CompiledProgram {
  /** Runs one step: inputs from host memory, outputs to host memory, state updated in place on the device. */
  run(inputs: NamedArrays): Promise<NamedArrays>
  dispose(): void
}

export interface Device {
  /** The device that really runs, never 'auto'. */
  readonly id: Exclude<import('../domain/runs/devices').DeviceId, 'auto'>
  /** For a person and for reports: "CPU, 2 threads". */
  readonly name: string
  /** Engine and version: "onnxruntime-node 1.30.0". */
  readonly engine: string
  createState(values: NamedValues): Promise<DeviceState>
  compile(program: Program, state: DeviceState): Promise<CompiledProgram>
  dispose(): Promise<void>
}

export interface DeviceOptions {
  /** CPU threads for one step; default: all physical cores. */
  threads?: number
  /** `nchw` keeps the CPU from its blocked kernels: for comparison and for tests of the path other devices take. */
  layout?: 'auto' | 'nchw'
}
