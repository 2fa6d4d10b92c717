/**
 * Tables of probabilities from files, for every reader alike: what is accepted as a distribution, and how it is made to
 * sum to 1.
 */
import { badFile } from '../../domain/errors'
import { count } from '../../domain/text/numbers'

/**
 * How far a row's sum may be from 1: ten probabilities rounded to three digits stay within, float16 stays well within.
 */
const ROUNDING = 0.0005
const tolerance = (classes: number): number => ROUNDING * Math.max(10, classes)

/** Rows that are off by no more than float64 arithmetic leaves are kept to the last bit. */
const EXACT = 1e-9

export interface Normalized {
  /** Rows that were divided by their sum. */
  rows: number
  /** The largest distance of a row's sum from 1, before. */
  largest: number
}

/**
 * Divides each row of (rows, classes) by its sum, in place. Throws bad-file naming the entry where there is a value
 * outside 0 to 1 or a row whose sum is further from 1 than rounding explains; `values` is then partly changed.
 */
export function normalizeDistributions(path: string, values: Float64Array, classes: number): Normalized {
  const most = tolerance(classes)
  const found: Normalized = { rows: 0, largest: 0 }
  for (let at = 0; at < values.length; at += classes) {
    const row = values.subarray(at, at + classes)
    const i = at / classes
    const wrong = row.findIndex((value) => !(value >= 0 && value <= 1 + most))
    if (wrong >= 0) {
      const value = row[wrong] ?? NaN
      const reason = Number.isNaN(value) ? 'NaN is no probability.' : `${value} is no probability.`
      throw badFile(path, `entry [${i}, ${wrong}]`, reason)
    }
    const sum = row.reduce((total, value) => total + value, 0)
    const off = Math.abs(sum - 1)
    if (off > most) {
      const place = `entries [${i}, 0] to [${i}, ${classes - 1}]`
      throw badFile(path, place, `The row sums to ${Number(sum.toPrecision(8))}, not to 1 within ${most}.`)
    }
    found.largest = Math.max(found.largest, off)
    if (off <= EXACT) continue
    found.rows++
    row.forEach((value, c) => (row[c] = value / sum))
  }
  return found
}

/** What was done to the rows, for a report; nothing where they were kept as they are. */
export const normalizedReport = ({ rows, largest }: Normalized): string[] =>
  rows > 0
    ? [
        `${count(rows)} rows did not sum to 1 exactly and were divided by their sum; the largest deviation was ${largest.toPrecision(2)}.`,
      ]
    : []
