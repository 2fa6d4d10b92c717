/**
 * Optimisers in PyTorch's formulation, weight decay added to the gradient of every tensor:
 *
 *   g = gradient + weightDecay * p
 *   SGD    buffer = momentum * buffer + g;  p -= rate * (nesterov ? g + momentum * buffer : buffer)
 *   Adam   m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *          p -= rate / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)        (Kingma and Ba, ICLR 2015)
 */
import { assertNever } from '../../domain/errors'
import type { RunConfig } from '../../domain/runs/config'
import type { NamedArrays, NamedTensors, Signature } from '../program'
import { tf } from '../tensorflow'

export type OptimiserOptions = Pick<RunConfig, 'momentum' | 'nesterov' | 'weightDecay'> &
  Partial<Pick<RunConfig, 'optimiser'>>

export interface Optimiser {
  /** Names of what it keeps of a parameter, all zero at first and of the parameter's shape. */
  kept: (parameter: string) => string[]
  /** Further inputs of the training program. */
  signature: Signature
  /** Their values at a step, counted from 0. */
  inputs: (step: number) => NamedArrays
  /** New values of the parameter and of what is kept of it. */
  update: (parameter: string, state: NamedTensors, gradient: tf.Tensor, inputs: NamedTensors) => NamedTensors
}

/** Name of a parameter's momentum buffer, or first moment, in the state. */
export const momentumOf = (parameter: string): string => `${parameter}/momentum`
const secondMomentOf = (parameter: string): string => `${parameter}/second-moment`

export function optimiser(options: OptimiserOptions): Optimiser {
  const { optimiser: kind = 'sgd' } = options
  switch (kind) {
    case 'sgd':
      return sgd(options)
    case 'adam':
      return adam(options)
    default:
      return assertNever(kind)
  }
}

const decayed = (gradient: tf.Tensor, parameter: tf.Tensor, weightDecay: number): tf.Tensor =>
  weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay))

function sgd({ momentum, nesterov, weightDecay }: OptimiserOptions): Optimiser {
  return {
    kept: (parameter) => [momentumOf(parameter)],
    signature: {},
    inputs: () => ({}),
    update(name, state, gradient, { learningRate }) {
      const parameter = state[name] as tf.Tensor
      const old = state[momentumOf(name)] as tf.Tensor
      const g = decayed(gradient, parameter, weightDecay)
      const buffer = tf.add(tf.mul(old, momentum), g)
      const step = nesterov ? tf.add(g, tf.mul(buffer, momentum)) : buffer
      return { [name]: tf.sub(parameter, tf.mul(step, learningRate as tf.Tensor)), [momentumOf(name)]: buffer }
    },
  }
}

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8]

function adam({ weightDecay }: OptimiserOptions): Optimiser {
  return {
    kept: (parameter) => [momentumOf(parameter), secondMomentOf(parameter)],
    signature: { firstCorrection: [], secondCorrection: [] },
    inputs: (step) => ({
      firstCorrection: Float32Array.of(1 / (1 - BETA1 ** (step + 1))),
      secondCorrection: Float32Array.of(1 / Math.sqrt(1 - BETA2 ** (step + 1))),
    }),
    update(name, state, gradient, { learningRate, firstCorrection, secondCorrection }) {
      const parameter = state[name] as tf.Tensor
      const g = decayed(gradient, parameter, weightDecay)
      const first = tf.add(tf.mul(state[momentumOf(name)] as tf.Tensor, BETA1), tf.mul(g, 1 - BETA1))
      const second = tf.add(tf.mul(state[secondMomentOf(name)] as tf.Tensor, BETA2), tf.mul(tf.mul(g, g), 1 - BETA2))
      const scale = tf.add(tf.mul(tf.sqrt(second), secondCorrection as tf.Tensor), EPSILON)
      const step = tf.div(tf.mul(first, firstCorrection as tf.Tensor), scale)
      const moved = tf.sub(parameter, tf.mul(step, learningRate as tf.Tensor))
      return { [name]: moved, [momentumOf(name)]: first, [secondMomentOf(name)]: second }
    },
  }
}
