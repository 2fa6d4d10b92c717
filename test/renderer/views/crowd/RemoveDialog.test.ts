/** Removing a study: gone with an offer to take it back, or kept with the reason. */
import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../../src/domain/errors'
import { useStudies } from '../../../../src/renderer/stores/studies'
import { useUndo } from '../../../../src/renderer/stores/undo'
import RemoveDialog from '../../../../src/renderer/views/crowd/RemoveDialog.vue'
import { aStudy } from '../../../support/mounted/examples'
import { button, press, settled, showOpened, textOf, the } from '../../../support/mounted/page'
import { answer, asked, pending } from '../../../support/mounted/program'

describe('RemoveDialog', () => {
  it('removes, closes, and offers the way back', async () => {
    const studies = useStudies()
    studies.put(aStudy())
    answer('studies.remove', () => null)
    answer('studies.restore', () => aStudy())
    const wrapper = await showOpened(RemoveDialog, { study: aStudy() })
    await press('Remove the study')
    expect(asked('studies.remove')).toEqual([{ study: 7 }])
    expect(wrapper.emitted('removed')).toHaveLength(1)
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
    expect(studies.studies).toEqual([])
    expect(useUndo().offers.map(({ text }) => text)).toEqual(['Study “Pilot” removed'])
    await useUndo().takeBack()
    expect(asked('studies.restore')).toEqual([{ study: 7 }])
    expect(studies.byId(7)?.name).toBe('Pilot')
  })

  it('stays open with the reason where the study holds judgments', async () => {
    answer('studies.remove', () => {
      throw new StudioError('conflict', 'It holds judgments.')
    })
    const wrapper = await showOpened(RemoveDialog, { study: aStudy() })
    await press('Remove the study')
    expect(textOf(the('alert'))).toContain('It holds judgments.')
    expect(wrapper.emitted('removed')).toBeUndefined()
    expect(wrapper.emitted('update:open')).toBeUndefined()
    expect(useUndo().offers).toEqual([])
    expect(button('Remove the study').disabled).toBe(false)
  })

  it('is asked once, however often it is pressed', async () => {
    const reply = pending<null>()
    answer('studies.remove', () => reply.promise)
    await showOpened(RemoveDialog, { study: aStudy() })
    await press('Remove the study')
    await press('Remove the study')
    expect(asked('studies.remove')).toHaveLength(1)
    reply.resolve(null)
    await settled()
  })
})
