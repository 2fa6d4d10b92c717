/**
 * How the values of measures are written, in the window, in files and in reports alike; what they are called: words.ts.
 */
import type { MeasureWords } from './words'

export { measureWords, type MeasureWords } from './words'

export const NONE = '–'
const MINUS = '−'

/** With a real minus sign, and none on what rounds to zero; a dash for what is no number. */
export const fixed = (value: number, digits: number): string => {
  if (!Number.isFinite(value)) return NONE
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? MINUS + text : text
}

/** "76.8%", "0.862" or "5,607"; a dash where there is none. */
export function show(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE
  if (words.unit === 'count' && Number.isInteger(value)) return value.toLocaleString('en-US')
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
