/** Asking before thousands of images are set up for labelling. */
import { describe, expect, it } from 'vitest'
import LabelManyDialog from '../../../../src/renderer/views/gallery/LabelManyDialog.vue'
import { key, nameOf, press, settled, showOpened, the } from '../../../support/mounted/page'

const open = () => showOpened(LabelManyDialog, { images: 12345 })

describe('LabelManyDialog', () => {
  it('says how many it would be', async () => {
    await open()
    expect(nameOf(the('dialog'))).toBe('Label 12,345 images?')
  })

  it('labels them only when that is pressed', async () => {
    const wrapper = await open()
    await press('Label them')
    expect(wrapper.emitted('label')).toHaveLength(1)
  })

  it.each(['Back to the gallery', 'Close'])('goes back without labelling: %s', async (name) => {
    const wrapper = await open()
    await press(name)
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
    expect(wrapper.emitted('label')).toBeUndefined()
  })

  it('goes back with Escape', async () => {
    const wrapper = await open()
    await key(the('dialog'), 'Escape')
    await settled()
    expect(wrapper.emitted('update:open')?.at(-1)).toEqual([false])
    expect(wrapper.emitted('label')).toBeUndefined()
  })
})
