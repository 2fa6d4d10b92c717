/** Offers to take back: how long they stand, which is taken, and what a failure says. */
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OFFER_MS, useUndo } from '../../src/renderer/stores/undo'
import { StudioError } from '../../src/domain/errors'

describe('offers to take back', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    setActivePinia(createPinia())
  })
  afterEach(() => void vi.useRealTimers())
  const nothing = () => Promise.resolve()
  const texts = () => useUndo().offers.map(({ text }) => text)

  it('stand for their time, each for its own', () => {
    const store = useUndo()
    store.offer('first', nothing)
    vi.advanceTimersByTime(OFFER_MS / 2)
    store.offer('second', nothing)
    vi.advanceTimersByTime(OFFER_MS / 2 - 1)
    expect(texts()).toEqual(['first', 'second'])
    vi.advanceTimersByTime(1)
    expect(texts()).toEqual(['second'])
    vi.advanceTimersByTime(OFFER_MS / 2)
    expect(texts()).toEqual([])
  })

  it('wait while a person is at them, and go on with the time they had left', () => {
    const store = useUndo()
    store.offer('kept', nothing)
    vi.advanceTimersByTime(OFFER_MS - 100)
    store.hold(true)
    vi.advanceTimersByTime(10 * OFFER_MS)
    expect(texts()).toEqual(['kept'])
    store.offer('while held', nothing)
    store.hold(false)
    vi.advanceTimersByTime(99)
    expect(texts()).toEqual(['kept', 'while held'])
    vi.advanceTimersByTime(1)
    expect(texts()).toEqual(['while held'])
  })

  it('the newest is taken first, and each once', async () => {
    const store = useUndo()
    const taken: string[] = []
    const taking = (name: string) => () => Promise.resolve(void taken.push(name))
    store.offer('a', taking('a'))
    store.offer('b', taking('b'))
    await Promise.all([store.takeBack(), store.takeBack()])
    await store.takeBack()
    await store.takeBack()
    expect(taken).toEqual(['b', 'a'])
    expect(texts()).toEqual([])
  })

  it('one that cannot be taken back says why, and stands until it is dismissed', async () => {
    const store = useUndo()
    store.offer('gone', () => Promise.reject(new StudioError('not-found', 'It has gone for good.')))
    await store.takeBack()
    vi.advanceTimersByTime(10 * OFFER_MS)
    expect(store.offers[0]?.error?.message).toBe('It has gone for good.')
    store.dismiss(store.offers[0]?.id ?? 0)
    expect(texts()).toEqual([])
  })

  it('three at most: the oldest makes room', () => {
    for (const text of ['1', '2', '3', '4']) useUndo().offer(text, nothing)
    expect(texts()).toEqual(['2', '3', '4'])
  })
})
