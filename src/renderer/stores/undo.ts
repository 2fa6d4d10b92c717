/**
 * What was just removed can be taken back for a while. Whoever removes something offers the way back here; the window
 * shows it (components/UndoToasts.vue), and Ctrl/Cmd+Z takes the newest.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { StudioError, type ErrorData } from '../../domain/errors'

/** How long an offer stands, the time it is hovered over or focused not counted. */
export const OFFER_MS = 8000
/** More would cover what a person looks at. */
const SHOWN = 3

export interface Offer {
  id: number
  /** What was removed: "Study “Pilot” removed". */
  text: string
  /** Why taking it back failed; the offer then stands until it is dismissed. */
  error: ErrorData | null
  busy: boolean
}

export const useUndo = defineStore('undo', () => {
  const offers = ref<Offer[]>([])
  const actions = new Map<number, () => Promise<void>>()
  /** Milliseconds left to each, and since when they run. */
  const left = new Map<number, number>()
  let runningSince: number | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let held = false
  let last = 0

  /** Offers to take back what was just done; the newest is shown last. */
  function offer(text: string, undo: () => Promise<void>) {
    const id = ++last
    settle()
    offers.value.push({ id, text, error: null, busy: false })
    actions.set(id, undo)
    left.set(id, OFFER_MS)
    while (offers.value.length > SHOWN) dismiss(offers.value[0]?.id ?? 0)
    run()
  }

  /** Takes back the offer, the newest unless another is named. */
  async function takeBack(id = offers.value.at(-1)?.id) {
    const offered = offers.value.find((each) => each.id === id)
    const undo = id === undefined ? undefined : actions.get(id)
    if (!offered || !undo || offered.busy) return
    offered.busy = true
    left.delete(offered.id)
    try {
      await undo()
      dismiss(offered.id)
    } catch (thrown) {
      offered.error = StudioError.from(thrown).toData()
      offered.busy = false
    }
  }

  function dismiss(id: number) {
    offers.value = offers.value.filter((each) => each.id !== id)
    actions.delete(id)
    left.delete(id)
  }

  /** While a person is at the offers, none goes. */
  function hold(now: boolean) {
    if (now === held) return
    settle()
    held = now
    run()
  }

  /** Takes the time that has passed from what is left. */
  function settle() {
    clearTimeout(timer)
    const passed = runningSince === null ? 0 : Date.now() - runningSince
    runningSince = null
    for (const [id, ms] of [...left]) {
      left.set(id, ms - passed)
      if (ms <= passed) dismiss(id)
    }
  }

  function run() {
    if (held || left.size === 0) return
    runningSince = Date.now()
    timer = setTimeout(
      () => {
        settle()
        run()
      },
      Math.min(...left.values()),
    )
  }

  return { offers, offer, takeBack, dismiss, hold }
})
