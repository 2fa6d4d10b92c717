/**
 * Pre-activation ResNet with bottlenecks (He et al., ECCV 2016), as the paper trains it at depth 164: three stages of
 * (depth - 2) / 9 blocks. The first stage keeps the stem's width, so that its bottlenecks are a quarter of it; the
 * others put out 8 and 16 times it. In a stage's first block the shortcut too starts behind the first batch
 * normalisation and ReLU.
 */
import type { Architecture, Layers } from './layers'
import { sizesOf, type Family } from './family'

const STAGES = [
  { name: 'stage1', output: 1 },
  { name: 'stage2', output: 8 },
  { name: 'stage3', output: 16 },
]

export function preactBottleneck(depth: number, width = 16): Architecture {
  const blocks = (depth - 2) / 9
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, width, { size: 3 })
    for (const [index, { name, output }] of STAGES.entries()) {
      for (let block = 1; block <= blocks; block++) {
        const stride = index > 0 && block === 1 ? 2 : 1
        x = bottleneck(layers, `${name}.block${block}`, x, { channels: width * output, stride, first: block === 1 })
      }
    }
    x = layers.relu(layers.batchNormalization('bn', x))
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

interface Block {
  channels: number
  stride: 1 | 2
  /** Of its stage. */
  first: boolean
}

function bottleneck<T>(layers: Layers<T>, name: string, x: T, { channels, stride, first }: Block): T {
  const inner = channels / 4
  const activated = layers.relu(layers.batchNormalization(`${name}.bn1`, x))
  let y = layers.convolution(`${name}.conv1`, activated, inner, { size: 1 })
  y = layers.relu(layers.batchNormalization(`${name}.bn2`, y))
  y = layers.convolution(`${name}.conv2`, y, inner, { size: 3, stride })
  y = layers.relu(layers.batchNormalization(`${name}.bn3`, y))
  y = layers.convolution(`${name}.conv3`, y, channels, { size: 1 })
  let shortcut = first ? activated : x
  if (layers.channels(x) !== channels) {
    shortcut = layers.convolution(`${name}.shortcut.conv`, shortcut, channels, { size: 1, stride })
  }
  return layers.add(y, shortcut)
}

/** `resnet_preact_bottleneck_<depth>`, optionally `_w<width>` for another stem than 16, a multiple of 4. */
export const preactFamily: Family = {
  name: 'resnet_preact',
  members: ['resnet_preact_bottleneck_11', 'resnet_preact_bottleneck_20', 'resnet_preact_bottleneck_164'],
  form: 'resnet_preact_bottleneck_<depth>, depth = 9n + 2, optionally followed by _w<width>, a multiple of 4',
  architecture(id) {
    const [depth = 0, width = 16] = sizesOf(/^resnet_preact_bottleneck_(\d{1,4})(?:_w(\d{1,4}))?$/, id)
    const fits = depth >= 11 && (depth - 2) % 9 === 0 && width >= 4 && width % 4 === 0
    return fits ? preactBottleneck(depth, width) : null
  },
}
