/**
 * How the values of measures are written, in the window, in files and in reports alike; what they are called: words.ts.
 */
import { count, fixed, MINUS, NONE } from '../text/numbers'
import type { MeasureWords } from './words'

export { measureWords, type MeasureWords } from './words'

/** "76.8%", "0.862" or "5,607"; a dash where there is none. */
export function show(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (words.unit === 'count' && Number.isInteger(value)) return count(value)
  return words.share ? `${fixed(100 * value, 1)}%` : fixed(value, 3)
}

/** "+0.9" (points) or "−0.140", always with its sign. */
export function showChange(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  const text = words.share ? fixed(100 * value, 1) : fixed(value, 3)
  return text === NONE || text.startsWith(MINUS) || Number(text) === 0 ? text : `+${text}`
}

export const showInterval = (words: MeasureWords, interval: [number, number] | null): string =>
  interval ? `${showChange(words, interval[0])} to ${showChange(words, interval[1])}` : NONE
