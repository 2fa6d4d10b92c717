/**
 * Which of a few reused elements shows which line of a long list: a line that stays keeps its element, a line that
 * comes takes one that was left, so that nothing is made or removed while the list is scrolled.
 */
export function assignSlots(before: ReadonlyMap<number, number>, lines: readonly number[]): Map<number, number> {
  const kept = new Map<number, number>()
  for (const line of lines) {
    const slot = before.get(line)
    if (slot !== undefined) kept.set(line, slot)
  }
  const taken = new Set(kept.values())
  let next = 0
  for (const line of lines) {
    if (kept.has(line)) continue
    while (taken.has(next)) next++
    taken.add(next)
    kept.set(line, next)
  }
  return kept
}
