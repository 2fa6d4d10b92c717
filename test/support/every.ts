/** `list.every(…)` is true of an empty list, and an assertion on it then says nothing. */
import { expect } from 'vitest'

/** Fails for the first item that does not hold, and where there is no item at all. */
export function expectEvery<T>(list: Iterable<T>, holds: (item: T, at: number) => boolean, what = 'item') {
  let at = 0
  for (const item of list) {
    if (!holds(item, at)) expect.fail(`${what} ${at} does not hold: ${JSON.stringify(item)}`)
    at++
  }
  expect(at, `how many of ${what}`).toBeGreaterThan(0)
}
