/** From and to of one number, either end open. */
import { describe, expect, it } from 'vitest'
import RangeField from '../../../../src/renderer/views/gallery/RangeField.vue'
import { input, show, type } from '../../../support/mounted/page'

type Range = readonly [number | null, number | null] | undefined
const open = (range: Range, disabled = false) => show(RangeField, { label: 'Entropy', range, disabled })
const from = () => input('Entropy, from')
const to = () => input('Entropy, to')

describe('RangeField', () => {
  it('sets one end and leaves the other as it is', async () => {
    const wrapper = open([0.5, 2])
    await type(from(), '1')
    await type(to(), '1.5')
    expect(wrapper.emitted('change')).toEqual([[[1, 2]], [[0.5, 1.5]]])
  })

  it('opens an end that is emptied', async () => {
    const wrapper = open([0.5, 2])
    await type(to(), '')
    expect(wrapper.emitted('change')).toEqual([[[0.5, null]]])
  })

  it('is no condition once both ends are open', async () => {
    const wrapper = open([0.5, null])
    await type(from(), '')
    expect(wrapper.emitted('change')).toEqual([[undefined]])
  })

  it('takes 0 for an end, not for none', async () => {
    const wrapper = open(undefined)
    expect([from().value, to().value]).toEqual(['', ''])
    await type(from(), '0')
    expect(wrapper.emitted('change')).toEqual([[[0, null]]])
    await wrapper.setProps({ range: [0, null] })
    expect(from().value).toBe('0')
  })

  it('shows few digits of what an address brought', () => {
    open([0.123456, null])
    expect(from().value).toBe('0.1235')
  })

  it('is disabled at both ends', () => {
    open(undefined, true)
    expect([from().disabled, to().disabled]).toEqual([true, true])
  })
})
