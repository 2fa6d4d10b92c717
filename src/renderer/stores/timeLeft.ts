/**
 * The time left, one estimate for all of the window: of everything that runs and waits, of one run, of some of them.
 * The services answer it with the queue; here it is smoothed, all of it by the same factor, so that parts and whole
 * agree.
 */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import type { QueueInfo } from '../../domain/runs/info'
import { remainingSeconds, steadyEnd } from '../lib/runTime'
import { useRuns } from './runs'

export const useTimeLeft = defineStore('time-left', () => {
  const runs = useRuns()
  /** When all will be done, ms since the epoch. */
  const end = ref<number | null>(null)
  const now = ref(Date.now())

  /** Other work has an end of its own; one run fewer is only one that began. */
  const isOther = (queue: QueueInfo, before: QueueInfo | null) =>
    queue.order.some((id) => !before?.order.includes(id)) || (before?.order.length ?? 0) > queue.order.length + 1

  watch(
    () => runs.queueInfo,
    (queue, before) => {
      const told = Date.now()
      const last = !queue || isOther(queue, before ?? null) ? null : end.value
      end.value = queue && steadyEnd(last, queue.secondsLeft, told, told - now.value)
      now.value = told
    },
    { immediate: true },
  )

  /** Seconds until these runs are done (null: all); null where it is not known, 0 where none of them runs or waits. */
  function of(ids: readonly number[] | null): number | null {
    const queue = runs.queueInfo
    return queue && remainingSeconds(queue, ids, end.value === null ? null : (end.value - now.value) / 1000)
  }
  return { of }
})
