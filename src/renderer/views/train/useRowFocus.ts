/**
 * Keeps the keyboard focus in a table whose rows change their order. The browser drops the focus of an element that is
 * put elsewhere in the page, and a row outside of the rendered window does not exist: without this, the next key press
 * is lost.
 */
import { nextTick, onBeforeUpdate, onUpdated, type Ref } from 'vue'

export function useRowFocus(
  rows: Ref<readonly { id: number }[]>,
  scroller: Ref<HTMLElement | undefined>,
  height: number,
) {
  /** What had the focus before the rows were put into their new order. */
  let focused: HTMLElement | null = null
  /** A run whose row is not rendered yet; keys are taken by the scroller in its place. */
  let awaited: number | null = null

  const buttonOf = (id: number) => scroller.value?.querySelector<HTMLElement>(`[data-row="${id}"]`) ?? null

  onBeforeUpdate(() => {
    const active = document.activeElement
    focused = active instanceof HTMLElement && scroller.value?.contains(active) ? active : null
  })
  onUpdated(() => {
    if (awaited !== null && document.activeElement === scroller.value) return focusAwaited(awaited)
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true })
  })

  function focusAwaited(id: number) {
    const button = buttonOf(id)
    if (!button) return
    button.focus()
  }

  /** Also when the person turns to something else before the row is there. */
  function stopWaiting() {
    awaited = null
    scroller.value?.removeAttribute('tabindex')
  }

  /** The run that a key press is about; null where it is none. */
  function rowOf({ target }: KeyboardEvent): number | null {
    if (target === scroller.value) return awaited
    return Number((target as HTMLElement).dataset['row']) || null
  }

  /** After a move: the focus is on the run's row, which is scrolled to wherever it went. */
  async function follow(id: number) {
    await nextTick()
    const element = scroller.value
    const button = buttonOf(id)
    if (!element || button) return button?.focus()
    awaited = id
    element.tabIndex = -1
    element.focus({ preventScroll: true })
    element.addEventListener('blur', stopWaiting, { once: true })
    const at = rows.value.findIndex((row) => row.id === id)
    element.scrollTo({ top: Math.max(0, at * height - element.clientHeight / 2) })
  }

  return { rowOf, follow }
}
