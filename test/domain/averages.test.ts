import { describe, expect, it } from 'vitest'
import { mean, median, sum } from '../../src/domain/averages'

describe('averages', () => {
  it('of no values are no number', () => {
    expect([mean([]), median([])]).toEqual([NaN, NaN])
    expect(sum([])).toBe(0)
  })

  it('have the middle value as their median, or the mean of the two in the middle', () => {
    expect(median([3])).toBe(3)
    expect(median([10, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 100])).toBe(3)
  })

  it('leave what they are of as it was', () => {
    const values = Float32Array.of(2, 1, 6)
    expect([mean(values), median(values), sum(values)]).toEqual([3, 2, 9])
    expect(values).toEqual(Float32Array.of(2, 1, 6))
  })
})
