/** Networks by id: what they consist of, how they start, and their forward pass. */
import { StudioError } from '../../shared/errors'
import { channelAffine } from '../ops/channelAffine'
import type { NamedTensors, NamedValues } from '../program'
import { PURPOSE, Random } from '../random'
import { tf } from '../tensorflow'
import { apply, type Forward } from './apply'
import { describe, type ParameterSpec, type StatisticSpec } from './describe'
import { densenetFamily } from './densenet'
import type { Family } from './family'
import type { Initial } from './layers'
import { preactFamily } from './preact'
import { resnetFamily } from './resnet'
import { vggFamily } from './vgg'
import { wrnFamily } from './wrn'

export type { Forward } from './apply'
export type { ParameterRole, ParameterSpec, StatisticSpec } from './describe'

const FAMILIES: Family[] = [vggFamily, resnetFamily, wrnFamily, preactFamily, densenetFamily]

/** Size of the images a network takes and how many classes it tells apart. */
export interface ImageShape {
  height: number
  width: number
  channels: number
  classes: number
}
export const CIFAR: ImageShape = { height: 32, width: 32, channels: 3, classes: 10 }

/** CIFAR-10's mean and deviation per channel, on images in [0, 1]. */
export const MEAN = [0.4914, 0.4822, 0.4465]
export const DEVIATION = [0.247, 0.2435, 0.2616]

export interface ForwardOptions {
  /** Batch statistics (training) or running ones (evaluation). */
  training: boolean
  /** Images are in [0, 1] and are normalised by the model (the default), or are taken as they are. */
  normalise?: boolean
}

export interface Network {
  id: string
  family: string
  image: ImageShape
  parameters: ParameterSpec[]
  statistics: StatisticSpec[]
  multiplyAdds: number
  /** Parameters and running statistics at the start, float32, repeatable by seed. */
  initialise(seed: number): NamedValues
  /** @param images [N, H, W, C] float32 */
  forward(state: NamedTensors, images: tf.Tensor4D, options: ForwardOptions): Forward
}

/** Throws StudioError('bad-input') for an id of no family. */
export function network(id: string, image: ImageShape = CIFAR): Network {
  for (const family of FAMILIES) {
    const architecture = family.architecture(id)
    if (!architecture) continue
    const shape = [image.height, image.width, image.channels]
    const { parameters, statistics, multiplyAdds } = describe(architecture, shape, image.classes)
    return {
      id,
      family: family.name,
      image,
      parameters,
      statistics,
      multiplyAdds,
      initialise: (seed) => initialise(parameters, statistics, seed),
      forward(state, images, { training, normalise = true }) {
        return apply(architecture, state, normalise ? normalised(images) : images, image.classes, training)
      },
    }
  }
  const known = FAMILIES.map((family) => family.form).join('; ')
  throw new StudioError('bad-input', `There is no network "${id}".`, { hint: `Known: ${known}.` })
}

export const networkIds = (): string[] => FAMILIES.flatMap((family) => family.members)

/** The rows of the `networks` command. */
export function describeNetworks() {
  return networkIds().map((id) => {
    const { family, parameters, multiplyAdds } = network(id)
    const count = parameters.reduce((sum, { shape }) => sum + size(shape), 0)
    return { id, family, parameters: count, tensors: parameters.length, multiplyAdds }
  })
}

function normalised(images: tf.Tensor4D): tf.Tensor4D {
  if (images.shape[3] !== 3) throw new StudioError('bad-input', 'Networks take images of 3 channels.')
  const scale = tf.tensor1d(DEVIATION.map((deviation) => 1 / deviation))
  const shift = tf.tensor1d(DEVIATION.map((deviation, c) => -(MEAN[c] as number) / deviation))
  return channelAffine(images, scale, shift)
}

function initialise(parameters: ParameterSpec[], statistics: StatisticSpec[], seed: number): NamedValues {
  const values: NamedValues = {}
  parameters.forEach(({ name, shape, initial }, k) => {
    values[name] = { shape, data: draw(initial, shape, new Random(seed, PURPOSE.initialise, k)) }
  })
  for (const { name, shape, initial } of statistics) {
    values[name] = { shape, data: new Float32Array(size(shape)).fill(initial) }
  }
  return values
}

/** @param shape of a filter, HWIO, where fans matter */
function draw(initial: Initial, shape: number[], random: Random): Float32Array {
  const data = new Float32Array(size(shape))
  if (initial.kind === 'constant') return data.fill(initial.value)
  if (initial.kind === 'uniform') {
    return data.map(() => initial.low + (initial.high - initial.low) * random.uniform())
  }
  const [height, width, inputs, outputs] = shape as [number, number, number, number]
  const deviation = Math.sqrt(2 / (height * width * (initial.fan === 'in' ? inputs : outputs)))
  return data.map(() => deviation * random.normal())
}

const size = (shape: number[]): number => shape.reduce((product, dim) => product * dim, 1)
