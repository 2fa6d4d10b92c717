/** A select whose values may be numbers or null, which attributes of a page cannot hold. */
import { describe, expect, it } from 'vitest'
import SelectField from '../../../src/renderer/components/SelectField.vue'
import { choose, modelOf, optionsOf, select, show } from '../../support/mounted/page'

const OPTIONS = [
  { value: null, text: 'Any' },
  { value: 0, text: 'airplane' },
  { value: 1, text: 'automobile', disabled: true, title: 'no image' },
]

describe('SelectField', () => {
  it('shows the option of its value, 0 and null told apart', async () => {
    const wrapper = show(SelectField, { label: 'Label', options: OPTIONS, modelValue: 0 })
    expect(select('Label').selectedIndex).toBe(1)
    await wrapper.setProps({ modelValue: null })
    expect(select('Label').selectedIndex).toBe(0)
  })

  it('gives the option’s own value, not its text', async () => {
    const wrapper = show(SelectField, { label: 'Label', options: OPTIONS, modelValue: null })
    await choose(select('Label'), 'airplane')
    expect(modelOf(wrapper)).toBe(0)
    await choose(select('Label'), 'Any')
    expect(modelOf(wrapper)).toBe(null)
  })

  it('keeps its choice where the options move', async () => {
    const wrapper = show(SelectField, { label: 'Label', options: OPTIONS, modelValue: 0 })
    await wrapper.setProps({ options: [...OPTIONS].reverse() })
    expect(optionsOf(select('Label'))[select('Label').selectedIndex]).toBe('airplane')
  })

  it('says why an option cannot be chosen', () => {
    show(SelectField, { label: 'Label', options: OPTIONS, modelValue: null })
    const option = select('Label').options[2]
    expect(option?.disabled).toBe(true)
    expect(option?.title).toBe('no image')
  })
})
