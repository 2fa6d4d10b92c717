/** Networks by id: what they consist of, how they start, and their forward pass. */
import { StudioError } from '../../domain/errors'
import { channelAffine } from './operations/channelAffine'
import type { NamedTensors, NamedValues } from '../program'
import { PURPOSE, Random } from '../../domain/addressedRandom'
import { tf } from '../tensorflow'
import { apply, type Forward, type Mode } from './apply'
import { describe, type ParameterSpec, type StatisticSpec } from './describe'
import { densenetFamily } from './densenet'
import type { Family } from './family'
import type { Initial } from './layers'
import { preactFamily } from './preact'
import { pyramidnetFamily } from './pyramidnet'
import { resnetFamily } from './resnet'
import { resnextFamily } from './resnext'
import { shakeShakeFamily } from './shakeShake'
import { vggFamily } from './vgg'
import { wrnFamily } from './wrn'

export type { Forward } from './apply'
export type { ParameterRole, ParameterSpec, StatisticSpec } from './describe'

/** In the paper's order. */
const FAMILIES: Family[] = [
  vggFamily,
  resnetFamily,
  wrnFamily,
  preactFamily,
  resnextFamily,
  densenetFamily,
  pyramidnetFamily,
  shakeShakeFamily,
]

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

/** What images in [0, 1] are shifted and scaled by, per channel, before the first convolution. */
const NORMALISATIONS = {
  cifar10: { mean: MEAN, deviation: DEVIATION },
  imagenet: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
}
export type Normalisation = keyof typeof NORMALISATIONS

export interface ForwardOptions extends Mode {
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
  /** Places where two paths are mixed by random weights in training (Shake-Shake); 0 in the other families. */
  mixtures: number
  /** Side of the square that training cuts out of each image; 0 for none. */
  cutout: number
  /** Parameters and running statistics at the start, float32, repeatable by seed. */
  initialise(seed: number): NamedValues
  /** @param images [N, H, W, C] float32 */
  forward(state: NamedTensors, images: tf.Tensor4D, options: ForwardOptions): Forward
}

/**
 * Throws StudioError('bad-input') for an id of no family. Networks are trained with CIFAR-10's normalisation; another
 * one gives the same parameters other images to see.
 */
export function network(id: string, image: ImageShape = CIFAR, normalisation: Normalisation = 'cifar10'): Network {
  for (const family of FAMILIES) {
    const architecture = family.architecture(id)
    if (!architecture) continue
    const shape = [image.height, image.width, image.channels]
    const { parameters, statistics, multiplyAdds, mixtures } = describe(architecture, shape, image.classes)
    return {
      id,
      family: family.name,
      image,
      parameters,
      statistics,
      multiplyAdds,
      mixtures,
      cutout: family.cutout?.(id) ?? 0,
      initialise: (seed) => initialise(parameters, statistics, seed),
      forward(state, images, { normalise = true, ...mode }) {
        return apply(architecture, state, normalise ? normalised(images, normalisation) : images, image.classes, mode)
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

function normalised(images: tf.Tensor4D, by: Normalisation): tf.Tensor4D {
  if (images.shape[3] !== 3) throw new StudioError('bad-input', 'Networks take images of 3 channels.')
  const { mean, deviation } = NORMALISATIONS[by]
  const scale = tf.tensor1d(deviation.map((each) => 1 / each))
  const shift = tf.tensor1d(deviation.map((each, c) => -(mean[c] as number) / each))
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
