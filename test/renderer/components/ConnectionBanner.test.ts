/** What is said while the program does not answer, and what a person can do. */
import { nextTick } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import type { ConnectionState } from '../../../src/contract/connection'
import ConnectionBanner from '../../../src/renderer/components/ConnectionBanner.vue'
import { useConnection } from '../../../src/renderer/stores/connection'
import { maybe, press, show, textOf, the } from '../../support/mounted/page'

const become = async (state: ConnectionState) => {
  useConnection().tell(state)
  await nextTick()
}
const calm = () => document.querySelector('.banner')?.classList.contains('calm')

describe('ConnectionBanner', () => {
  it('is silent while connected, in a region that can speak', () => {
    show(ConnectionBanner)
    expect(textOf(the('status'))).toBe('')
    expect(the('status').getAttribute('aria-live')).toBe('polite')
  })

  it('speaks of each trouble in other words, and goes with it', async () => {
    show(ConnectionBanner)
    const said = new Set<string>()
    const troubles: ConnectionState[] = [
      'reconnecting',
      'unreachable',
      'ended',
      'unauthorized',
      'no-events',
      'outdated',
    ]
    for (const state of troubles) {
      await become(state)
      said.add(textOf(the('status')))
    }
    expect(said.size).toBe(troubles.length)
    expect(said.has('')).toBe(false)
    await become('connected')
    expect(textOf(the('status'))).toBe('')
  })

  it('says since when, which is when it was lost and not when it was noticed', async () => {
    vi.useFakeTimers({ now: new Date(2026, 2, 1, 9, 5), toFake: ['Date'] })
    show(ConnectionBanner)
    await become('reconnecting')
    vi.setSystemTime(new Date(2026, 2, 1, 9, 20))
    await become('unreachable')
    expect(textOf(the('status'))).toContain('since 09:05.')
  })

  it('is an alarm only where something is lost', async () => {
    show(ConnectionBanner)
    for (const state of ['reconnecting', 'outdated'] as const) {
      await become(state)
      expect(calm()).toBe(true)
    }
    for (const state of ['unreachable', 'ended'] as const) {
      await become(state)
      expect(calm()).toBe(false)
    }
  })

  it('offers to reload where another version answers, and only there', async () => {
    const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
    show(ConnectionBanner)
    await become('unreachable')
    expect(maybe('button')).toBeUndefined()
    await become('outdated')
    await press('Reload')
    expect(reload).toHaveBeenCalledTimes(1)
  })
})
