/** Labels of an axis: as many decimals as its steps need. Pure. */

/** A number as it is shown; with `digits` decimals where it is asked for them. */
export type Format = (value: number, digits?: number) => string

const MOST_DIGITS = 8

/** @param ticks all values of the axis: they get the same number of decimals, the fewest by which no two read alike */
export function tickLabel(format: Format, value: number, ticks: readonly number[]): string {
  const isTold = (digits?: number) => new Set(ticks.map((tick) => format(tick, digits))).size === new Set(ticks).size
  if (isTold()) return format(value)
  for (let digits = 0; digits <= MOST_DIGITS; digits++) if (isTold(digits)) return format(value, digits)
  return format(value)
}
