/** Where waiting runs go: the same rule for the database and for the window. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anchorOf, moveBefore, type QueueTarget } from '../../../src/domain/runs/queueOrder'

const to = (order: number[], ids: number[], target: QueueTarget) => moveBefore(order, ids, anchorOf(order, ids, target))

describe('a move in the queue', () => {
  test.each<[QueueTarget, number[], number[]]>([
    ['up', [3], [1, 3, 2, 4, 5]],
    ['up', [1], [1, 2, 3, 4, 5]],
    ['down', [3], [1, 2, 4, 3, 5]],
    ['down', [5], [1, 2, 3, 4, 5]],
    ['first', [4], [4, 1, 2, 3, 5]],
    ['last', [2], [1, 3, 4, 5, 2]],
    [{ before: 2 }, [5], [1, 5, 2, 3, 4]],
    [{ before: null }, [1], [2, 3, 4, 5, 1]],
    ['up', [3, 4], [1, 3, 4, 2, 5]],
    // Runs apart from each other gather one position above the first of them.
    ['up', [3, 5], [1, 3, 5, 2, 4]],
    ['down', [2, 4], [1, 3, 2, 4, 5]],
    // Before one of themselves: before the next that stays.
    [{ before: 4 }, [4, 2], [1, 3, 4, 2, 5]],
  ])('%j of %j', (target, ids, expected) => {
    expect(to([1, 2, 3, 4, 5], ids, target)).toEqual(expected)
  })

  test('keeps every run and the order of the others, and one step up is undone by one down', () => {
    const queue = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 12 })
    const target = fc.constantFrom<QueueTarget>('up', 'down', 'first', 'last')
    fc.assert(
      fc.property(queue, fc.nat(), target, (order, pick, where) => {
        const id = order[pick % order.length] ?? 0
        const moved = to(order, [id], where)
        const others = (list: number[]) => list.filter((each) => each !== id)
        expect(others(moved)).toEqual(others(order))
        expect(moved).toHaveLength(order.length)
        if (where === 'up' && order[0] !== id) expect(to(moved, [id], 'down')).toEqual(order)
      }),
    )
  })
})
