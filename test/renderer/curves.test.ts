/** Curves keyed by step: resuming truncates, folds become a mean and a band. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanAndBand, mergePoints, thin } from '../../src/renderer/lib/curves'

const point = (step: number, loss: number) => ({ step, epoch: 0, loss })

describe('mergePoints', () => {
  it('appends what is new and keeps the order of steps', () => {
    expect(mergePoints([point(1, 3), point(2, 2)], [point(3, 1)]).map(({ step }) => step)).toEqual([1, 2, 3])
  })
  it('replaces from the first new step on: a resumed run does not overlap itself', () => {
    const merged = mergePoints([point(1, 3), point(2, 2), point(3, 9), point(4, 9)], [point(3, 1)])
    expect(merged.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 3],
      [2, 2],
      [3, 1],
    ])
  })
  it('joins the fields of one step: training loss and an evaluation', () => {
    const merged = mergePoints([point(2, 5)], [{ step: 2, epoch: 0, heldOutAccuracy: 0.5 }])
    expect(merged).toEqual([{ step: 2, epoch: 0, loss: 5, heldOutAccuracy: 0.5 }])
  })
  it('gives strictly rising steps whatever arrives', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 60 }))
    fc.assert(
      fc.property(steps, steps, (old, fresh) => {
        const first = mergePoints(
          [],
          old.map((step) => point(step, 1)),
        )
        const merged = mergePoints(
          first,
          fresh.map((step) => point(step, 2)),
        ).map(({ step }) => step)
        for (let at = 1; at < merged.length; at++) expect(merged[at]).toBeGreaterThan(merged[at - 1] ?? 0)
        for (const step of fresh) expect(merged).toContain(step)
      }),
    )
  })
})

describe('meanAndBand', () => {
  it('averages runs at equal steps and says how many there were', () => {
    const band = meanAndBand([[point(1, 1), point(2, 4)], [point(1, 3)]], 'loss')
    expect(band).toEqual([
      { step: 1, mean: 2, low: 1, high: 3, n: 2 },
      { step: 2, mean: 4, low: 4, high: 4, n: 1 },
    ])
  })
  it('leaves out what was not measured and what is not finite', () => {
    expect(meanAndBand([[point(1, NaN), { step: 2, epoch: 0 }]], 'loss')).toEqual([])
  })
})

describe('thin', () => {
  it('keeps the extremes and the last step', () => {
    const points = Array.from({ length: 1000 }, (_, step) => ({ step, mean: step, low: -step, high: step, n: 1 }))
    const thinned = thin(points, 100)
    expect(thinned.length).toBeLessThanOrEqual(100)
    expect(thinned[thinned.length - 1]?.step).toBe(999)
    expect(Math.max(...thinned.map(({ high }) => high))).toBe(999)
  })
})
