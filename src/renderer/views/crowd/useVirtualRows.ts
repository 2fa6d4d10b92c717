/** A long table of which only the rows on the screen exist: rows of one height, the rest as space above and below. */
import { computed, type Ref } from 'vue'
import { useVirtualizer } from '@tanstack/vue-virtual'

export function useVirtualRows<T>(rows: Ref<readonly T[]>, scroller: Ref<HTMLElement | undefined>, height: number) {
  const virtual = useVirtualizer(
    computed(() => ({
      count: rows.value.length,
      getScrollElement: () => scroller.value ?? null,
      estimateSize: () => height,
      overscan: 12,
    })),
  )
  return computed(() => {
    const items = virtual.value.getVirtualItems()
    return {
      // A list that shrank in this very moment is behind its positions.
      rows: items.flatMap(({ index }) => {
        const row = rows.value[index]
        return row === undefined ? [] : [{ index, row }]
      }),
      above: items[0]?.start ?? 0,
      below: Math.max(0, virtual.value.getTotalSize() - (items.at(-1)?.end ?? 0)),
    }
  })
}

/** Up and down walk the row buttons, as in every table of the window. */
export function walkRows(event: KeyboardEvent) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-row]')]
  const at = buttons.indexOf(event.target as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  buttons[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}
