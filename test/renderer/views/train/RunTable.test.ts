/**
 * All runs in a table: order, choosing with Shift, walking and moving by keys with the focus kept, dragging. Without
 * layout: the table is told its height, so that some of many rows exist.
 */
import { nextTick } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { QueueInfo, RunInfo } from '../../../../src/domain/runs/info'
import { moveBefore } from '../../../../src/domain/runs/queueOrder'
import { useRuns } from '../../../../src/renderer/stores/runs'
import RunTable from '../../../../src/renderer/views/train/RunTable.vue'
import { aQueue, aRun } from '../../../support/mounted/examples'
import {
  button,
  check,
  checkbox,
  click,
  key,
  modelOf,
  nameOf,
  press,
  settled,
  show,
  textOf,
  until,
} from '../../../support/mounted/page'
import { answer, asked, tell } from '../../../support/mounted/program'

beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400)
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(900)
})
afterEach(() => void vi.restoreAllMocks())

let order: number[] = []
let revision = 1
const queue = (): QueueInfo => aQueue(order, { revision: ++revision })

/** Runs 1 to n wait in this order unless they say otherwise. */
async function open(runs: RunInfo[]) {
  const store = useRuns()
  store.subscribe()
  store.runs = runs
  order = runs.filter(({ state }) => state === 'queued').map(({ id }) => id)
  answer('queue.move', ({ ids, before }) => {
    order = moveBefore(order, ids, before)
    return queue()
  })
  answer('queue.current', queue)
  answer('project.current', () => null)
  tell('queue.changed', queue())
  const wrapper = show(RunTable, {
    runs,
    total: runs.length,
    marks: new Map(),
    chosen: new Set<number>(),
    opened: null,
  })
  await settled()
  await nextTick()
  return { wrapper, chosen: () => [...modelOf<Set<number>>(wrapper, 'chosen')] }
}
const many = (count: number) => Array.from({ length: count }, (_, at) => aRun(at + 1))
const rows = () =>
  [...document.querySelectorAll<HTMLElement>('[data-row]')].map(({ dataset }) => Number(dataset['row']))
const row = (id: number) => document.querySelector<HTMLElement>(`[data-row="${id}"]`)!
const tr = (id: number) => row(id).closest('tr')!
const box = (id: number) => checkbox(`Choose run ${id}`)
const said = () => textOf(document.querySelector('[aria-live=polite]'))
const focused = () => Number((document.activeElement as HTMLElement | null)?.dataset['row'])

