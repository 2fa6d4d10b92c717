/** How the window writes the values of measures; what they are called is in shared/measureWords.ts. */
import type { MeasureWords } from '../../shared/measureWords'
import { fixed, percent } from './format'

export { measureWords, type MeasureWords } from '../../shared/measureWords'

export const showMeasure = (words: MeasureWords, value: number | null | undefined) =>
  words.share ? percent(value, 1) : fixed(value, 3)

export const BETTER_WORDS = { 1: 'more is better', '-1': 'less is better', 0: 'neither way is better' } as const
export const UNIT_WORDS = { share: 'share, in percent', nats: 'nats', plain: 'none' } as const

/** A difference of shares is in percentage points. */
export function showDifference(words: MeasureWords, value: number | null | undefined): string {
  if (value === null || value === undefined) return fixed(null)
  const text = words.share ? fixed(value * 100, 1) : fixed(value, 3)
  return Number(text.replace('−', '-')) > 0 ? `+${text}` : text
}
