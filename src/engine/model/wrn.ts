/**
 * Wide residual network (Zagoruyko and Komodakis, BMVC 2016) without dropout, as the paper trains it at depth 28, ten
 * times as wide: three stages of (depth - 4) / 6 pre-activation blocks, widths 16k, 32k, 64k. A stage's first block
 * projects what its first batch normalisation and ReLU give, the others pass their raw input on.
 */
import type { Architecture, Initial, Layers } from './layers'
import { sizesOf, type Family } from './family'

const STEM = 16
const FAN_IN: Initial = { kind: 'kaiming', fan: 'in' }
const GAMMA: Initial = { kind: 'uniform', low: 0, high: 1 }

export function wideResnet(depth: number, widening: number): Architecture {
  const blocks = (depth - 4) / 6
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, STEM, { size: 3, initial: FAN_IN })
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= blocks; block++) {
        const stride = stage > 1 && block === 1 ? 2 : 1
        x = wideBlock(layers, `stage${stage}.block${block}`, x, STEM * widening * 2 ** (stage - 1), stride)
      }
    }
    x = layers.relu(layers.batchNormalization('bn', x, { initial: GAMMA }))
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

function wideBlock<T>(layers: Layers<T>, name: string, x: T, channels: number, stride: 1 | 2): T {
  const activated = layers.relu(layers.batchNormalization(`${name}.bn1`, x, { initial: GAMMA }))
  let y = layers.convolution(`${name}.conv1`, activated, channels, { size: 3, stride, initial: FAN_IN })
  y = layers.relu(layers.batchNormalization(`${name}.bn2`, y, { initial: GAMMA }))
  y = layers.convolution(`${name}.conv2`, y, channels, { size: 3, initial: FAN_IN })
  if (layers.channels(x) === channels) return layers.add(y, x)
  const projection = { size: 1, stride, initial: FAN_IN } as const
  return layers.add(y, layers.convolution(`${name}.shortcut.conv`, activated, channels, projection))
}

/** `wrn_<depth>_<widening>`. */
export const wrnFamily: Family = {
  name: 'wrn',
  members: ['wrn_10_2', 'wrn_16_4', 'wrn_28_10'],
  form: 'wrn_<depth>_<widening factor>, depth = 6n + 4',
  architecture(id) {
    const [depth = 0, widening = 0] = sizesOf(/^wrn_(\d{1,4})_(\d{1,3})$/, id)
    return depth >= 10 && (depth - 4) % 6 === 0 && widening >= 1 ? wideResnet(depth, widening) : null
  },
}
