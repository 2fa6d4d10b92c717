/** Rows chosen in a table by their checkboxes: one by one, or with Shift all from the last one on. */
import { computed, ref, watch, type Ref } from 'vue'

export function useChosen(rows: Ref<readonly { id: number }[]>, existing: Ref<readonly { id: number }[]>) {
  const chosen = ref<ReadonlySet<number>>(new Set())
  let last: number | null = null

  function toggle(id: number, range: boolean) {
    const next = new Set(chosen.value)
    const on = !next.has(id)
    const ids = rows.value.map((row) => row.id)
    const [from, to] = [last === null ? -1 : ids.indexOf(last), ids.indexOf(id)]
    const span = range && from >= 0 && to >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
    for (const each of span) {
      if (on) next.add(each)
      else next.delete(each)
    }
    last = id
    chosen.value = next
  }

  const all = computed(() => rows.value.length > 0 && rows.value.every(({ id }) => chosen.value.has(id)))
  const some = computed(() => !all.value && rows.value.some(({ id }) => chosen.value.has(id)))
  const toggleAll = () => (chosen.value = all.value ? new Set() : new Set(rows.value.map(({ id }) => id)))
  const clear = () => (chosen.value = new Set())

  // What is gone can no longer be chosen.
  watch(existing, (now) => {
    const there = new Set(now.map(({ id }) => id))
    if ([...chosen.value].some((id) => !there.has(id)))
      chosen.value = new Set([...chosen.value].filter((id) => there.has(id)))
  })
  return { chosen, toggle, toggleAll, all, some, clear }
}
