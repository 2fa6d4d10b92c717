/**
 * ResNet with basic blocks for 32x32 images (He et al., CVPR 2016, section 4.2), as the paper trains it at depth 110:
 * three stages of (depth - 2) / 6 blocks, widths w, 2w, 4w, and 1x1 projections with batch normalisation where the
 * channels change.
 */
import type { Architecture, Layers } from './layers'
import type { Family } from './family'

export function resnetBasic(depth: number, width = 16): Architecture {
  const blocks = (depth - 2) / 6
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, width, { size: 3 })
    x = layers.relu(layers.batchNormalization('bn', x))
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= blocks; block++) {
        const stride = stage > 1 && block === 1 ? 2 : 1
        x = basicBlock(layers, `stage${stage}.block${block}`, x, width * 2 ** (stage - 1), stride)
      }
    }
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

function basicBlock<T>(layers: Layers<T>, name: string, x: T, channels: number, stride: 1 | 2): T {
  let y = layers.convolution(`${name}.conv1`, x, channels, { size: 3, stride })
  y = layers.relu(layers.batchNormalization(`${name}.bn1`, y))
  y = layers.convolution(`${name}.conv2`, y, channels, { size: 3 })
  y = layers.batchNormalization(`${name}.bn2`, y)
  let shortcut = x
  if (layers.channels(x) !== channels) {
    shortcut = layers.convolution(`${name}.shortcut.conv`, x, channels, { size: 1, stride })
    shortcut = layers.batchNormalization(`${name}.shortcut.bn`, shortcut)
  }
  return layers.relu(layers.add(y, shortcut))
}

/** `resnet_basic_<depth>`, optionally `_w<width>` for another first-stage width than 16. */
export const resnetFamily: Family = {
  name: 'resnet',
  members: [
    'resnet_basic_8',
    'resnet_basic_14',
    'resnet_basic_20',
    'resnet_basic_32',
    'resnet_basic_56',
    'resnet_basic_110',
  ],
  form: 'resnet_basic_<depth>, depth = 6n + 2, optionally followed by _w<width>',
  architecture(id) {
    const match = /^resnet_basic_(\d{1,4})(?:_w(\d{1,4}))?$/.exec(id)
    if (!match) return null
    const depth = Number(match[1])
    const width = Number(match[2] ?? 16)
    return depth >= 8 && (depth - 2) % 6 === 0 && width >= 1 ? resnetBasic(depth, width) : null
  },
}
