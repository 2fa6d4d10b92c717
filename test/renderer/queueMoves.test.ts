/**
 * Moves of waiting runs in the window: shown at once, never lost or doubled, in whatever order answers and events come.
 */
import { describe, expect, test } from 'vitest'
import { queueMoves } from '../../src/renderer/stores/queueMoves'
import type { QueueInfo } from '../../src/domain/runs/info'
import { StudioError } from '../../src/domain/errors'
import { moveBefore } from '../../src/domain/runs/queueOrder'

/** A server whose answers wait until they are let go, one after another. */
function slowServer(start: number[]) {
  let order = start
  let revision = 100
  const held: (() => void)[] = []
  const errors: (string | null)[] = []
  const info = (): QueueInfo => ({
    held: true,
    workers: 1,
    order,
    secondsLeft: 0,
    ends: [],
    basis: 'typical',
    unknown: [],
    revision: ++revision,
  })
  const window = queueMoves({
    async move(ids, before) {
      const stray = [...ids, ...(before === null ? [] : [before])].find((id) => !order.includes(id))
      if (stray === undefined) order = moveBefore(order, ids, before)
      const answer = info()
      await new Promise<void>((done) => held.push(done))
      if (stray !== undefined) throw new StudioError('conflict', `Run ${stray} does not wait in the queue.`)
      return answer
    },
    current: () => Promise.resolve(info()),
    onSettled: (error) => errors.push(error?.message ?? null),
  })
  const settled = () => new Promise((done) => setTimeout(done))
  return {
    window,
    errors,
    info,
    settled,
    order: () => order,
    set: (next: number[]) => (order = next),
    shown: () => window.shown.value?.order,
    waiting: () => held.length,
    async answer() {
      const next = held.shift()
      if (!next) throw new Error('No move is on its way.')
      next()
      await settled()
    },
    async answerAll() {
      for (await settled(); held.length > 0;) await this.answer()
    },
  }
}

describe('moves of waiting runs', () => {
  test('two quick presses move two positions, seen before the first answer', async () => {
    const server = slowServer([1, 2, 3, 4])
    server.window.receive(server.info())
    const both = [server.window.move([4], 'up'), server.window.move([4], 'up')]
    expect(server.shown()).toEqual([1, 4, 2, 3])
    await server.settled()
    // One at a time: the second is counted from what the first made.
    expect(server.waiting()).toBe(1)
    expect(server.shown()).toEqual([1, 4, 2, 3])
    await server.answerAll()
    expect(await Promise.all(both)).toEqual([true, true])
    expect(server.order()).toEqual([1, 4, 2, 3])
    expect(server.shown()).toEqual([1, 4, 2, 3])
  })

  test('an event that shows the result before the answer does not move it twice', async () => {
    const server = slowServer([1, 2, 3, 4])
    server.window.receive(server.info())
    void server.window.move([4], 'up')
    await server.settled()
    server.window.receive(server.info())
    expect(server.shown()).toEqual([1, 2, 4, 3])
    void server.window.move([4], 'up')
    expect(server.shown()).toEqual([1, 4, 2, 3])
    await server.answerAll()
    expect([server.order(), server.shown()]).toEqual([
      [1, 4, 2, 3],
      [1, 4, 2, 3],
    ])
  })

  test('an event read before the answer and arriving after it changes nothing', async () => {
    const server = slowServer([1, 2, 3])
    const old = server.info()
    server.window.receive(old)
    void server.window.move([3], 'first')
    await server.answerAll()
    server.window.receive(old)
    expect(server.shown()).toEqual([3, 1, 2])
  })

  test('a move is relative to the newest order, not to the one at the press', async () => {
    const server = slowServer([1, 2, 3, 4])
    server.window.receive(server.info())
    void server.window.move([3], 'up')
    void server.window.move([4], 'up')
    await server.settled()
    // Another window puts 5 in front of 4 meanwhile.
    server.set([1, 3, 2, 5, 4])
    server.window.receive(server.info())
    await server.answerAll()
    // The first answer was read before 5 came: what is known stays.
    expect(server.order()).toEqual([1, 3, 2, 4, 5])
    expect(server.shown()).toEqual(server.order())
  })

  test('a run whose position has not arrived yet is moved all the same', async () => {
    const server = slowServer([1, 2, 3])
    server.window.receive({ ...server.info(), order: [] })
    void server.window.move([3], 'up')
    await server.answerAll()
    expect(server.order()).toEqual([1, 3, 2])
    expect(server.errors).toEqual([null])
  })

  test('where the neighbor has started meanwhile, the move is counted again from what waits', async () => {
    const server = slowServer([1, 2, 3])
    server.window.receive(server.info())
    server.set([2, 3])
    void server.window.move([2], 'up')
    void server.window.move([3], 'first')
    await server.answerAll()
    expect(server.order()).toEqual([3, 2])
    expect(server.errors).toEqual([null, null])
  })

  test('a run that has started is not moved, which is said; the moves after it are done', async () => {
    const server = slowServer([1, 2, 3])
    server.window.receive(server.info())
    server.set([2, 3])
    const [gone, other] = [server.window.move([1], 'last'), server.window.move([3], 'up')]
    await server.answerAll()
    expect(await Promise.all([gone, other])).toEqual([false, true])
    expect(server.errors[0]).toMatch(/Run 1 is not waiting in the queue/)
    expect(server.shown()).toEqual([3, 2])
  })
})
