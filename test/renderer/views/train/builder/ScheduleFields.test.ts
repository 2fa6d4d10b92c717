/** How weights move: which fields belong to which choice, and epochs typed as a list. */
import { reactive } from 'vue'
import { describe, expect, it } from 'vitest'
import { ownDefaults, type OwnRuns } from '../../../../../src/domain/runs/ownRuns'
import ScheduleFields from '../../../../../src/renderer/views/train/builder/ScheduleFields.vue'
import { choose, input, maybe, select, settled, show, type } from '../../../../support/mounted/page'

function open(change: Partial<OwnRuns> = {}) {
  const form = reactive({ ...ownDefaults(), ...change })
  show(ScheduleFields, { modelValue: form })
  return form
}
const milestones = () => input('Milestones')

describe('ScheduleFields', () => {
  it('has momentum only with SGD', async () => {
    const form = open()
    expect(maybe('spinbutton', 'Momentum')).toBeDefined()
    await choose(select(/^Optimi/), 'Adam')
    expect(form.optimiser).toBe('adam')
    expect(maybe('spinbutton', 'Momentum')).toBeUndefined()
  })

  it.each([/^cosine/, /^constant/])('has milestones only with steps: %s', async (schedule) => {
    open()
    expect(maybe('spinbutton', 'Factor at each')).toBeDefined()
    await choose(select('Schedule'), schedule)
    expect(maybe('textbox', 'Milestones')).toBeUndefined()
    expect(maybe('spinbutton', 'Factor at each')).toBeUndefined()
  })

  it('says where the rate falls unless milestones are named, as the epochs change', async () => {
    const form = open({ epochs: 100 })
    expect(milestones().placeholder).toBe('50, 75')
    form.epochs = 200
    await settled()
    expect(milestones().placeholder).toBe('100, 150')
  })

  it('takes epochs as a list, and none again when it is emptied', async () => {
    const form = open()
    await type(milestones(), '5, 8')
    expect(form.milestones).toEqual([5, 8])
    await type(milestones(), '')
    expect(form.milestones).toEqual([])
    expect(milestones().getAttribute('aria-invalid')).toBe('false')
  })

  it.each(['5, x', '0', '2.5', '-1'])('does not take %s', async (text) => {
    const form = open({ milestones: [5] })
    await type(milestones(), text)
    expect(form.milestones).toEqual([5])
    expect(milestones().getAttribute('aria-invalid')).toBe('true')
  })
})
