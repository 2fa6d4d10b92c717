/** From a program to the bytes of an ONNX model: trace, rewrite, lower, encode. */
import type { Program, Signature } from '../program'
import { StudioError } from '../../domain/errors'
import { lower, type Lowered, type Target } from './lower'
import { encodeModel } from './lower/onnx'
import { rewrite } from './graph/rewrite'
import { trace } from './graph/trace'

export interface CompiledModel extends Omit<Lowered, 'graph'> {
  bytes: Uint8Array
}

/** Throws StudioError('device') naming the program when it uses something that cannot be compiled. */
export function compileToOnnx(program: Program, state: Signature, target: Target): CompiledModel {
  const graph = trace(program, state)
  try {
    rewrite(graph, target.block)
    const { graph: onnx, ...names } = lower(graph, program.name, target)
    return { ...names, bytes: encodeModel(onnx) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StudioError('device', `The program ${program.name} cannot be compiled: ${reason}`, {}, { cause: error })
  }
}
