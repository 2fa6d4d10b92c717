/** Confidence when right and when wrong, by hand and by its identity with accuracy. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accuracy } from '../../../src/domain/measures/accuracy'
import { confidence } from '../../../src/domain/measures/confidence'
import { measures } from '../../../src/domain/measures/measures'
import { images, of, predictions } from './support'

describe('confidence when right and when wrong', () => {
  it('is the mean probability of the predicted class on either side', () => {
    const found = confidence(
      predictions(
        [
          [0.7, 0.3],
          [0.9, 0.1],
          [0.4, 0.6],
          [1, 0],
        ],
        [0, 0, 0, 1],
      ),
    )
    expect(found.right).toBeCloseTo(0.8, 12)
    expect(found.wrong).toBeCloseTo(0.8, 12)
  })

  it('takes the first among equals for the prediction, as accuracy does', () => {
    expect(confidence(predictions([[0.5, 0.5]], [0]))).toEqual({ right: 0.5, wrong: null })
    expect(confidence(predictions([[0.5, 0.5]], [1]))).toEqual({ right: null, wrong: 0.5 })
  })

  it('is absent from the measures on a side without images', () => {
    const all = measures(
      of([
        [1, 0],
        [0, 1],
      ]),
      Uint8Array.of(0, 1),
      of([
        [1, 0],
        [0, 1],
      ]),
      2,
    )
    expect(all['confidenceWhenRight']).toBe(1)
    expect(all).not.toHaveProperty('confidenceWhenWrong')
    expect(measures(of([[1, 0]]), Uint8Array.of(1), of([[1, 0]]), 2)).not.toHaveProperty('confidenceWhenRight')
  })

  it('mixes to the mean confidence by accuracy', () => {
    fc.assert(
      fc.property(images, (set) => {
        const { right, wrong } = confidence(set)
        const share = accuracy(set)
        let mean = 0
        for (let i = 0; i < set.labels.length; i++) mean += Math.max(...set.values.subarray(i * 4, i * 4 + 4))
        expect(share * (right ?? 0) + (1 - share) * (wrong ?? 0)).toBeCloseTo(mean / set.labels.length, 10)
      }),
    )
  })
})
