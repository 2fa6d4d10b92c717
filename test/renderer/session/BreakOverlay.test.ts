/** A pause: what is saved, and the ways on, out, and out for good. */
import { describe, expect, it } from 'vitest'
import type { SessionView } from '../../../src/domain/study'
import BreakOverlay from '../../../src/renderer/session/BreakOverlay.vue'
import type { FlowState } from '../../../src/renderer/session/flow'
import { button, maybe, nameOf, press, settled, show, textOf, the } from '../../support/mounted/page'
import { aState, aView } from './examples'

const open = (state: Partial<FlowState> = {}, mayWithdraw = true, view: Partial<SessionView> = {}) =>
  show(BreakOverlay, { state: aState({ trial: 41, view: aView(view), ...state }), mayWithdraw })
const said = () => textOf(document.querySelector('p'))

describe('BreakOverlay', () => {
  it('says how many answers are saved', () => {
    open()
    expect(said()).toBe('41 of 210 answers are saved. You can go on now or later.')
  })

  it.each<[string, Partial<FlowState>, Partial<SessionView>]>([
    ['before the first answer', { trial: 0 }, {}],
    ['in practice', { practice: true }, {}],
    ['in a labelling of one’s own', {}, { kind: 'personal' }],
  ])('counts nothing %s', (_, state, view) => {
    open(state, true, view)
    expect(said()).toMatch(/^Everything so far is saved\./)
  })

  it('does not say that an answer is saved which is not', () => {
    open({ trouble: 'saving' })
    expect(said()).toContain('The last answer is not saved yet')
  })

  it('goes on with Enter: its main button has the focus', async () => {
    const wrapper = open()
    expect(document.activeElement).toBe(button('Go on'))
    await press('Go on')
    expect(wrapper.emitted('resume')).toHaveLength(1)
  })

  it('leaves', async () => {
    const wrapper = open()
    await press('Leave')
    expect(wrapper.emitted('leave')).toHaveLength(1)
  })

  it('withdraws only after it was asked once more', async () => {
    const wrapper = open()
    expect(nameOf(the('dialog'))).toBe('Pause')
    await press('Withdraw…')
    expect(wrapper.emitted('withdraw')).toBeUndefined()
    expect(nameOf(the('dialog'))).toBe('Withdraw from the study')
    await press('Yes, withdraw')
    expect(wrapper.emitted('withdraw')).toHaveLength(1)
  })

  it('goes back from withdrawing, where Enter must not withdraw', async () => {
    const wrapper = open()
    await press('Withdraw…')
    await settled()
    expect(document.activeElement?.tagName).toBe('H1')
    await press('No, go back')
    expect(maybe('button', 'Withdraw…')).toBeDefined()
    expect(wrapper.emitted('withdraw')).toBeUndefined()
  })

  it('offers no withdrawing from one’s own labelling', () => {
    open({}, false)
    expect(maybe('button', 'Withdraw…')).toBeUndefined()
  })
})
