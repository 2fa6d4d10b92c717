/**
 * VGG with batch normalisation (Simonyan and Zisserman, ICLR 2015), as the paper trains it at "depth" 15, which counts
 * its 13 convolutions and two more: five stages of 3x3 convolutions with bias, each followed by batch normalisation,
 * and 2x2 max-pooling after each stage. The released code has a ReLU only after a stage's first convolution;
 * `allrelu` is the usual network, with one after each.
 */
import type { Architecture, Initial } from './layers'
import { sizesOf, type Family } from './family'

/** Convolutions per stage, by depth. */
const STAGES: Record<number, number[]> = {
  7: [1, 1, 1, 1, 1],
  10: [1, 1, 2, 2, 2],
  12: [2, 2, 2, 2, 2],
  15: [2, 2, 3, 3, 3],
  18: [2, 2, 4, 4, 4],
}
const GAMMA: Initial = { kind: 'uniform', low: 0, high: 1 }

export function vgg(stages: number[], width: number, allRelu: boolean): Architecture {
  return (layers, images, classes) => {
    let x = images
    stages.forEach((convolutions, stage) => {
      const channels = width * Math.min(8, 2 ** stage)
      for (let i = 0; i < convolutions; i++) {
        x = layers.convolution(`stage${stage + 1}.conv${i}`, x, channels, { size: 3, bias: true })
        x = layers.batchNormalization(`stage${stage + 1}.bn${i}`, x, { initial: GAMMA })
        if (i === 0 || allRelu) x = layers.relu(x)
      }
      x = layers.maxPool(x)
    })
    // One pixel is left of 32x32, as in the paper; of larger images the average is taken.
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

/** `vgg_<depth>_BN_<width>`, optionally `_allrelu`. */
export const vggFamily: Family = {
  name: 'vgg',
  members: ['vgg_15_BN_16', 'vgg_15_BN_64', 'vgg_15_BN_16_allrelu', 'vgg_15_BN_64_allrelu'],
  form: `vgg_<depth>_BN_<width>, depth ${Object.keys(STAGES).join(', ')}, optionally followed by _allrelu`,
  architecture(id) {
    const [depth = 0, width = 0] = sizesOf(/^vgg_(\d{1,2})_BN_(\d{1,4})(?:_allrelu)?$/, id)
    const stages = STAGES[depth]
    return stages && width >= 1 ? vgg(stages, width, id.endsWith('_allrelu')) : null
  },
}
