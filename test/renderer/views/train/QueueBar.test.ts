/** The queue as a whole: held or not, how many at once, and how long it takes, as far as that is known. */
import { describe, expect, it } from 'vitest'
import type { QueueInfo } from '../../../../src/domain/runs/info'
import { useRuns } from '../../../../src/renderer/stores/runs'
import QueueBar from '../../../../src/renderer/views/train/QueueBar.vue'
import { aQueue } from '../../../support/mounted/examples'
import { button, choose, optionsOf, select, settled, show, textOf } from '../../../support/mounted/page'
import { answer, asked, tell } from '../../../support/mounted/program'

let revision = 1
const ENDS = [
  { id: 1, seconds: 3600 },
  { id: 2, seconds: 7200 },
]
async function open(change: Partial<QueueInfo> = {}, order = [1, 2]) {
  const queue = aQueue(order, { revision: ++revision, ...change })
  answer('project.current', () => null)
  answer('queue.set', (set) => ({ ...queue, ...set, revision: ++revision }))
  useRuns().subscribe()
  tell('queue.changed', queue)
  const wrapper = show(QueueBar, { queue })
  await settled()
  return wrapper
}
const toggle = () => button(/the queue$/)
const left = () => [...document.querySelectorAll('.quiet')].map(textOf).at(-1)

describe('QueueBar', () => {
  it('holds the queue, and says by its button that it is held', async () => {
    await open()
    expect(toggle().getAttribute('aria-pressed')).toBe('false')
    toggle().click()
    await settled()
    expect(asked('queue.set')).toEqual([{ held: true }])
  })

  it('lets a held queue go', async () => {
    await open({ held: true })
    expect(toggle().getAttribute('aria-pressed')).toBe('true')
    expect(document.body.textContent).toContain('nothing new starts')
    toggle().click()
    await settled()
    expect(asked('queue.set')).toEqual([{ held: false }])
  })

  it('sets how many run at once, or leaves it to the machine', async () => {
    await open({ workers: 2 })
    const field = select('Runs at once')
    expect(field.selectedIndex).toBe(2)
    await choose(field, '4')
    await choose(field, optionsOf(field)[0]!)
    expect(asked('queue.set')).toEqual([{ workers: 4 }, { workers: null }])
  })

  it('offers a number that was chosen elsewhere, however large', async () => {
    await open({ workers: 20 })
    expect(optionsOf(select('Runs at once')).at(-1)).toBe('20')
  })

  it('says how long it takes, and how sure that is', async () => {
    const wrapper = await open({ secondsLeft: 7200, ends: ENDS, basis: 'measured' })
    expect(left()).toBe('about 2 h 0 min left in all')
    wrapper.unmount()
    await open({ secondsLeft: 7200, ends: ENDS, basis: 'typical' })
    expect(left()).toBe('very roughly 2 h 0 min left in all')
  })

  it('says of which networks the speed is not known', async () => {
    await open({ secondsLeft: null, unknown: ['wrn_28_10'] })
    expect(left()).toBe('time left not known for wrn_28_10')
  })

  it('says nothing of time where nothing waits or runs', async () => {
    await open({ secondsLeft: 0 }, [])
    expect(document.querySelectorAll('.quiet')).toHaveLength(0)
  })
})
