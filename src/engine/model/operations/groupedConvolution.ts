/**
 * Convolution in groups: output channels of group k see input channels of group k only. TensorFlow.js has none; its
 * eager form here splits, convolves and concatenates, and the compiler lowers it to one operator (compile/lower).
 */
import { tf } from '../../tensorflow'
import { registerOperation } from './registerOperation'

export const GROUPED_CONVOLUTION = 'GroupedConv2D'
export const GROUPED_CONVOLUTION_INPUT_GRADIENT = 'GroupedConv2DBackpropInput'
export const GROUPED_CONVOLUTION_FILTER_GRADIENT = 'GroupedConv2DBackpropFilter'

export interface GroupedConvolution {
  groups: number
  strides: number
  pad: number
}

/**
 * @param x [N, H, W, I] float32
 * @param filter [rows, columns, I / groups, O], the outputs of group 0 first
 */
export function groupedConvolution(x: tf.Tensor4D, filter: tf.Tensor4D, attributes: GroupedConvolution): tf.Tensor4D {
  const { groups } = attributes
  const [inputs, perGroup, outputs] = [x.shape[3], filter.shape[2], filter.shape[3]]
  if (inputs !== perGroup * groups || outputs % groups !== 0) {
    throw new Error(`${groups} groups do not divide ${inputs} into ${outputs} channels of a filter for ${perGroup}`)
  }
  return tf.engine().runKernel<tf.Tensor4D>(GROUPED_CONVOLUTION, { x, filter }, { ...attributes })
}

registerOperation<'x' | 'filter'>(GROUPED_CONVOLUTION, ({ x, filter }, attributes) => {
  const { groups, strides, pad } = attributes as unknown as GroupedConvolution
  const filters = tf.split<tf.Tensor4D>(filter, groups, 3)
  const parts = tf.split<tf.Tensor4D>(x, groups, 3)
  return [
    tf.concat(
      parts.map((part, k) => tf.conv2d(part, filters[k] as tf.Tensor4D, strides, pad)),
      3,
    ),
  ]
})

/** A gradient's kernel for each group, on its channels of both inputs. */
function perGroup(kernel: string, a: tf.Tensor, b: tf.Tensor, attributes: GroupedConvolution, more: object) {
  const { groups, strides, pad } = attributes
  const [as, bs] = [tf.split(a, groups, 3), tf.split(b, groups, 3)]
  const [nameA, nameB] = kernel === 'Conv2DBackpropInput' ? ['dy', 'filter'] : ['x', 'dy']
  return as.map((part, k) => {
    const inputs = { [nameA]: part, [nameB]: bs[k] as tf.Tensor }
    const options = { strides, pad, dataFormat: 'NHWC', dimRoundingMode: 'floor', ...more }
    return tf.engine().runKernel<tf.Tensor4D>(kernel, inputs, options)
  })
}

registerOperation<'dy' | 'filter'>(GROUPED_CONVOLUTION_INPUT_GRADIENT, ({ dy, filter }, attributes) => {
  const options = attributes as unknown as GroupedConvolution & { inputShape: number[] }
  const [n, h, w, inputs] = options.inputShape as [number, number, number, number]
  const inputShape = [n, h, w, inputs / options.groups]
  return [tf.concat(perGroup('Conv2DBackpropInput', dy, filter, options, { inputShape }), 3)]
})

registerOperation<'x' | 'dy'>(GROUPED_CONVOLUTION_FILTER_GRADIENT, ({ x, dy }, attributes) => {
  const options = attributes as unknown as GroupedConvolution & { filterShape: number[] }
  const [rows, columns, inputs, outputs] = options.filterShape as [number, number, number, number]
  const filterShape = [rows, columns, inputs, outputs / options.groups]
  return [tf.concat(perGroup('Conv2DBackpropFilter', x, dy, options, { filterShape }), 3)]
})

tf.registerGradient({
  kernelName: GROUPED_CONVOLUTION,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dys, saved, attributes) => {
    const dy = dys as tf.Tensor4D
    const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D]
    const gradient = (kernel: string, inputs: tf.NamedTensorMap, shape: object) =>
      tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attributes, ...shape })
    return {
      x: () => gradient(GROUPED_CONVOLUTION_INPUT_GRADIENT, { dy, filter }, { inputShape: x.shape }),
      filter: () => gradient(GROUPED_CONVOLUTION_FILTER_GRADIENT, { x, dy }, { filterShape: filter.shape }),
    }
  },
})
