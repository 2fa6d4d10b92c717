/** When runs will be done, and what finished runs teach. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { finishedRates, keepFinishedRate, MachineTime } from '../../../src/main/speeds/finishedRates'
import { runEnds } from '../../../src/main/runs/ends'
import { openProject } from '../../../src/main/storage'
import { temporaryFolder } from '../temporary'

const of = (...seconds: number[]) => seconds.map((each, at) => ({ id: at + 1, seconds: each }))
const waiting = (...seconds: number[]) => seconds.map((each, at) => ({ id: 101 + at, seconds: each }))

describe('the ends of runs', () => {
  test('one after the other they add up', () => {
    expect(runEnds(of(30), waiting(10, 20))).toEqual([
      { id: 1, seconds: 30 },
      { id: 101, seconds: 40 },
      { id: 102, seconds: 60 },
    ])
    expect(runEnds([], waiting(10))).toEqual([{ id: 101, seconds: 10 }])
    expect(runEnds([], [])).toEqual([])
  })

  test('side by side they share the machine, and the next takes the place of the first that ends', () => {
    // Two at once, 10 and 30: the first ends at 20, the second has 20 left and shares with one of 10, then has all.
    expect(runEnds(of(10, 30), waiting(10))).toEqual([
      { id: 1, seconds: 20 },
      { id: 101, seconds: 40 },
      { id: 2, seconds: 50 },
    ])
  })

  test('each is there once, in order, and the last is the sum of all work', () => {
    const works = fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 12 })
    fc.assert(
      fc.property(works, works, (now, later) => {
        const ends = runEnds(of(...now), waiting(...later))
        expect(ends.map(({ id }) => id).sort()).toEqual(
          [...of(...now), ...waiting(...later)].map(({ id }) => id).sort(),
        )
        const seconds = ends.map((end) => end.seconds)
        expect(seconds).toEqual(seconds.toSorted((a, b) => a - b))
        const sum = [...now, ...later].reduce((a, b) => a + b, 0)
        expect(seconds.at(-1) ?? 0).toBeCloseTo(sum, 6)
      }),
    )
  })
})

describe('finished runs', () => {
  test('have had the machine for as long as they were at work, each its share of what several had', () => {
    const time = new MachineTime()
    const at = (...ids: number[]) => ids.map((id) => ({ id, share: 0 }))
    time.look(at(1), 0)
    time.look(at(1, 2), 10)
    // 10 alone and half of 20; run 2 half of 20 and then all of 30.
    expect([...time.look(at(2), 30)]).toEqual([[1, 20]])
    expect([...time.look([], 60)]).toEqual([[2, 40]])
    // One that was taken up half way says nothing.
    time.look([{ id: 3, share: 0.5 }], 100)
    expect([...time.look([], 200)]).toEqual([])
  })

  test('teach a speed by network and device, recent ones most, for this machine alone', () => {
    const store = openProject(temporaryFolder())
    expect(finishedRates(store, 'cpu')).toEqual({})
    keepFinishedRate(store, 'cpu', 'resnet_basic_8', 1000, 105)
    expect(finishedRates(store, 'cpu')).toEqual({ resnet_basic_8: 10 })
    keepFinishedRate(store, 'cpu', 'resnet_basic_8', 1000, 55)
    expect(finishedRates(store, 'cpu')).toEqual({ resnet_basic_8: 15 })
    expect(finishedRates(store, 'webgpu')).toEqual({})
    expect(finishedRates(store, null)).toEqual({ resnet_basic_8: 15 })
    store.settings.put('speeds.finished', 'written by hand')
    expect(finishedRates(store, 'cpu')).toEqual({})
    store.close()
  })
})
