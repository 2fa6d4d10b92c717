/** What the soak test says of curves and results: nothing where they are equal, a sentence for each way to differ. */
import { expect, test } from 'vitest'
import { curveFaults, resultFaults, type RunTrace } from '../../verify/soak/training'

const trace = (steps: number[], change: Partial<RunTrace> = {}): RunTrace => ({
  id: 4,
  config: 0,
  state: 'running',
  steps,
  points: steps.map((step) => `{"step":${step}}`),
  files: { result: 'a', 'predictions.npy': 'b' },
  ...change,
})
const whole = trace([1, 2, 3, 5, 8], { state: 'done' })

test('a curve that is as far as it goes is right', () => {
  for (const length of [0, 1, 3, 5]) expect(curveFaults(trace(whole.steps.slice(0, length)), whole)).toEqual([])
  expect(resultFaults(trace(whole.steps, { state: 'done' }), whole)).toEqual([])
})

test.each<[string, RunTrace, RegExp]>([
  ['a hole', trace([1, 2, 5]), /has a hole: 3 of 4 points up to step 5/],
  ['a missing beginning', trace([2, 3]), /has a hole/],
  ['a doubled step', trace([1, 2, 2, 3]), /goes back or doubles/],
  ['a step back', trace([1, 3, 2]), /goes back or doubles/],
  ['a point that nothing measured', trace([1, 2, 3, 4]), /differs/],
  ['another value', trace([1, 2], { points: ['{"step":1}', '{"step":2,"loss":1}'] }), /differs/],
])('%s is found', (_, found, expected) => {
  expect(curveFaults(found, whole).join()).toMatch(expected)
})

test.each<[string, Partial<RunTrace>, RegExp]>([
  ['a run that failed', { state: 'failed' }, /is failed and not done/],
  ['another result', { files: { result: 'x', 'predictions.npy': 'b' } }, /result of run 4 differs/],
  ['other predictions', { files: { result: 'a', 'predictions.npy': 'x' } }, /predictions\.npy of run 4 differs/],
  ['a curve that ends early', { steps: [1, 2], points: ['{"step":1}', '{"step":2}'] }, /is incomplete/],
])('%s is found', (_, change, expected) => {
  expect(resultFaults(trace(whole.steps, { state: 'done', ...change }), whole).join()).toMatch(expected)
})
