/** The protocol, setting by setting: what a field writes, what is said beside it, and when it is left. */
import { reactive } from 'vue'
import { describe, expect, it } from 'vitest'
import { PAPER_PROTOCOL } from '../../../../src/domain/study'
import ProtocolFields from '../../../../src/renderer/views/crowd/ProtocolFields.vue'
import { emptyForm, type StudyForm } from '../../../../src/renderer/views/crowd/studyForm'
import {
  check,
  checkbox,
  choose,
  descriptionOf,
  input,
  modelOf,
  optionsOf,
  select,
  show,
  type,
} from '../../../support/mounted/page'

function open(change: Partial<StudyForm> = {}, problems = {}, disabled = false) {
  const wrapper = show(ProtocolFields, {
    modelValue: reactive({ ...emptyForm('demo'), ...change }),
    problems,
    disabled,
  })
  return { wrapper, form: () => modelOf<StudyForm>(wrapper) }
}

describe('ProtocolFields', () => {
  it('begins with the paper’s study', () => {
    const { form } = open()
    expect(input('Images per participant').value).toBe(String(PAPER_PROTOCOL.imagesPerParticipant))
    expect(input('Exclude below').value).toBe('75')
    expect(form()).toMatchObject({ checkEvery: 20, balanceClasses: true, smoothing: 'crisp' })
  })

  it('writes numbers as numbers and an emptied field as empty', async () => {
    const { form } = open()
    await type(input('Attention check after every'), '10')
    await type(input('Images per participant'), '')
    expect(form()).toMatchObject({ checkEvery: 10, imagesPerParticipant: '' })
  })

  it('offers every way of coming back and of enlarging in words, and writes the chosen one', async () => {
    const { form } = open()
    const back = select('After a long interruption')
    expect(optionsOf(back)).toHaveLength(3)
    expect(optionsOf(back)).not.toContain('')
    await choose(back, 'Not at all')
    await choose(select('Enlargement'), 'Smoothed')
    await check(checkbox(/^The same number of each class/))
    expect(form()).toMatchObject({ resume: 'refuse', smoothing: 'smooth', balanceClasses: false })
  })

  it('says what is wrong beside the field it is about', () => {
    open({}, { imagePixels: 'Between 32 and 512.', balanceClasses: 'Class cat has 3 images.' })
    const size = input('Image size on the screen')
    expect(descriptionOf(size)).toContain('Between 32 and 512.')
    expect(size.getAttribute('aria-invalid')).toBe('true')
    expect(input('Practice images').getAttribute('aria-invalid')).toBe('false')
    expect(document.body.textContent).toContain('Class cat has 3 images.')
  })

  it.each([
    ['Images per participant', 'imagesPerParticipant'],
    ['Attention check after every', 'checkEvery'],
    ['Exclude below', 'checkThreshold'],
    ['Practice images', 'practiceTrials'],
    ['Image size on the screen', 'imagePixels'],
  ])('tells its form that %s was left', (label, field) => {
    const { wrapper } = open()
    input(label).dispatchEvent(new FocusEvent('blur'))
    expect(wrapper.emitted('leave')).toEqual([[field]])
  })

  it('is disabled as a whole once people have answered', () => {
    open({}, {}, true)
    expect(document.querySelector('fieldset')?.disabled).toBe(true)
  })
})
