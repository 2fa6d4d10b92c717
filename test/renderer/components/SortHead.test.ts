/** The head of a column: which way it sorts is said to those who see no arrow. */
import { h, type Component } from 'vue'
import { describe, expect, it } from 'vitest'
import SortHead from '../../../src/renderer/components/SortHead.vue'
import { useSorting } from '../../../src/renderer/lib/sort'
import { all, press, show } from '../../support/mounted/page'

function open() {
  const sorting = useSorting<'name' | 'size'>('name')
  const head = SortHead as Component
  show({
    render: () =>
      h(
        'table',
        h(
          'thead',
          h('tr', [
            h(head, { column: 'name', sorting }, () => 'Name'),
            h(head, { column: 'size', sorting }, () => 'Size'),
          ]),
        ),
      ),
  })
  return sorting
}
const order = () => all('columnheader').map((cell) => cell.getAttribute('aria-sort'))

describe('SortHead', () => {
  it('sorts upwards first, then downwards, then by another column upwards', async () => {
    const sorting = open()
    expect(order()).toEqual(['ascending', null])
    await press('Name')
    expect(order()).toEqual(['descending', null])
    expect(sorting.descending).toBe(true)
    await press('Size')
    expect(order()).toEqual([null, 'ascending'])
    expect(sorting.column).toBe('size')
  })

  it('draws one arrow, in the column that is sorted by', async () => {
    open()
    await press('Size')
    expect(all('columnheader').map((cell) => cell.querySelectorAll('svg').length)).toEqual([0, 1])
  })
})
