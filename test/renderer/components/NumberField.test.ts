/** A number field: what it takes over, and what it says of what does not fit. */
import { describe, expect, it } from 'vitest'
import NumberField from '../../../src/renderer/components/NumberField.vue'
import { descriptionOf, input, show, type, typing } from '../../support/mounted/page'

describe('NumberField', () => {
  const field = () => input('Folds')
  const said = () => descriptionOf(field())

  it('takes over what is typed, as a number', async () => {
    const wrapper = show(NumberField, { label: 'Folds', modelValue: 10 })
    await type(field(), '12')
    expect(wrapper.emitted('update:modelValue')).toEqual([[12]])
    expect(field().getAttribute('aria-invalid')).toBe('false')
  })

  it.each([
    [0, 'at least 1'],
    [101, 'at most 100'],
    [2.5, 'a whole number'],
    [Number.NaN, 'a number'],
  ])('says what is wrong with %s, tied to the field', (value, words) => {
    show(NumberField, { label: 'Folds', min: 1, max: 100, modelValue: value })
    expect(said()).toBe(words)
    expect(field().getAttribute('aria-invalid')).toBe('true')
  })

  it('takes fractions where the step is free', () => {
    show(NumberField, { label: 'Folds', step: 'any', modelValue: 0.01 })
    expect(said()).toBe('')
  })

  it('is null when it is emptied, where a placeholder says what that means', async () => {
    const wrapper = show(NumberField, { label: 'Folds', placeholder: 'all', modelValue: 3 })
    await type(field(), '')
    expect(wrapper.emitted('update:modelValue')).toEqual([[null]])
    expect(field().getAttribute('aria-invalid')).toBe('false')
  })

  it('asks for a number while it is emptied, where nothing says what that means', async () => {
    const wrapper = show(NumberField, { label: 'Folds', modelValue: 3 })
    await typing(field(), '')
    expect(wrapper.emitted('update:modelValue')).toBeUndefined()
    expect(said()).toBe('a number')
    expect(field().getAttribute('aria-invalid')).toBe('true')
    // Not filled again under the hand of a person who types another number.
    expect(field().value).toBe('')
    await typing(field(), '4')
    expect(said()).toBe('')
  })

  it('shows the number its form goes by once it is left empty', async () => {
    show(NumberField, { label: 'Folds', modelValue: 3 })
    await type(field(), '')
    expect(field().value).toBe('3')
    expect(said()).toBe('')
  })

  it('shows a number set elsewhere while it is empty', async () => {
    const wrapper = show(NumberField, { label: 'Folds', modelValue: 3 })
    await typing(field(), '')
    await wrapper.setProps({ modelValue: 5 })
    expect(field().value).toBe('5')
    expect(said()).toBe('')
  })

  it('says what its form found wrong once the number itself fits', async () => {
    const wrapper = show(NumberField, { label: 'Folds', min: 1, modelValue: 0, problem: 'less than a batch' })
    expect(said()).toBe('at least 1')
    await wrapper.setProps({ modelValue: 1 })
    expect(said()).toBe('less than a batch')
  })
})
