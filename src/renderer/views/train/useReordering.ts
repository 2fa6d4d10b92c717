/** Moving waiting runs in the queue: dragged by the mouse, or one place at a time by keys. */
import { ref } from 'vue'
import type { RunInfo } from '../../../domain/runs/info'
import type { QueueTarget } from '../../../domain/runs/queueOrder'
import { useRuns } from '../../stores/runs'

const KEYS: ReadonlyMap<string, QueueTarget> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['Home', 'first'],
  ['End', 'last'],
])

export function useReordering(chosen: () => ReadonlySet<number>) {
  const store = useRuns()
  const dragged = ref<number[]>([])
  /** The run at whose place a drop would put them. */
  const target = ref<number | null>(null)
  const said = ref('')
  const order = () => store.queueInfo?.order ?? []

  /** One of those chosen takes the other waiting ones along. */
  const withChosen = (id: number) =>
    chosen().has(id) && order().includes(id) ? order().filter((each) => chosen().has(each)) : [id]

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
    await put(ids, {
      before: down ? (all.slice(all.indexOf(before) + 1).find((id) => !ids.includes(id)) ?? null) : before,
    })
  }
  function end() {
    dragged.value = []
    target.value = null
  }

  let latest = 0
  async function put(ids: number[], to: QueueTarget) {
    const asked = ++latest
    // Of quick presses only the last is announced: it says where they end.
    if (!(await store.move(ids, to)) || asked !== latest) return
    const place = order().indexOf(ids[0] ?? 0) + 1
    said.value = `Run ${ids.join(', ')} is now number ${place} of ${order().length} in the queue.`
  }

  /**
   * Alt with an arrow, Home or End. Moves the run on the screen before it returns; false where it was none of these
   * keys.
   */
  function key(run: RunInfo, event: KeyboardEvent): boolean {
    const to = event.altKey && run.state === 'queued' ? KEYS.get(event.key) : undefined
    if (to === undefined) return false
    event.preventDefault()
    void put(withChosen(run.id), to)
    return true
  }

  return { dragged, target, said, start, over, drop, end, key }
}
