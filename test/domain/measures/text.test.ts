/** How values of measures are written. */
import { expect, it } from 'vitest'
import { measureWords, show } from '../../../src/domain/measures/text'

it('shares are percent, numbers of images whole, all else has three digits', () => {
  const written = (measure: string, value: number | null) => show(measureWords(measure), value)
  expect(written('accuracy', 0.76812)).toBe('76.8%')
  expect(written('judgedImages', 5607)).toBe('5,607')
  expect(written('secondBestImages', 12)).toBe('12')
  // A mean over runs need not be whole.
  expect(written('secondBestImages', 12.5)).toBe('12.500')
  expect(written('crossEntropyToPeople', 2)).toBe('2.000')
  expect(written('judgedImages', null)).toBe('–')
})
