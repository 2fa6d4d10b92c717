/** How far work is: the same to those who see the bar and to those who hear it. */
import { describe, expect, it } from 'vitest'
import ProgressLine from '../../../src/renderer/components/ProgressLine.vue'
import { nameOf, show, textOf, the } from '../../support/mounted/page'

const words = () => textOf(document.querySelector('.words'))

describe('ProgressLine', () => {
  it('says what is done, how far, and how long it will still take', () => {
    show(ProgressLine, { progress: { label: 'Reading', done: 1500, total: 3000, secondsLeft: 70 } })
    expect(words()).toBe('Reading1,500 of 3,000 · 1 min 10 s left')
    expect(nameOf(the('progressbar'))).toBe('Reading')
    expect(the('progressbar').getAttribute('aria-valuenow')).toBe('50')
  })

  it('begins before anything is known, without a share', () => {
    show(ProgressLine, { progress: null })
    expect(words()).toBe('Starting')
    expect(the('progressbar').hasAttribute('aria-valuenow')).toBe(false)
    expect(document.querySelector('.bar')?.classList.contains('unknown')).toBe(true)
  })

  it('knows no share where the total is not known', async () => {
    const wrapper = show(ProgressLine, { progress: { label: 'Reading', done: 5, total: null, secondsLeft: null } })
    expect(words()).toBe('Reading')
    expect(the('progressbar').hasAttribute('aria-valuenow')).toBe(false)
    await wrapper.setProps({ progress: { label: 'Reading', done: 0, total: 4, secondsLeft: null } })
    expect(the('progressbar').getAttribute('aria-valuenow')).toBe('0')
  })
})
