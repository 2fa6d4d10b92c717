/**
 * Text in cells of CSV that strangers wrote: a spreadsheet takes a cell that begins with `=` for a formula, and runs
 * it. Such a cell gets an apostrophe in front, as OWASP advises, which our own readers take away again: exactly,
 * because a text that begins with apostrophes and then such a sign gets one more. Numbers and ids that are numbers stay
 * as they are.
 */

/** What a formula begins with, fullwidth forms included; tab and line ends lead a spreadsheet to look behind them. */
const SIGNS = '=+\\-@\\t\\r\\n\uFF1D\uFF0B\uFF0D\uFF20'
/** Where a cell begins: the text's own start, and behind what a spreadsheet set to another delimiter divides at. */
const START = '(?<=^|[;\\t\\r\\n])'

const DANGER = new RegExp(`${START}(?='*[${SIGNS}])`, 'g')
const ESCAPED = new RegExp(`${START}'(?='*[${SIGNS}])`, 'g')
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A text as it may stand in a cell; `restoreText` gives it back. */
export const neutralizeText = (text: string): string => (NUMBER.test(text) ? text : text.replace(DANGER, "'"))

/** The text that `neutralizeText` was given. */
export const restoreText = (cell: string): string => cell.replace(ESCAPED, '')

/** For tables of mixed cells: texts are neutralized, numbers and nothing stay. */
export const neutralizeCell = <T>(cell: T): T | string => (typeof cell === 'string' ? neutralizeText(cell) : cell)

/** Of a table as it is saved; null is empty. */
export type Cell = string | number | null
