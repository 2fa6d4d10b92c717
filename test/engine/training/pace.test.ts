/** Speed and time left of a run: what is measured, and that a machine's sleep is not taken for training. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Pace } from '../../../src/engine/training/pace'
import type { RunConfig } from '../../../src/domain/runs/config'
import type { RunProgress } from '../../../src/domain/runs/info'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const told = (pace: Pace): RunProgress | undefined =>
  [...pace.flush()].flatMap((event) => (event.type === 'progress' ? [event.progress] : []))[0]

/** Steps of 100 ms from `from` to `to`, batches of 10 images. */
function train(pace: Pace, from: number, to: number): RunProgress | undefined {
  let last: RunProgress | undefined
  for (let step = from; step <= to; step++) {
    vi.advanceTimersByTime(100)
    pace.tick({ activity: 'training', done: step, total: 1000 }, step)
    last = told(pace) ?? last
  }
  return last
}

test('time left is by the steps, and a sleep of an hour changes nothing of it', () => {
  const pace = new Pace(1000, { epochs: 10, batch: 10 } as RunConfig, 15)
  expect(train(pace, 1, 60)).toMatchObject({ imagesPerSecond: 100, secondsLeft: 94 })
  vi.advanceTimersByTime(3_600_000)
  const awake = train(pace, 61, 61)
  expect(awake?.imagesPerSecond).toBeCloseTo(100, 6)
  expect(awake?.secondsLeft).toBeCloseTo(93.9, 6)
  expect(train(pace, 62, 120)?.secondsLeft).toBeCloseTo(88, 6)
})

test('a machine that has become slow is believed', () => {
  const pace = new Pace(1000, { epochs: 10, batch: 10 } as RunConfig, 15)
  train(pace, 1, 60)
  for (let step = 61; step <= 70; step++) {
    vi.advanceTimersByTime(1500)
    pace.tick({ activity: 'training', done: step, total: 1000 }, step)
  }
  expect(told(pace)?.secondsLeft).toBeCloseTo(930 * 1.5, 0)
})
