/** One trial on the screen: progress, feedback and trouble in at most one line of words. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SessionView } from '../../../src/domain/study'
import type { FlowState } from '../../../src/renderer/session/flow'
import TrialView from '../../../src/renderer/session/TrialView.vue'
import { LONG_TROUBLE, LONG_TROUBLE_MS, TROUBLE } from '../../../src/renderer/session/words'
import { button, press, settled, show, textOf, the } from '../../support/mounted/page'
import { aState, aView } from './examples'

beforeAll(
  () => void Object.defineProperty(document, 'fonts', { configurable: true, value: { ready: Promise.resolve() } }),
)
afterAll(() => void Reflect.deleteProperty(document, 'fonts'))

function open(state: Partial<FlowState> = {}, view: Partial<SessionView> = {}) {
  const shown = aView(view)
  return show(TrialView, {
    state: aState({ view: shown, ...state }),
    view: shown,
    window: { width: 1000, height: 800 },
  })
}
const words = () => textOf(document.querySelector('.words'))

describe('TrialView', () => {
  it('shows nothing but the task, and says how far it is to those who do not see the line', () => {
    open({ trial: 41 })
    expect(words()).toBe('')
    const progress = the('progressbar')
    expect(progress.getAttribute('aria-valuenow')).toBe('41')
    expect(progress.getAttribute('aria-valuemax')).toBe('210')
    expect(progress.getAttribute('aria-valuetext')).toBe('Image 42 of 210')
  })

  it('counts practice apart', () => {
    open({ practice: true, trial: 2, total: 10 })
    expect(words()).toBe('Practice, 3 of 10')
    expect(the('progressbar').getAttribute('aria-valuetext')).toBe('Practice image 3 of 10')
  })

  it('marks the right answer and the wrong one of practice', () => {
    open({ practice: true, feedback: { correct: false, chosen: 2, label: 5 } })
    expect(words()).toBe('Not bird: choose dog (key 6) to go on.')
    expect(button('dog, key 6').classList.contains('marked')).toBe(true)
    expect(button('bird, key 3').classList.contains('wrong')).toBe(true)
  })

  it('marks what was chosen before, in a labelling of one’s own', () => {
    open({ chosen: 5 }, { kind: 'personal' })
    expect(button('dog, key 6').getAttribute('aria-pressed')).toBe('true')
    expect(words()).toMatch(/^1 of 210/)
  })

  it('says that an answer is not saved yet, and more where that takes long', async () => {
    vi.useFakeTimers()
    const wrapper = open()
    await wrapper.setProps({ state: aState({ trouble: 'saving' }) })
    expect(words()).toBe(TROUBLE.saving)
    vi.advanceTimersByTime(LONG_TROUBLE_MS)
    await wrapper.vm.$nextTick()
    expect(words()).toBe(LONG_TROUBLE.saving)
  })

  it('counts the time of each trouble for itself', async () => {
    vi.useFakeTimers()
    const wrapper = open()
    await wrapper.setProps({ state: aState({ trouble: 'saving' }) })
    vi.advanceTimersByTime(LONG_TROUBLE_MS - 1)
    await wrapper.setProps({ state: aState({ trouble: null }) })
    await wrapper.setProps({ state: aState({ trouble: 'loading' }) })
    vi.advanceTimersByTime(LONG_TROUBLE_MS - 1)
    await wrapper.vm.$nextTick()
    expect(words()).toBe(TROUBLE.loading)
    vi.advanceTimersByTime(1)
    await wrapper.vm.$nextTick()
    expect(words()).toBe(LONG_TROUBLE.loading)
  })

  it('passes on the slot that is pressed', () => {
    const wrapper = open({}, { layout: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] })
    button('truck, key 1').dispatchEvent(new PointerEvent('pointerdown', { button: 0, isPrimary: true }))
    expect(wrapper.emitted('press')?.[0]?.[0]).toBe(0)
  })

  it('pauses by a button that keys reach', async () => {
    const wrapper = open()
    await settled()
    await press('Pause or leave (Esc)')
    expect(wrapper.emitted('pause')).toHaveLength(1)
  })

  it('draws the image as large as the study says, and smaller only where it does not fit', async () => {
    const wrapper = open()
    expect(the('img').style.width).toBe('160px')
    await wrapper.setProps({ window: { width: 320, height: 300 } })
    expect(parseInt(the('img').style.width)).toBeLessThan(160)
  })
})
