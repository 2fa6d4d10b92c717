/** Networks against the published parameter counts and shapes; initialisation against its stated distributions. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeNetworks, network } from '../../../src/engine/model'
import { shared } from '../../support/shared'

const file = shared('reference', 'networks.json')

interface Reference {
  total_params: number
  n_param_tensors: number
  macs_per_image: number
  params: [string, number[]][]
  param_names: string[]
}

describe('networks', () => {
  it('have the size the paper used', () => {
    const rows = describeNetworks()
    expect(rows.find(({ id }) => id === 'resnet_basic_110')).toEqual({
      id: 'resnet_basic_110',
      family: 'resnet',
      parameters: 1_730_714,
      tensors: 335,
      multiplyAdds: 253_149_824,
    })
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    const sizes = Object.fromEntries(
      rows.map(({ id, parameters, tensors, multiplyAdds }) => [id, [parameters, tensors, multiplyAdds]]),
    )
    expect(sizes).toMatchObject({
      vgg_15_BN_64: [14_728_266, 54, 313_201_664],
      resnet_basic_110: [1_730_714, 335, 253_149_824],
      wrn_28_10: [36_479_194, 80, 5_243_328_768],
      resnet_preact_bottleneck_164: [1_619_290, 493, 169_036_288],
      resnext_29_8x64d: [34_426_698, 95, 5_387_266_048],
      densenet_BC_100_12: [769_162, 299, 287_929_692],
      pyramidnet_basic_110_270: [28_485_477, 439, 4_717_983_724],
      shake_shake_26_2x64d_SSI_cutout16: [11_709_514, 157, 1_742_408_192],
    })
  })

  it.skipIf(!file)('have the reference parameters in the reference order', () => {
    const { networks } = JSON.parse(readFileSync(file ?? '', 'utf8')) as { networks: Record<string, Reference> }
    for (const [id, reference] of Object.entries(networks)) {
      const net = network(id)
      expect(net.parameters.map(({ role }) => role)).toEqual(reference.params.map(([role]) => role))
      const shapes = net.parameters.map(({ shape, role }) => {
        if (role === 'conv') return [shape[3], shape[2], shape[0], shape[1]]
        return role === 'fc_weight' ? shape.toReversed() : shape
      })
      expect(shapes, id).toEqual(reference.params.map(([, shape]) => shape))
      const modules = (name: string) => name.replace(/[./](weight|bias|filter|gamma|beta)$/, '')
      expect(net.parameters.map(({ name }) => modules(name))).toEqual(reference.param_names.map(modules))
      expect(net.multiplyAdds).toBe(reference.macs_per_image)
      const count = shapes.reduce((sum, shape) => sum + shape.reduce<number>((a, b) => a * (b ?? 0), 1), 0)
      expect([count, shapes.length]).toEqual([reference.total_params, reference.n_param_tensors])
    }
  })

  it('take a width, another image size and another number of classes', () => {
    const net = network('resnet_basic_14_w4', { height: 9, width: 8, channels: 3, classes: 7 })
    expect(net.parameters[0]).toMatchObject({ name: 'conv/filter', shape: [3, 3, 3, 4] })
    expect(net.parameters.at(-1)).toMatchObject({ name: 'fc/bias', shape: [7] })
    expect(net.parameters.map(({ name }) => name)).toContain('stage3.block1.shortcut.conv/filter')
  })

  it('say when images are of a size they cannot take', () => {
    const of = (side: number) => ({ height: side, width: side, channels: 3, classes: 10 })
    expect(() => network('vgg_7_BN_4', of(16))).toThrow(/no images of 16 by 16 pixels: nothing of a 1 by 1 image/)
    expect(network('vgg_7_BN_4', of(70)).parameters.at(-2)).toMatchObject({ name: 'fc/weight', shape: [32, 10] })
    expect(() => network('pyramidnet_basic_8_6', of(30))).toThrow(/no images of 30 by 30 pixels: .* would be added/)
    expect(() => network('shake_shake_8_2x4d', of(30))).toThrow(/15 by 15 cannot be halved/)
    expect(network('densenet_BC_10_4', of(9)).parameters.length).toBeGreaterThan(0)
  })

  it('say which of them mix paths and cut squares out', () => {
    const of = (id: string) => (({ mixtures, cutout }) => [mixtures, cutout])(network(id))
    expect(of('shake_shake_26_2x64d_SSI_cutout16')).toEqual([12, 16])
    expect(of('shake_shake_8_2x8d')).toEqual([3, 0])
    expect(of('resnet_basic_8')).toEqual([0, 0])
  })

  it.each([
    'vgg_14_BN_64',
    'vgg_15_BN_0',
    'densenet_BC_17_12',
    'resnext_12_4x8d',
    'resnext_11_0x8d',
    'pyramidnet_basic_9_24',
    'shake_shake_9_2x8d',
    'shake_shake_8_3x8d',
    'wrn_28',
    'wrn_11_2',
    'wrn_10_0',
    'resnet_preact_bottleneck_12',
    'resnet_preact_bottleneck_11_w6',
    'resnet_basic_9',
    'resnet_basic_2',
    'resnet_basic_8_w0',
    'resnet_basic_',
    'vgg',
    '',
    'resnet_basic_20 ',
  ])('refuse "%s"', (id) => {
    expect(() => network(id)).toThrow(`There is no network "${id}".`)
  })

  it('start as stated, repeatably by seed', () => {
    const net = network('resnet_basic_20')
    const values = net.initialise(1)
    expect(net.initialise(1)).toEqual(values)
    expect(net.initialise(2)['conv/filter']).not.toEqual(values['conv/filter'])
    const filter = values['stage3.block2.conv1/filter']!.data
    const deviation = Math.sqrt(filter.reduce((sum, x) => sum + x * x, 0) / filter.length)
    expect(deviation / Math.sqrt(2 / (9 * 64))).toBeCloseTo(1, 1)
    const weight = values['fc/weight']!.data
    expect(Math.max(...weight.map(Math.abs))).toBeLessThanOrEqual(1 / 8)
    expect(Math.max(...weight.map(Math.abs))).toBeGreaterThan(0.12)
    expect(values['bn/gamma']!.data.every((x) => x === 1)).toBe(true)
    expect(values['bn/beta']!.data.every((x) => x === 0)).toBe(true)
    expect(values['bn/variance']!.data.every((x) => x === 1)).toBe(true)
    const names = [...net.parameters, ...net.statistics].map(({ name }) => name)
    expect(Object.keys(values)).toEqual(names)
  })
})
