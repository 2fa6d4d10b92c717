/** Arithmetic with logarithms of weights that are too small to be held themselves. */

/**
 * Turns `length` logarithms of weights from `at` on into shares, in place; answers the logarithm of the weights' sum.
 * One of them at least is finite.
 */
export function normaliseLogs(table: Float64Array, at: number, length: number): number {
  let highest = -Infinity
  for (let k = at; k < at + length; k++) highest = Math.max(highest, table[k] ?? 0)
  let sum = 0
  for (let k = at; k < at + length; k++) {
    const weight = Math.exp((table[k] ?? 0) - highest)
    table[k] = weight
    sum += weight
  }
  for (let k = at; k < at + length; k++) table[k] = (table[k] ?? 0) / sum
  return highest + Math.log(sum)
}
