/**
 * What a person sets for the run queue as a whole, and what it will still take. Settings and order are kept in the
 * project, so that they outlive any process. Not here: working it off (runs.ts).
 */
import { SECONDS_PER_RUN, trainingImages, TYPICAL } from '../../experiments/cost'
import type { QueueInfo, RunInfo } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { moveBefore } from '../../shared/queueOrder'
import type { ProjectStore } from '../store'
import { ratesOf, readSpeeds } from './speeds'

export type QueueSettings = Pick<QueueInfo, 'held' | 'workers'>

export function queueSettings({ settings }: Pick<ProjectStore, 'settings'>): QueueSettings {
  const workers = settings.get('queue.workers')
  return { held: settings.get('queue.held') === true, workers: typeof workers === 'number' ? workers : null }
}

export function setQueue({ settings }: Pick<ProjectStore, 'settings'>, change: Partial<QueueSettings>) {
  if (change.held !== undefined) settings.put('queue.held', change.held)
  if (change.workers !== undefined) settings.put('queue.workers', change.workers)
}

/**
 * Puts waiting runs, in the order given, before another one; null for the end. Throws StudioError('conflict') for runs
 * that do not wait: they have no place.
 */
export function moveRuns(store: ProjectStore, ids: readonly number[], before: number | null) {
  store.transaction(() => {
    const order = store.runs.order()
    const waiting = new Set(order)
    const stray = [...ids, ...(before === null ? [] : [before])].find((id) => !waiting.has(id))
    if (stray !== undefined) throw new StudioError('conflict', `Run ${stray} does not wait in the queue.`, { hint: 'It has been started or taken out meanwhile.' }) // prettier-ignore
    store.runs.arrange(moveBefore(order, ids, before))
  })
}

interface Work {
  network: string
  /** Passes of an image through the network and back. */
  passes: number
}

/** Remembers what each run comes to: configurations do not change, and a queue of thousands is looked at every second. */
export function queueClock() {
  const known = new Map<number, Work | null>()
  // From the clock, so that a restarted process counts on from where the one before it was.
  let revision = Date.now()

  function workOf(store: ProjectStore, id: number): Work | null {
    const found = known.get(id)
    if (found !== undefined) return found
    const run = store.runs.find(id)
    const images = run && store.imageSets.find(run.config.imageSet)
    const work =
      run && images ? { network: run.config.network, passes: trainingImages(run.config, images.count) } : null
    known.set(id, work)
    return work
  }

  return {
    forget: () => known.clear(),
    /** @param running those at work, with their progress as it is now */
    info(store: ProjectStore, running: readonly RunInfo[]): QueueInfo {
      const order = store.runs.order()
      const measured = ratesOf(readSpeeds(store))
      const now = runningRates(running)
      const unknown = new Set<string>()
      const used = new Set<QueueInfo['basis']>()
      let seconds = 0
      const add = (id: number, share: number, overhead: number) => {
        const work = workOf(store, id)
        if (!work) return
        const basis = now.has(work.network) ? 'running' : work.network in measured ? 'measured' : 'typical'
        const rate = now.get(work.network) ?? measured[work.network] ?? TYPICAL[work.network]
        if (rate === undefined) return unknown.add(work.network)
        used.add(basis)
        return (seconds += (work.passes * share) / rate + overhead)
      }
      for (const { id, progress } of running) add(id, progress && progress.steps > 0 ? 1 - progress.step / progress.steps : 1, 0) // prettier-ignore
      for (const id of order) add(id, 1, SECONDS_PER_RUN)
      const basis = used.has('typical') ? 'typical' : used.has('measured') ? 'measured' : 'running'
      const secondsLeft = unknown.size > 0 ? null : Math.round(seconds)
      return { ...queueSettings(store), order, secondsLeft, basis, unknown: [...unknown], revision: ++revision }
    },
  }
}

/** Images per second of the whole machine by network: what one run does now, times how many share it. */
function runningRates(running: readonly RunInfo[]): Map<string, number> {
  const rates = new Map<string, number>()
  for (const { config, progress } of running)
    if (progress?.imagesPerSecond) rates.set(config.network, Math.max(rates.get(config.network) ?? 0, progress.imagesPerSecond * running.length)) // prettier-ignore
  return rates
}
