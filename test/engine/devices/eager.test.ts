/** The eager device: ownership of tensors, isolation of the caller's arrays, refusals. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openEager } from '../../../src/engine/devices/eager'
import type { Device, Program } from '../../../src/engine/program'
import { tf } from '../../../src/engine/tensorflow'

let device: Device
beforeAll(async () => {
  device = await openEager('tfjs-cpu')
})

const counter: Program = {
  name: 'counter',
  inputs: { by: [2] },
  step(state, inputs) {
    const total = tf.add(state['total'] as tf.Tensor, inputs['by'] as tf.Tensor)
    // The same tensor twice, an input and an untouched entry handed back: all must be safe.
    return {
      state: { total, last: inputs['by'] as tf.Tensor, twin: total, same: state['same'] as tf.Tensor },
      outputs: { total, before: state['total'] as tf.Tensor },
    }
  },
}
const entry = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) })
const start = () => ({ total: entry(0, 0), last: entry(0, 0), twin: entry(0, 0), same: entry(7, 8) })

describe('the eager device', () => {
  it('updates state in place, keeps what is not returned, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors
    const state = await device.createState(start())
    const step = await device.compile(counter, state)
    const by = Float32Array.of(1, 2)
    await step.run({ by })
    const during = tf.memory().numTensors
    for (let i = 0; i < 50; i++) await step.run({ by })
    expect(tf.memory().numTensors).toBe(during)
    by.fill(99) // the caller's arrays are the caller's
    const read = await state.read()
    expect(read).toEqual({ total: entry(51, 102), last: entry(1, 2), twin: entry(51, 102), same: entry(7, 8) })
    read['total']!.data.fill(-1)
    expect((await state.read(['total']))['total']).toEqual(entry(51, 102))
    const outputs = await step.run({ by: Float32Array.of(0, 0) })
    outputs['total']!.fill(-1)
    expect(outputs['before']).toEqual(Float32Array.of(51, 102))
    expect((await state.read(['total']))['total']).toEqual(entry(51, 102))
    step.dispose()
    state.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('takes and gives values by name, and refuses what does not fit', async () => {
    const state = await device.createState(start())
    const step = await device.compile(counter, state)
    await state.write({ total: entry(5, 6) })
    expect((await step.run({ by: Float32Array.of(1, 1) }))['total']).toEqual(Float32Array.of(6, 7))
    await expect(state.write({ same: entry(1, 1), total: entry(1) })).rejects.toThrow(/"total" has shape \[2\]/)
    expect((await state.read(['same']))['same']).toEqual(entry(7, 8)) // nothing was written
    await expect(state.write({ nothing: entry(1) })).rejects.toThrow(/no entry "nothing"/)
    await expect(state.read(['nothing'])).rejects.toThrow(/no entry/)
    await expect(step.run({})).rejects.toThrow(/takes "by" of shape \[2\] and was given nothing/)
    await expect(step.run({ by: new Float32Array(3) })).rejects.toThrow(/was given 3 values/)
    await expect(device.createState({ x: { shape: [3], data: new Float32Array(2) } })).rejects.toThrow(/shape \[3\]/)
    state.dispose()
  })

  it('says what to install where there is no native TensorFlow', async () => {
    const error = await openEager('tensorflow').then(
      () => null,
      (reason: unknown) => reason,
    )
    if (error === null) return // it is installed here, and opened
    expect(error).toMatchObject({
      kind: 'device',
      where: { hint: expect.stringContaining('@tensorflow/tfjs-node-gpu') },
    })
  })
})
