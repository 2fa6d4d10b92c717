/**
 * PyramidNet with basic blocks (Han et al., CVPR 2017), as the paper trains it at depth 110 and alpha 270: 16 channels
 * in the stem grow by an equal step in each of depth / 2 - 1 blocks to 16 + alpha. Shortcuts have no parameters: the
 * input, average-pooled where the block is strided, with channels of zeros appended.
 */
import type { Architecture, Layers } from './layers'
import { sizesOf, type Family } from './family'

const STEM = 16

export function pyramidnet(depth: number, alpha: number): Architecture {
  const perStage = (depth - 2) / 6
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, STEM, { size: 3 })
    x = layers.batchNormalization('bn1', x)
    let channels = STEM
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= perStage; block++) {
        channels += alpha / (3 * perStage)
        const stride = stage > 1 && block === 1 ? 2 : 1
        x = basicBlock(layers, `stage${stage}.block${block}`, x, roundHalfToEven(channels), stride)
      }
    }
    x = layers.relu(layers.batchNormalization('bn2', x))
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

function basicBlock<T>(layers: Layers<T>, name: string, x: T, channels: number, stride: 1 | 2): T {
  let y = layers.batchNormalization(`${name}.bn1`, x)
  y = layers.convolution(`${name}.conv1`, y, channels, { size: 3, stride })
  y = layers.relu(layers.batchNormalization(`${name}.bn2`, y))
  y = layers.convolution(`${name}.conv2`, y, channels, { size: 3 })
  y = layers.batchNormalization(`${name}.bn3`, y)
  return layers.add(y, layers.padChannels(stride === 2 ? layers.averagePool(x) : x, channels))
}

/** As the reference rounds its widths. */
function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  return x - below === 0.5 ? below + (below % 2) : Math.round(x)
}

/** `pyramidnet_basic_<depth>_<alpha>`. */
export const pyramidnetFamily: Family = {
  name: 'pyramidnet',
  members: ['pyramidnet_basic_8_24', 'pyramidnet_basic_20_24', 'pyramidnet_basic_110_270'],
  form: 'pyramidnet_basic_<depth>_<channels added in all>, depth = 6n + 2',
  architecture(id) {
    const [depth = 0, alpha = -1] = sizesOf(/^pyramidnet_basic_(\d{1,4})_(\d{1,4})$/, id)
    return depth >= 8 && (depth - 2) % 6 === 0 && alpha >= 0 ? pyramidnet(depth, alpha) : null
  },
}
