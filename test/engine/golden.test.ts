/** The networks against numbers that PyTorch computed in float64, on the oracle. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openEager } from '../../src/engine/devices/eager'
import { openOnnxDevice } from '../../src/engine/devices/onnx'
import { goldenCheck, goldenHash, goldenState, readGolden } from '../../src/engine/golden'
import { network } from '../../src/engine/model'
import { tf } from '../../src/engine/tensorflow'
import { shared } from '../support/shared'

const file = shared('reference', 'networks.json')

describe.skipIf(!file)('golden vectors', () => {
  const text = file ? readFileSync(file, 'utf8') : '{}'

  it('fills parameters by the published hash', () => {
    const { meta, networks } = JSON.parse(text)
    for (const [k, expected] of Object.entries<number[]>(meta.u_test_vectors)) {
      expect(expected.map((_, i) => goldenHash(i, Number(k)))).toEqual(expected)
    }
    for (const id of ['resnet_basic_8', 'resnet_basic_20', 'wrn_10_2', 'resnet_preact_bottleneck_11']) {
      const net = network(id)
      const state = goldenState(net)
      const sum = net.parameters.reduce((total, { name }) => total + state[name]!.data.reduce((a, b) => a + b, 0), 0)
      expect(sum).toBeCloseTo(networks[id].golden_hash.param_sum_all, 2)
    }
  })

  // Three families here, all of them in `npm run verify:long` (part golden), and on the compiled device in CI.
  // Optimiser steps of the smallest only: the oracle needs over a minute for larger ones. Deeper members of a family
  // are checked on the compiled device (compile/golden.test.ts), which the oracle stands behind kernel by kernel.
  it.each([
    ['resnet_basic_8', 'training, evaluation and four optimiser steps'],
    ['resnet_preact_bottleneck_11', 'training and evaluation'],
    ['shake_shake_8_2x8d', 'training and evaluation'],
  ])(
    '%s agrees in %s',
    async (id, what) => {
      const { entries, unknown } = readGolden(text, file ?? '')
      expect(unknown).not.toContain(id)
      const device = await openEager('tfjs-cpu')
      const before = tf.memory().numTensors
      const entry = structuredClone(entries.find((candidate) => candidate.id === id)!)
      if (!what.includes('optimiser')) delete entry.expected.sgd_nesterov_losses
      const [result] = await goldenCheck([entry], device)
      expect(result).toMatchObject({ id, passed: true })
      // The oracle is float32 too, but must stand well inside what a fast device is allowed.
      expect(result!.gradientWorst).toBeLessThan(1e-3)
      expect(result!.inputGradient).toBeLessThan(1e-3)
      expect(tf.memory().numTensors).toBe(before)
    },
    240_000,
  )

  it('fails when a parameter gradient is transposed or a logit is off', async () => {
    const { entries } = readGolden(text, file ?? '')
    const entry = structuredClone(entries.find(({ id }) => id === 'resnet_basic_8')!)
    delete entry.expected.sgd_nesterov_losses
    entry.expected.logits[0]![3]! += 1e-3
    entry.expected.grad_probe[3]! *= 1.5
    // The check is the same on every device; this one is quick.
    const device = await openOnnxDevice('cpu')
    const [result] = await goldenCheck([entry], device)
    await device.dispose()
    expect(result).toMatchObject({ passed: false })
    expect(result!.logits).toBeGreaterThan(4e-4)
    expect(result!.gradientWorst).toBeGreaterThan(0.1)
  }, 120_000)
})

describe('reference files', () => {
  it('are refused with file, place and reason', () => {
    expect(() => readGolden('{', 'f.json')).toThrow(/is not JSON/)
    const broken = JSON.stringify({ networks: { resnet_basic_8: { golden_hash: { batch: 'two' } } } })
    try {
      readGolden(broken, 'f.json')
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        kind: 'bad-file',
        where: { file: 'f.json', place: 'networks.resnet_basic_8.golden_hash.batch' },
      })
    }
  })
})