describe('RunTable', () => {
  it('shows what runs, then what waits in its order, then ended ones, the newest first', async () => {
    await open([
      aRun(1, { state: 'done' }),
      aRun(2),
      aRun(3, { state: 'running' }),
      aRun(4),
      aRun(5, { state: 'failed' }),
      aRun(6, { state: 'paused' }),
    ])
    expect(rows()).toEqual([3, 2, 4, 6, 5, 1])
    expect(textOf(tr(3).children[1])).toBe('now')
    expect(textOf(tr(4).children[1])).toBe('2')
  })

  it('renders a screenful of many and tells how many there are', async () => {
    await open(many(1000))
    expect(rows().length).toBeGreaterThan(10)
    expect(rows().length).toBeLessThan(60)
    expect(document.querySelector('table')?.getAttribute('aria-rowcount')).toBe('1001')
    expect(tr(2).getAttribute('aria-rowindex')).toBe('3')
  })

  it('chooses one, or with Shift all from the last one on, and lets go likewise', async () => {
    const { chosen } = await open(many(6))
    await click(box(2))
    await click(box(5), { shiftKey: true })
    expect(chosen()).toEqual([2, 3, 4, 5])
    await click(box(3))
    await click(box(4), { shiftKey: true })
    expect(chosen()).toEqual([2, 5])
  })

  it('chooses all, says where only some are, and lets go of all', async () => {
    const { chosen } = await open(many(3))
    const whole = () => checkbox('Choose all runs shown')
    await click(box(2))
    expect(whole().indeterminate).toBe(true)
    await check(whole())
    expect(chosen().sort()).toEqual([1, 2, 3])
    expect([whole().checked, whole().indeterminate]).toEqual([true, false])
    await check(whole())
    expect(chosen()).toEqual([])
  })

  it('no longer chooses what is gone', async () => {
    const { wrapper, chosen } = await open(many(3))
    await click(box(2))
    await click(box(3))
    await wrapper.setProps({ runs: [aRun(1), aRun(3)] })
    expect(chosen()).toEqual([3])
  })

  it('opens a run, and closes it again', async () => {
    const { wrapper } = await open(many(2))
    await click(row(1))
    expect(modelOf(wrapper, 'opened')).toBe(1)
    expect(row(1).getAttribute('aria-pressed')).toBe('true')
    await click(row(1))
    expect(modelOf(wrapper, 'opened')).toBe(null)
  })

  it('walks by arrow keys', async () => {
    await open(many(3))
    row(1).focus()
    await key(row(1), 'ArrowDown')
    expect(focused()).toBe(2)
    await key(row(2), 'ArrowUp')
    expect(focused()).toBe(1)
    await key(row(1), 'ArrowUp')
    expect(focused()).toBe(1)
  })

  it('moves a waiting run by Alt and arrows, keeps the focus on it, and announces where it ends', async () => {
    await open(many(4))
    row(4).focus()
    await key(row(4), 'ArrowUp', { altKey: true })
    await key(row(4), 'ArrowUp', { altKey: true })
    expect(rows()).toEqual([1, 4, 2, 3])
    expect(focused()).toBe(4)
    await until(() => expect(said()).toBe('Run 4 is now number 2 of 4 in the queue.'))
  })

  it.each([
    ['Home', [3, 1, 2, 4]],
    ['End', [1, 2, 4, 3]],
    ['ArrowDown', [1, 2, 4, 3]],
  ])('moves it with Alt and %s', async (name, wanted) => {
    await open(many(4))
    expect(await key(row(3), name, { altKey: true })).toBe(true)
    expect(rows()).toEqual(wanted)
  })

  it('takes the other waiting ones that are chosen along, in their order', async () => {
    await open(many(5))
    await click(box(2))
    await click(box(4))
    await key(row(4), 'Home', { altKey: true })
    expect(rows()).toEqual([2, 4, 1, 3, 5])
    await until(() => expect(said()).toBe('Run 2, 4 is now number 1 of 5 in the queue.'))
  })

  it('keeps taking keys for a run that went out of sight, until something else has the focus', async () => {
    await open(many(1000))
    const scroller = document.querySelector<HTMLElement>('.scroller')!
    row(1).focus()
    await key(row(1), 'End', { altKey: true })
    await until(() => expect(document.activeElement).toBe(scroller))
    expect(rows()).not.toContain(1)
    await key(scroller, 'ArrowUp', { altKey: true })
    expect(asked('queue.move').at(-1)).toEqual({ ids: [1], before: 1000 })
    scroller.blur()
    await key(scroller, 'ArrowUp', { altKey: true })
    await settled()
    expect(asked('queue.move')).toHaveLength(2)
    expect(scroller.hasAttribute('tabindex')).toBe(false)
  })

  it('does not move what does not wait, nor does Alt walk', async () => {
    await open([aRun(1, { state: 'done' }), aRun(2), aRun(3)])
    row(1).focus()
    expect(await key(row(1), 'ArrowUp', { altKey: true })).toBe(false)
    expect(focused()).toBe(1)
    expect(asked('queue.move')).toEqual([])
  })

  it('puts what is dragged in front of what it is dropped on, further down behind it', async () => {
    await open(many(4))
    const drag = async (from: number, onto: number) => {
      tr(from).dispatchEvent(new Event('dragstart', { bubbles: true }))
      const over = new Event('dragover', { bubbles: true, cancelable: true })
      tr(onto).dispatchEvent(over)
      await settled()
      expect(over.defaultPrevented).toBe(true)
      expect(tr(onto).classList.contains('target')).toBe(true)
      tr(onto).dispatchEvent(new Event('drop', { bubbles: true, cancelable: true }))
      await settled()
    }
    await drag(4, 2)
    expect(rows()).toEqual([1, 4, 2, 3])
    await drag(1, 2)
    expect(rows()).toEqual([4, 2, 1, 3])
  })

  it('does not let go over what does not wait', async () => {
    await open([aRun(1, { state: 'done' }), aRun(2), aRun(3)])
    tr(2).dispatchEvent(new Event('dragstart', { bubbles: true }))
    const over = new Event('dragover', { bubbles: true, cancelable: true })
    tr(1).dispatchEvent(over)
    await settled()
    expect(over.defaultPrevented).toBe(false)
    tr(1).dispatchEvent(new Event('drop', { bubbles: true, cancelable: true }))
    await settled()
    expect(asked('queue.move')).toEqual([])
  })

  it('is moved only where the table shows the queue’s order', async () => {
    await open(many(3))
    expect(tr(2).getAttribute('draggable')).toBe('true')
    await press('Network')
    expect(tr(2).getAttribute('draggable')).toBe('false')
  })

  it('says that no run is like what is asked for', async () => {
    const { wrapper } = await open(many(3))
    await wrapper.setProps({ runs: [] })
    expect(textOf(document.body)).toContain('No run is like that.')
    expect(textOf(document.querySelector('.section-head .quiet'))).toBe('0 of 3 runs')
  })

  it('acts on one run by its own buttons, and says a refusal in its row', async () => {
    answer('runs.stop', () => {
      throw new Error('It has ended.')
    })
    await open([aRun(1, { state: 'running' })])
    expect([...tr(1).querySelectorAll('.actions button')].map(nameOf)).toEqual(['Pause run 1', 'Stop run 1'])
    await press('Stop run 1')
    expect(asked('runs.stop')).toEqual([{ id: 1 }])
    expect(textOf(tr(1).querySelector('.detail'))).toBe('It has ended.')
    expect(button('Pause run 1')).toBeDefined()
  })
})
