/**
 * ResNeXt (Xie et al., CVPR 2017), as the paper trains it at depth 29 with 8 groups and a stem of 64: three stages of
 * (depth - 2) / 9 bottlenecks that put out 4, 8 and 16 times the stem's width, around 3x3 convolutions in groups.
 */
import type { Architecture, Layers } from './layers'
import { sizesOf, type Family } from './family'

export function resnext(depth: number, groups: number, width: number): Architecture {
  const blocks = (depth - 2) / 9
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, width, { size: 3 })
    x = layers.relu(layers.batchNormalization('bn', x))
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= blocks; block++) {
        const stride = stage > 1 && block === 1 ? 2 : 1
        x = bottleneck(layers, `stage${stage}.block${block}`, x, { channels: 2 * width * 2 ** stage, groups, stride })
      }
    }
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

interface Block {
  channels: number
  groups: number
  stride: 1 | 2
}

function bottleneck<T>(layers: Layers<T>, name: string, x: T, { channels, groups, stride }: Block): T {
  const inner = (groups * channels) / 4
  let y = layers.convolution(`${name}.conv1`, x, inner, { size: 1 })
  y = layers.relu(layers.batchNormalization(`${name}.bn1`, y))
  y = layers.convolution(`${name}.conv2`, y, inner, { size: 3, stride, groups })
  y = layers.relu(layers.batchNormalization(`${name}.bn2`, y))
  y = layers.convolution(`${name}.conv3`, y, channels, { size: 1 })
  y = layers.batchNormalization(`${name}.bn3`, y)
  let shortcut = x
  if (layers.channels(x) !== channels) {
    shortcut = layers.convolution(`${name}.shortcut.conv`, x, channels, { size: 1, stride })
    shortcut = layers.batchNormalization(`${name}.shortcut.bn`, shortcut)
  }
  return layers.relu(layers.add(y, shortcut))
}

/** `resnext_<depth>_<groups>x<width>d`. */
export const resnextFamily: Family = {
  name: 'resnext',
  members: ['resnext_11_4x8d', 'resnext_29_4x16d', 'resnext_29_8x64d'],
  form: 'resnext_<depth>_<groups>x<width>d, depth = 9n + 2',
  architecture(id) {
    const [depth = 0, groups = 0, width = 0] = sizesOf(/^resnext_(\d{1,4})_(\d{1,3})x(\d{1,4})d$/, id)
    const fits = depth >= 11 && (depth - 2) % 9 === 0 && groups >= 1 && width >= 1
    return fits ? resnext(depth, groups, width) : null
  },
}
