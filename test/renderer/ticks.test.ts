/** Labels of axes: no two read alike, and all have the same decimals. */
import { describe, expect, it } from 'vitest'
import { tickLabel } from '../../src/renderer/charts/ticks'
import { count, fixed, percent } from '../../src/domain/text/numbers'

describe('tickLabel', () => {
  const loss = (value: number, digits = 2) => fixed(value, digits)
  const labels = (format: Parameters<typeof tickLabel>[0], ticks: number[]) =>
    ticks.map((tick) => tickLabel(format, tick, ticks))
  it('keeps the usual decimals where they tell ticks apart', () => {
    expect(labels(loss, [0, 0.5, 1])).toEqual(['0.00', '0.50', '1.00'])
  })
  it('takes the decimals that the steps need', () => {
    expect(labels(loss, [2.32, 2.325, 2.33])).toEqual(['2.320', '2.325', '2.330'])
    expect(labels((value, digits = 0) => percent(value, digits), [0.1, 0.105, 0.11])).toEqual([
      '10.0%',
      '10.5%',
      '11.0%',
    ])
  })
  it('leaves a format without decimals as it is', () => {
    expect(labels((value) => count(Math.round(value)), [1, 1.2, 1.4])).toEqual(['1', '1', '1'])
  })
})
