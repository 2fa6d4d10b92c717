/** Moving waiting runs in the queue: dragged by the mouse, or one place at a time by keys. */
import { ref } from 'vue'
import type { RunInfo } from '../../../shared/domain'
import { useRuns } from '../../stores/runs'

export function useReordering(chosen: () => ReadonlySet<number>) {
  const store = useRuns()
  const dragged = ref<number[]>([])
  /** The run at whose place a drop would put them. */
  const target = ref<number | null>(null)
  const said = ref('')
  const order = () => store.queueInfo?.order ?? []

  /** One of those chosen takes the other waiting ones along. */
  const withChosen = (id: number) => (chosen().has(id) ? order().filter((each) => chosen().has(each)) : [id])

  function start(run: RunInfo, event: DragEvent) {
    dragged.value = withChosen(run.id)
    event.dataTransfer?.setData('text/plain', dragged.value.map((id) => `run ${id}`).join(', '))
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move'
  }
  function over(run: RunInfo, event: DragEvent) {
    if (dragged.value.length === 0 || run.state !== 'queued') return
    event.preventDefault()
    target.value = run.id
  }
  async function drop() {
    const [ids, before] = [dragged.value, target.value]
    end()
    if (ids.length === 0 || before === null) return
    // Dropped on one further down, they go behind it: that is where a person let go.
    const all = order()
    const down = all.indexOf(before) > all.indexOf(ids[0] ?? before)
    await put(ids, down ? (all.slice(all.indexOf(before) + 1).find((id) => !ids.includes(id)) ?? null) : before)
  }
  function end() {
    dragged.value = []
    target.value = null
  }

  async function put(ids: number[], before: number | null) {
    await store.move(ids, before)
    const place = order().indexOf(ids[0] ?? 0) + 1
    said.value = `Run ${ids.join(', ')} is now number ${place} of ${order().length} in the queue.`
  }

  /** Alt with an arrow, Home or End; null where it was none of them. */
  function key(run: RunInfo, event: KeyboardEvent): Promise<void> | null {
    if (!event.altKey || run.state !== 'queued') return null
    const all = order()
    const ids = withChosen(run.id)
    const rest = all.filter((id) => !ids.includes(id))
    const at = rest.filter((id) => all.indexOf(id) < all.indexOf(ids[0] ?? run.id)).length
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rest.length }[event.key]
    if (to === undefined) return null
    event.preventDefault()
    return put(ids, rest[Math.max(0, to)] ?? null)
  }

  return { dragged, target, said, start, over, drop, end, key }
}
