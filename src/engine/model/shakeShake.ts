/**
 * Shake-Shake (Gastaldi 2017), as the paper trains it at depth 26 and width 64 with cutout 16: three stages of
 * (depth - 2) / 6 blocks, widths w, 2w, 4w, of two paths each, mixed at random for every image in training ("SSI": in
 * the forward and in the backward pass, image by image) and evenly in evaluation.
 */
import type { Architecture, Layers } from './layers'
import { sizesOf, type Family } from './family'

export function shakeShake(depth: number, width: number): Architecture {
  const blocks = (depth - 2) / 6
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, width, { size: 3 })
    x = layers.relu(layers.batchNormalization('bn', x))
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= blocks; block++) {
        const stride = stage > 1 && block === 1 ? 2 : 1
        x = shakeBlock(layers, `stage${stage}.block${block}`, x, width * 2 ** (stage - 1), stride)
      }
    }
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

function shakeBlock<T>(layers: Layers<T>, name: string, x: T, channels: number, stride: 1 | 2): T {
  const first = path(layers, `${name}.residual_path1`, x, channels, stride)
  const second = path(layers, `${name}.residual_path2`, x, channels, stride)
  const shortcut = stride === 1 ? x : downsample(layers, `${name}.shortcut.downsample`, x)
  return layers.add(layers.mix(first, second), shortcut)
}

function path<T>(layers: Layers<T>, name: string, x: T, channels: number, stride: 1 | 2): T {
  let y = layers.convolution(`${name}.conv1`, layers.relu(x), channels, { size: 3, stride })
  y = layers.relu(layers.batchNormalization(`${name}.bn1`, y))
  y = layers.convolution(`${name}.conv2`, y, channels, { size: 3 })
  return layers.batchNormalization(`${name}.bn2`, y)
}

/** Half the rows and columns, twice the channels: those of even and those of odd pixels. */
function downsample<T>(layers: Layers<T>, name: string, x: T): T {
  const channels = layers.channels(x)
  const activated = layers.relu(x)
  const even = layers.convolution(`${name}.conv1`, layers.everyOtherPixel(activated, 0), channels, { size: 1 })
  const odd = layers.convolution(`${name}.conv2`, layers.everyOtherPixel(activated, 1), channels, { size: 1 })
  return layers.batchNormalization(`${name}.bn`, layers.concatenate(even, odd))
}

const FORM = /^shake_shake_(\d{1,4})_2x(\d{1,4})d(?:_SSI)?(?:_cutout(\d{1,3}))?$/

/** `shake_shake_<depth>_2x<width>d`, optionally `_SSI`, optionally `_cutout<side>`. */
export const shakeShakeFamily: Family = {
  name: 'shake_shake',
  members: ['shake_shake_8_2x8d', 'shake_shake_26_2x8d', 'shake_shake_26_2x64d_SSI_cutout16'],
  form: 'shake_shake_<depth>_2x<width>d, depth = 6n + 2, optionally followed by _SSI and by _cutout<side>',
  architecture(id) {
    const [depth = 0, width = 0] = sizesOf(FORM, id)
    return depth >= 8 && (depth - 2) % 6 === 0 && width >= 1 ? shakeShake(depth, width) : null
  },
  cutout: (id) => sizesOf(FORM, id)[2] ?? 0,
}
