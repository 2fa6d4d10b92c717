/** Sorting of tables: one column, either way; missing values always last. */
import { reactive } from 'vue'

export type SortValue = string | number | null | undefined
export interface Sorting<K extends string> {
  column: K
  descending: boolean
  by(column: K): void
}

export function useSorting<K extends string>(column: K, descending = false): Sorting<K> {
  const sorting: Sorting<K> = reactive({
    column,
    descending,
    by(next: K) {
      sorting.descending = sorting.column === next ? !sorting.descending : false
      sorting.column = next
    },
  }) as Sorting<K>
  return sorting
}

export function sortRows<T>(rows: readonly T[], value: (row: T) => SortValue, descending: boolean): T[] {
  const sign = descending ? -1 : 1
  return [...rows].sort((a, b) => {
    const left = value(a) ?? null
    const right = value(b) ?? null
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
    return sign * String(left).localeCompare(String(right), 'en', { numeric: true })
  })
}
