/** Reads an architecture with shapes: its parameters and running statistics in order, and its multiply-adds. */
import { StudioError } from '../../domain/errors'
import type { Architecture, Initial, Layers } from './layers'

export type ParameterRole = 'conv' | 'conv_bias' | 'bn_gamma' | 'bn_beta' | 'fc_weight' | 'fc_bias'

export interface ParameterSpec {
  /** "stage2.block1.conv1/filter" */
  name: string
  /** Filters HWIO, linear weights [in, out]. */
  shape: number[]
  role: ParameterRole
  initial: Initial
}

export interface StatisticSpec {
  name: string
  shape: number[]
  /** Running mean 0, running variance 1. */
  initial: number
}

export interface Description {
  /** In execution order, weight before bias; in residual blocks the main path before the shortcut. */
  parameters: ParameterSpec[]
  statistics: StatisticSpec[]
  /** Of convolutions and the final linear layer, for one image. */
  multiplyAdds: number
  /** Places where two paths are mixed by random weights in training. */
  mixtures: number
}

const ZERO: Initial = { kind: 'constant', value: 0 }
const ONE: Initial = { kind: 'constant', value: 1 }

/**
 * Throws StudioError('bad-input') where an image is too small, or of a size at which shapes do not meet.
 *
 * @param image [H, W, C]
 */
export function describe(architecture: Architecture, image: number[], classes: number): Description {
  const parameters: ParameterSpec[] = []
  const statistics: StatisticSpec[] = []
  let multiplyAdds = 0
  let mixtures = 0
  const layers: Layers<number[]> = {
    convolution(name, x, channels, options) {
      const { size, stride = 1, groups = 1, initial = { kind: 'kaiming', fan: 'out' }, bias = false } = options
      const inputs = last(x) / groups
      const [height, width] = x.slice(0, 2).map((side) => Math.floor((side - 1) / stride) + 1) as [number, number]
      parameters.push({ name: `${name}/filter`, shape: [size, size, inputs, channels], role: 'conv', initial })
      if (bias) parameters.push({ name: `${name}/bias`, shape: [channels], role: 'conv_bias', initial: ZERO })
      multiplyAdds += height * width * channels * size * size * inputs
      return [height, width, channels]
    },
    batchNormalization(name, x, { initial = ONE } = {}) {
      const shape = [last(x)]
      parameters.push({ name: `${name}/gamma`, shape, role: 'bn_gamma', initial })
      parameters.push({ name: `${name}/beta`, shape, role: 'bn_beta', initial: ZERO })
      statistics.push({ name: `${name}/mean`, shape, initial: 0 }, { name: `${name}/variance`, shape, initial: 1 })
      return x
    },
    relu: (x) => x,
    add(a, b) {
      if (a.join() !== b.join()) throw misfit(image, `[${a.join(', ')}] and [${b.join(', ')}] would be added`)
      return a
    },
    maxPool: (x) => halved(x, image),
    averagePool: (x) => halved(x, image),
    concatenate: (a, b) => [...a.slice(0, 2), last(a) + last(b)],
    padChannels: (x, channels) => [...x.slice(0, 2), channels],
    everyOtherPixel([height = 0, width = 0, channels = 0]) {
      if (height % 2 !== 0 || width % 2 !== 0) throw misfit(image, `${height} by ${width} cannot be halved`)
      return [height / 2, width / 2, channels]
    },
    mix(a) {
      mixtures++
      return a
    },
    globalAveragePool: (x) => [last(x)],
    linear(name, x, units) {
      const limit = 1 / Math.sqrt(last(x))
      const initial: Initial = { kind: 'uniform', low: -limit, high: limit }
      parameters.push({ name: `${name}/weight`, shape: [last(x), units], role: 'fc_weight', initial })
      parameters.push({ name: `${name}/bias`, shape: [units], role: 'fc_bias', initial: ZERO })
      multiplyAdds += last(x) * units
      return [units]
    },
    channels: last,
  }
  architecture(layers, image, classes)
  return { parameters, statistics, multiplyAdds, mixtures }
}

const last = (shape: number[]): number => shape[shape.length - 1] as number

function halved([height = 0, width = 0, channels = 0]: number[], image: number[]): number[] {
  if (Math.min(height, width) < 2) throw misfit(image, `nothing of a ${height} by ${width} image is left to pool`)
  return [Math.floor(height / 2), Math.floor(width / 2), channels]
}

function misfit([height, width]: number[], reason: string): StudioError {
  return new StudioError('bad-input', `This network takes no images of ${height} by ${width} pixels: ${reason}.`)
}
