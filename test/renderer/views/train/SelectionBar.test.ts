/** What can be done to the runs chosen, all at once: to those of them that it can be done to. */
import { describe, expect, it } from 'vitest'
import type { RunInfo } from '../../../../src/domain/runs/info'
import { useRuns } from '../../../../src/renderer/stores/runs'
import { useUndo } from '../../../../src/renderer/stores/undo'
import SelectionBar from '../../../../src/renderer/views/train/SelectionBar.vue'
import { aQueue, aRun } from '../../../support/mounted/examples'
import { all, button, input, maybe, press, settled, show, textOf, type } from '../../../support/mounted/page'
import { answer, asked, pending, tell } from '../../../support/mounted/program'

const RUNS = [
  aRun(1, { state: 'running' }),
  aRun(2),
  aRun(3),
  aRun(4, { state: 'paused' }),
  aRun(5, { state: 'failed' }),
  aRun(6, { state: 'done' }),
]
function open(runs: RunInfo[] = RUNS, sides = { a: 0, b: 0 }) {
  const store = useRuns()
  answer('project.current', () => null)
  store.subscribe()
  store.runs = RUNS
  tell('queue.changed', aQueue([3, 2, 9]))
  return show(SelectionBar, { runs, sides })
}
const names = () => all('button').map(textOf)

describe('SelectionBar', () => {
  it('offers what can be done, and to how many of them', () => {
    open()
    expect(names().slice(0, 5)).toEqual(['Pause 3', 'Resume 1', 'Queue again 1', 'Stop 4', 'First in the queue'])
    expect(textOf(document.querySelector('strong'))).toBe('6 runs chosen')
  })

  it('offers no more than that', () => {
    open([RUNS[5]!])
    expect(maybe('button', /^(Pause|Resume|Queue again|Stop|First)/)).toBeUndefined()
    expect(maybe('button', 'Remove')).toBeDefined()
  })

  it('stops those that wait first, or each stop would start the next one', async () => {
    answer('runs.stop', () => null)
    open()
    await press('Stop 4')
    expect(asked('runs.stop').map(({ id }) => id)).toEqual([3, 2, 4, 1])
  })

  it('moves those that wait, in the order they wait in', async () => {
    answer('queue.move', () => aQueue([9, 3, 2], { revision: 2 }))
    open()
    await press('Last')
    expect(asked('queue.move')).toEqual([{ ids: [3, 2], before: null }])
  })

  it('removes ended ones, with the way back', async () => {
    answer('runs.remove', () => null)
    open()
    await press('Remove 2')
    expect(asked('runs.remove')).toEqual([{ ids: [5, 6] }])
    expect(useUndo().offers).toHaveLength(1)
  })

  it('adds a tag and leaves each run its own', async () => {
    answer('runs.annotate', () => [])
    open([aRun(1, { tags: ['a'] }), aRun(2), aRun(3, { tags: ['a'] })])
    expect(button('Add tag').disabled).toBe(true)
    await type(input('Tag to add'), ' best ')
    await press('Add tag')
    expect(asked('runs.annotate')).toEqual([
      { ids: [1, 3], tags: ['a', 'best'] },
      { ids: [2], tags: ['best'] },
    ])
    expect(input('Tag to add').value).toBe('')
  })

  it('does one thing at a time', async () => {
    const slow = pending<null>()
    answer('runs.pause', () => slow.promise)
    open([RUNS[0]!])
    await press('Pause')
    expect(button('Stop').disabled).toBe(true)
    slow.resolve(null)
    await settled()
    expect(button('Stop').disabled).toBe(false)
  })

  it('compares once both sides have runs', async () => {
    const wrapper = open(RUNS, { a: 2, b: 0 })
    expect(maybe('button', 'Compare')).toBeUndefined()
    await press(/^B/)
    expect(wrapper.emitted('side')).toEqual([['b']])
    await wrapper.setProps({ sides: { a: 2, b: 1 } })
    await press('Compare')
    expect(wrapper.emitted('compare')).toHaveLength(1)
  })

  it('lets go of all', async () => {
    const wrapper = open()
    await press('Choose none')
    expect(wrapper.emitted('clear')).toHaveLength(1)
  })
})
