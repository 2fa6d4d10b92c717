/**
 * DenseNet with bottlenecks and compression (Huang et al., CVPR 2017), as the paper trains it at depth 100 and growth
 * 12: three stages of (depth - 4) / 6 layers, each of which appends its channels to its input, and between stages a
 * transition that halves channels, rows and columns.
 */
import type { Architecture, Layers } from './layers'
import { sizesOf, type Family } from './family'

export function densenet(depth: number, growth: number): Architecture {
  const blocks = (depth - 4) / 6
  return (layers, images, classes) => {
    let x = layers.convolution('conv', images, 2 * growth, { size: 3 })
    for (const stage of [1, 2, 3]) {
      for (let block = 1; block <= blocks; block++) x = dense(layers, `stage${stage}.block${block}`, x, growth)
      if (stage < 3) x = transition(layers, `stage${stage}.transition`, x)
    }
    x = layers.relu(layers.batchNormalization('bn', x))
    return layers.linear('fc', layers.globalAveragePool(x), classes)
  }
}

function dense<T>(layers: Layers<T>, name: string, x: T, growth: number): T {
  let y = layers.relu(layers.batchNormalization(`${name}.bn1`, x))
  y = layers.convolution(`${name}.conv1`, y, 4 * growth, { size: 1 })
  y = layers.relu(layers.batchNormalization(`${name}.bn2`, y))
  y = layers.convolution(`${name}.conv2`, y, growth, { size: 3 })
  return layers.concatenate(x, y)
}

function transition<T>(layers: Layers<T>, name: string, x: T): T {
  const y = layers.relu(layers.batchNormalization(`${name}.bn`, x))
  return layers.averagePool(layers.convolution(`${name}.conv`, y, Math.floor(layers.channels(x) / 2), { size: 1 }))
}

/** `densenet_BC_<depth>_<growth>`. */
export const densenetFamily: Family = {
  name: 'densenet',
  members: ['densenet_BC_16_12', 'densenet_BC_40_12', 'densenet_BC_100_12'],
  form: 'densenet_BC_<depth>_<growth>, depth = 6n + 4',
  architecture(id) {
    const [depth = 0, growth = 0] = sizesOf(/^densenet_BC_(\d{1,4})_(\d{1,3})$/, id)
    return depth >= 10 && (depth - 4) % 6 === 0 && growth >= 1 ? densenet(depth, growth) : null
  },
}
