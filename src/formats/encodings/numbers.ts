/**
 * Numbers in text files, for every reader alike: digits as people and programs write them, with spaces around them at
 * most. Not an empty text, not a no-break space, not "0x3", not "1_000", not "2,5": `Number()` would make numbers of
 * some.
 */
const DECIMAL = /^ *[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)? *$/

/** 1 for true and 0 for false, however it is written: True, true, TRUE, 1, 1.0. NaN for anything else. */
export function parseFlag(text: string): number {
  const word = /^ *(true|false) *$/i.exec(text)?.[1]?.toLowerCase()
  if (word !== undefined) return Number(word === 'true')
  const value = parseDecimal(text)
  return value === 0 || value === 1 ? value : NaN
}

/** The number a text says; NaN where it says none, or one beyond any double. */
export function parseDecimal(text: string): number {
  if (!DECIMAL.test(text)) return NaN
  const value = Number(text)
  return Number.isFinite(value) ? value : NaN
}
