/** The threshold of the checks: what sliding shows, and what putting another in force needs. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { StudyQuality, ThresholdEffect } from '../../../../src/domain/study'
import { useStudies } from '../../../../src/renderer/stores/studies'
import ThresholdPanel from '../../../../src/renderer/views/crowd/ThresholdPanel.vue'
import { aStudy } from '../../../support/mounted/examples'
import { descriptionOf, input, maybe, press, show, submit, textOf, the, type } from '../../../support/mounted/page'
import { answer, asked } from '../../../support/mounted/program'

const effect = (threshold: number, excluded: number): ThresholdEffect => ({
  threshold,
  excluded,
  judgments: 1000,
  judgmentsPerImage: { min: 1, max: 3, mean: 2.25 },
  meanEntropyNats: 0.5,
  totalVariation: 0,
})
const quality: StudyQuality = { rows: [], now: effect(0.75, 4), then: effect(0.5, 2) }
const open = (threshold: number) => show(ThresholdPanel, { study: aStudy(), quality, threshold })
const exact = () => input('Exclude below')
const table = () => document.querySelector('table')
const row = (name: string) =>
  [...document.querySelectorAll('tbody tr')].map((tr) => [...tr.children].map(textOf)).find(([head]) => head === name)

describe('ThresholdPanel', () => {
  it('sets what holds beside what would', () => {
    open(0.5)
    expect(row('Excluded')).toEqual(['Excluded', '4', '2'])
    expect(row('Per image (least–most)')?.[1]).toBe('2.3 (1–3)')
    expect([...document.querySelectorAll('thead th')].map(textOf)).toEqual(['now, 75%', 'at 50%'])
  })

  it('says that its numbers are of another place of the slider until the answer is there', async () => {
    const wrapper = open(0.5)
    expect(table()?.getAttribute('aria-busy')).toBe('false')
    await wrapper.setProps({ threshold: 0.6 })
    expect(table()?.getAttribute('aria-busy')).toBe('true')
    await wrapper.setProps({ quality: { ...quality, then: effect(0.6, 3) } })
    expect(table()?.getAttribute('aria-busy')).toBe('false')
  })

  it('follows the slider and tells its share in words', async () => {
    const wrapper = open(0.75)
    const slider = the<HTMLInputElement>('slider')
    await type(slider, '0.6')
    expect(wrapper.emitted('update:threshold')?.at(-1)).toEqual([0.6])
    expect(slider.getAttribute('aria-valuetext')).toBe('60%')
    expect(exact().value).toBe('60')
  })

  it('takes an exact share typed in percent, and refuses what is none', async () => {
    const wrapper = open(0.75)
    await type(exact(), '66.7')
    expect(wrapper.emitted('update:threshold')?.at(-1)?.[0]).toBeCloseTo(0.667, 9)
    await type(exact(), '101')
    expect(descriptionOf(exact())).toBe('Between 0 and 100.')
    expect(wrapper.emitted('update:threshold')).toHaveLength(1)
    await type(exact(), '')
    expect(descriptionOf(exact())).toBe('Between 0 and 100.')
    await type(exact(), '0')
    expect(wrapper.emitted('update:threshold')?.at(-1)).toEqual([0])
    expect(exact().getAttribute('aria-invalid')).toBe('false')
  })

  it('offers nothing to use while it is as it was', () => {
    open(0.75)
    expect(maybe('button', 'Use this threshold')).toBeUndefined()
  })

  it('needs a reason', async () => {
    open(0.5)
    await type(input('Reason'), ' ')
    await submit()
    expect(descriptionOf(input('Reason'))).toBe('Say why: it is kept with the study.')
    expect(asked('studies.setThreshold')).toEqual([])
    await type(input('Reason'), 'x')
    expect(descriptionOf(input('Reason'))).toBe('')
  })

  it('puts the threshold in force with its reason', async () => {
    const changed = aStudy({ protocol: { ...aStudy().protocol, checkThreshold: 0.5 } })
    answer('studies.setThreshold', () => changed)
    const wrapper = open(0.5)
    await type(input('Reason'), ' few checks ')
    await submit()
    expect(asked('studies.setThreshold')).toEqual([{ study: 7, threshold: 0.5, reason: 'few checks' }])
    expect(useStudies().byId(7)?.protocol.checkThreshold).toBe(0.5)
    expect(wrapper.emitted('recorded')).toHaveLength(1)
    expect(input('Reason').value).toBe('')
  })

  it('says why it was refused until the slider moves again', async () => {
    answer('studies.setThreshold', () => {
      throw new StudioError('conflict', 'The study is closed.')
    })
    const wrapper = open(0.5)
    await type(input('Reason'), 'x')
    await submit()
    expect(textOf(the('alert'))).toContain('The study is closed.')
    expect(wrapper.emitted('recorded')).toBeUndefined()
    await wrapper.setProps({ threshold: 0.4 })
    expect(maybe('alert')).toBeUndefined()
  })

  it('goes back to the one in force', async () => {
    const wrapper = open(0.5)
    await press('Back to 75%')
    expect(wrapper.emitted('update:threshold')?.at(-1)).toEqual([0.75])
  })
})
