/** Erasing a participant: nothing is sent without a name that decided, and what was done is said in full. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import type { ErasureResult } from '../../../../src/domain/study'
import EraseDialog from '../../../../src/renderer/views/crowd/EraseDialog.vue'
import { aPerson } from '../../../support/mounted/examples'
import {
  button,
  descriptionOf,
  input,
  maybe,
  nameOf,
  press,
  settled,
  showOpened,
  submit,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'
import { answer, asked, pending } from '../../../support/mounted/program'

const erased = (change: Partial<ErasureResult> = {}): ErasureResult => ({
  answers: 210,
  practiceAnswers: 10,
  recalculated: [],
  outdated: [],
  backups: 0,
  clean: true,
  exports: [],
  ...change,
})
const open = () => showOpened(EraseDialog, { study: 7, person: aPerson() })

describe('EraseDialog', () => {
  it('asks who decided before anything is sent, beside the field', async () => {
    await open()
    await type(input('Decided by'), '   ')
    await submit()
    expect(asked('studies.erase')).toEqual([])
    expect(descriptionOf(input('Decided by'))).toBe('Say who decided.')
    expect(input('Decided by').getAttribute('aria-invalid')).toBe('true')
    await type(input('Decided by'), 'Dr. A')
    expect(input('Decided by').getAttribute('aria-invalid')).toBe('false')
  })

  it('sends the decision without spaces around it, once, and tells its parent', async () => {
    const reply = pending<ErasureResult>()
    answer('studies.erase', () => reply.promise)
    const wrapper = await open()
    await type(input('Decided by'), ' Dr. A ')
    await type(input(/^Reason/), ' asked for it ')
    await submit()
    expect(button(/Erasing/).disabled).toBe(true)
    expect(wrapper.emitted('erased')).toBeUndefined()
    reply.resolve(erased())
    await settled()
    expect(asked('studies.erase')).toEqual([{ study: 7, participant: 3, decidedBy: 'Dr. A', reason: 'asked for it' }])
    expect(wrapper.emitted('erased')).toHaveLength(1)
  })

  it('says what was deleted, what was recalculated and what is left to a person', async () => {
    answer('studies.erase', () =>
      erased({
        recalculated: ['a', 'b'],
        outdated: ['c'],
        backups: 1,
        clean: false,
        exports: ['/pilot/exports/judgments.csv'],
      }),
    )
    const wrapper = await open()
    await type(input('Decided by'), 'Dr. A')
    await submit()
    // The table no longer holds the participant.
    await wrapper.setProps({ person: undefined })
    const dialog = the('dialog')
    expect(nameOf(dialog)).toBe('P0003 is erased')
    expect(textOf(the('status'))).toMatch(/^210 answers .* deleted\.$/)
    expect(textOf(dialog)).toContain('Recalculated without them: a and b.')
    expect(textOf(dialog)).toMatch(/aggregate again in Data: c\./)
    expect(textOf(dialog)).toContain('1 backup of the database')
    expect(textOf(dialog)).not.toContain('Nothing of them is left')
    expect([...dialog.querySelectorAll('code')].map(textOf)).toEqual(['/pilot/exports/judgments.csv'])
  })

  it('shows a refusal and can be tried again', async () => {
    answer('studies.erase', () => {
      throw new StudioError('conflict', 'Another window is erasing.')
    })
    const wrapper = await open()
    await type(input('Decided by'), 'Dr. A')
    await submit()
    expect(textOf(the('alert'))).toContain('Another window is erasing.')
    expect(button('Erase P0003').disabled).toBe(false)
    expect(wrapper.emitted('erased')).toBeUndefined()
  })

  it('forgets what was typed when it is opened again', async () => {
    const wrapper = await open()
    await type(input('Decided by'), 'Dr. A')
    await press('Cancel')
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
    await wrapper.setProps({ open: true })
    await settled()
    expect(input('Decided by').value).toBe('')
    expect(maybe('alert')).toBeUndefined()
  })
})
