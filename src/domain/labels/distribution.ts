/** Rows of packed tables of class distributions, and what one distribution says by itself. */

type Table = Float32Array | Float64Array | Uint32Array

/** Row `row` of a packed (n, classes) table, without copying. */
export const rowAt = <T extends Table>(table: T, row: number, classes: number): T =>
  table.subarray(row * classes, (row + 1) * classes) as T

/** -sum p ln p of one distribution, with 0 ln 0 = 0. Nats. */
export function entropyNats(row: ArrayLike<number>): number {
  let sum = 0
  for (let c = 0; c < row.length; c++) {
    const p = row[c] as number
    if (p > 0) sum -= p * Math.log(p)
  }
  // -1 * ln 1 is -0.
  return sum + 0
}

/** Index of the largest entry, the first among equals. */
export function argmax(row: ArrayLike<number>): number {
  let best = 0
  for (let c = 1; c < row.length; c++) if ((row[c] as number) > (row[best] as number)) best = c
  return best
}
