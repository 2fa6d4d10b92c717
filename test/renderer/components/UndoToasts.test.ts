/** The offers to take back: by button and by key, and that none goes while a person is at it. */
import { nextTick } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { StudioError } from '../../../src/domain/errors'
import UndoToasts from '../../../src/renderer/components/UndoToasts.vue'
import { OFFER_MS, useUndo } from '../../../src/renderer/stores/undo'
import { all, button, key, press, settled, show, textOf, the } from '../../support/mounted/page'
import { pending } from '../../support/mounted/program'

const taken: string[] = []
async function offer(text: string, undo: () => Promise<void> = async () => void taken.push(text)) {
  useUndo().offer(text, undo)
  await nextTick()
}
function open() {
  taken.length = 0
  show(UndoToasts)
}
const texts = () => useUndo().offers.map(({ text }) => text)

describe('UndoToasts', () => {
  it('announces in a region that is there before anything is', async () => {
    open()
    const region = the('status')
    expect(textOf(region)).toBe('')
    await offer('Run 3 was removed.')
    expect(the('status')).toBe(region)
    expect(textOf(region)).toContain('Run 3 was removed.')
  })

  it('takes back the one whose button is pressed', async () => {
    open()
    await offer('a')
    await offer('b')
    all('button', 'Undo')[0]?.click()
    await settled()
    expect(taken).toEqual(['a'])
    expect(texts()).toEqual(['b'])
  })

  it('takes back the newest by key, and marks which that is', async () => {
    open()
    await offer('a')
    await offer('b')
    const keys = [...document.querySelectorAll('.toast')].map((toast) => toast.querySelector('kbd') !== null)
    expect(keys).toEqual([false, true])
    expect(await key(document.body, 'z', { ctrlKey: true })).toBe(true)
    expect(await key(document.body, 'Z', { metaKey: true })).toBe(true)
    expect(taken).toEqual(['b', 'a'])
  })

  it('leaves the key to what is typed, to redoing, and to others where nothing is offered', async () => {
    open()
    expect(await key(document.body, 'z', { ctrlKey: true })).toBe(false)
    await offer('a')
    const field = document.body.appendChild(document.createElement('input'))
    expect(await key(field, 'z', { ctrlKey: true })).toBe(false)
    expect(await key(document.body, 'z', { ctrlKey: true, shiftKey: true })).toBe(false)
    expect(await key(document.body, 'z')).toBe(false)
    expect(taken).toEqual([])
  })

  it('dismisses one by its own button', async () => {
    open()
    await offer('a')
    await offer('b')
    await press('Dismiss: a')
    expect(texts()).toEqual(['b'])
    expect(taken).toEqual([])
  })

  it('says why it failed, and offers to try again', async () => {
    open()
    await offer('a', () => Promise.reject(new StudioError('conflict', 'The name was given again.')))
    await press('Undo')
    expect(textOf(the('status'))).toContain('It could not be taken back: The name was given again.')
    expect(button('Try again').disabled).toBe(false)
  })

  it('is busy while it is taken back', async () => {
    open()
    const slow = pending<void>()
    await offer('a', () => slow.promise)
    await press('Undo')
    expect(button('Undo').disabled).toBe(true)
    slow.resolve()
    await settled()
    expect(texts()).toEqual([])
  })

  it.each([
    ['the pointer is over them', 'mouseenter', 'mouseleave'],
    ['one has the focus', 'focusin', 'focusout'],
  ])('none goes while %s', async (_, enter, leave) => {
    vi.useFakeTimers()
    open()
    await offer('a')
    the('status').dispatchEvent(new Event(enter))
    vi.advanceTimersByTime(3 * OFFER_MS)
    expect(texts()).toEqual(['a'])
    the('status').dispatchEvent(new Event(leave))
    vi.advanceTimersByTime(OFFER_MS)
    expect(texts()).toEqual([])
  })

  it('goes on counting after a button that had the focus is gone', async () => {
    vi.useFakeTimers()
    open()
    await offer('a')
    await offer('b')
    the('status').dispatchEvent(new Event('focusin'))
    button('Dismiss: a').click()
    vi.advanceTimersByTime(OFFER_MS)
    expect(texts()).toEqual([])
  })
})
