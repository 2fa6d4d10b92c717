/** The conditions in force, each taken off by its own button. */
import { describe, expect, it } from 'vitest'
import { CIFAR10_CLASSES } from '../../../../src/domain/labels/sets'
import { START } from '../../../../src/renderer/lib/galleryAddress'
import { chipsOf } from '../../../../src/renderer/lib/galleryChips'
import FilterChips from '../../../../src/renderer/views/gallery/FilterChips.vue'
import { all, maybe, nameOf, press, show } from '../../../support/mounted/page'

const chips = (state: Partial<typeof START>) =>
  chipsOf({ ...START, ...state }, { classes: CIFAR10_CLASSES, first: 'soft', second: 'hard' })

describe('FilterChips', () => {
  it('names each condition on the button that lifts it', () => {
    show(FilterChips, { chips: chips({ label: 3, find: 'cat' }) })
    expect(all('button', /^Remove:/).map(nameOf)).toEqual(['Remove: Label cat', 'Remove: “cat”'])
  })

  it('asks for the change that lifts this one alone', async () => {
    const wrapper = show(FilterChips, {
      chips: chips({ people: 'wrong', ranges: { confidence: [0.5, null], 'human-entropy': [null, 1] } }),
    })
    await press(/^Remove: .*onfidence/)
    expect(wrapper.emitted('set')).toEqual([[{ ranges: { 'human-entropy': [null, 1] } }]])
    await press('Remove: People wrong')
    expect(wrapper.emitted('set')?.at(-1)).toEqual([{ people: null }])
  })

  it('offers to lift all only where there are several', async () => {
    const wrapper = show(FilterChips, { chips: chips({ label: 3 }) })
    expect(maybe('button', 'Remove all')).toBeUndefined()
    await wrapper.setProps({ chips: chips({ label: 3, find: 'cat' }) })
    await press('Remove all')
    expect(wrapper.emitted('none')).toHaveLength(1)
  })
})
