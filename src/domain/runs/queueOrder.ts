/**
 * The order of waiting runs. One implementation for the project's database and for the window, which shows a move at
 * once.
 */

/** A position relative to the run's neighbors, or before a named run (`null`: at the end). */
export type QueueTarget = 'up' | 'down' | 'first' | 'last' | { before: number | null }

/**
 * The order with `ids`, in the sequence given, before `before`; `null` puts them at the end. Where `before` is itself
 * among `ids`, they gather before the next run that stays. All of them have to be in `order`.
 */
export function moveBefore(order: readonly number[], ids: readonly number[], before: number | null): number[] {
  const moved = new Set(ids)
  const rest = order.filter((id) => !moved.has(id))
  const anchor = before === null ? undefined : order.slice(order.indexOf(before)).find((id) => !moved.has(id))
  const at = anchor === undefined ? rest.length : rest.indexOf(anchor)
  return [...rest.slice(0, at), ...moved, ...rest.slice(at)]
}

/**
 * The run before which `ids` have to be put to get to `target` in this order; `null` is the end. Several runs move as
 * one block, counted from the first of them.
 */
export function anchorOf(order: readonly number[], ids: readonly number[], target: QueueTarget): number | null {
  if (typeof target === 'object') return target.before
  const moved = new Set(ids)
  const rest = order.filter((id) => !moved.has(id))
  // Nothing of the block stands before its first run, so this counts those that stay before it, too.
  const at = order.findIndex((id) => moved.has(id))
  const to = { up: Math.max(0, at - 1), down: at + 1, first: 0, last: rest.length }[target]
  return rest[to] ?? null
}
