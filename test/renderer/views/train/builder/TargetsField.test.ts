/** What networks learn towards: what a target needs beside it, and why one cannot be chosen. */
import { reactive } from 'vue'
import { describe, expect, it } from 'vitest'
import { TARGETS } from '../../../../../src/domain/runs/config'
import { ownDefaults, type OwnRuns } from '../../../../../src/domain/runs/ownRuns'
import TargetsField from '../../../../../src/renderer/views/train/builder/TargetsField.vue'
import { aRun } from '../../../../support/mounted/examples'
import { all, check, input, maybe, settled, show, type } from '../../../../support/mounted/page'

function open(change: Partial<OwnRuns> = {}, props: Record<string, unknown> = {}) {
  const form = reactive({ ...ownDefaults(), ...change })
  const wrapper = show(TargetsField, { modelValue: form, labelSets: [], teachers: [], ...props })
  return { form, wrapper }
}
const target = (value: string) => document.querySelector<HTMLInputElement>(`input[value="${value}"]`)!
const why = (value: string) => target(value).closest('label')?.title ?? ''

describe('TargetsField', () => {
  it('offers each target once', () => {
    open()
    expect(
      all('checkbox')
        .map((box) => (box as HTMLInputElement).value)
        .sort(),
    ).toEqual([...TARGETS].sort())
  })

  it('chooses several, and lets go of one', async () => {
    const { form } = open()
    await check(target('mode-forced'))
    await check(target('soft'))
    expect(form.targets).toEqual(['hard', 'mode-forced'])
  })

  it('cannot distil without teachers, nor aggregate without other labels, and says why', () => {
    open()
    expect(target('distilled').disabled).toBe(true)
    expect(why('distilled')).toContain('No finished run has predictions')
    expect(target('aggregated').disabled).toBe(true)
    expect(why('aggregated')).toContain('no other label set')
    expect(target('soft').disabled).toBe(false)
    expect(why('soft')).toBe('')
  })

  it('can always let go of a target that lacks something', async () => {
    const { form } = open({ targets: ['soft', 'distilled'] })
    expect(target('distilled').disabled).toBe(false)
    await check(target('distilled'))
    expect(form.targets).toEqual(['soft'])
    expect(target('distilled').disabled).toBe(true)
  })

  it('can once there are some', () => {
    open({}, { labelSets: ['wawa'], teachers: [aRun(4, { state: 'done' })] })
    expect(target('distilled').disabled).toBe(false)
    expect(target('aggregated').disabled).toBe(false)
  })

  it('takes alphas only with mixup', async () => {
    const { form } = open()
    expect(maybe('textbox', /^Mixup alphas/)).toBeUndefined()
    await check(target('mixup'))
    await type(input(/^Mixup alphas/), '0.2, 1')
    expect(form.mixupAlphas).toEqual([0.2, 1])
  })

  it.each(['0', '-1', '101', '', 'x'])('does not take “%s” for alphas', async (text) => {
    open({ targets: ['mixup'] })
    await type(input(/^Mixup alphas/), text)
    expect(input(/^Mixup alphas/).getAttribute('aria-invalid')).toBe('true')
  })

  it('asks which label sets to aggregate', async () => {
    const { form } = open({ targets: ['aggregated'] }, { labelSets: ['wawa', 'mace'] })
    const group = maybe('group', 'Label sets to train towards')
    expect(group).toBeDefined()
    await check(target('mace'))
    expect(form.aggregatedFrom).toEqual(['mace'])
  })

  it('asks for the teachers of what is distilled', async () => {
    const { form } = open({ targets: ['distilled'] }, { teachers: [aRun(4, { state: 'done' })] })
    await settled()
    await check(target('0000000000000004'))
    expect(form.teachers).toEqual(['0000000000000004'])
  })
})
