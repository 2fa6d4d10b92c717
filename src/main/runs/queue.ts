/**
 * What a person sets for the run queue as a whole, and what it will still take. Settings and order are kept in the
 * project, so that they outlive any process. Not here: working it off (service.ts).
 */
import type { RealDeviceId } from '../../engine/devices'
import { SECONDS_PER_RUN, trainingImages, TYPICAL } from '../../domain/runs/cost'
import type { QueueInfo, RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { moveBefore } from '../../domain/runs/queueOrder'
import type { ProjectStore } from '../storage'
import { finishedRates, keepFinishedRate, MachineTime } from '../speeds/finishedRates'
import { runEnds, type RemainingWork } from './ends'
import { ratesOf, readSpeeds } from '../speeds/speeds'

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
    if (stray !== undefined)
      throw new StudioError('conflict', `Run ${stray} does not wait in the queue.`, {
        hint: 'It has been started or taken out meanwhile.',
      })
    store.runs.arrange(moveBefore(order, ids, before))
  })
}

interface Work {
  network: string
  /** Passes of an image through the network and back. */
  passes: number
}

/**
 * Remembers what each run comes to: configurations do not change, and a queue of thousands is looked at every second.
 */
export function queueClock() {
  const known = new Map<number, Work | null>()
  const time = new MachineTime()
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
    info(store: ProjectStore, running: readonly RunInfo[], deviceOf: DeviceOf): QueueInfo {
      const order = store.runs.order()
      const rateOf = rates(store, running, deviceOf)
      const unknown = new Set<string>()
      const used = new Set<QueueInfo['basis']>()
      const remaining = (id: number, share: number, overhead: number): RemainingWork[] => {
        const work = workOf(store, id)
        if (!work) return []
        const found = rateOf(work.network)
        if (!found) {
          unknown.add(work.network)
          return []
        }
        used.add(found.basis)
        return [{ id, seconds: (work.passes * share) / found.rate + overhead }]
      }
      const atWork = running.flatMap((run) => {
        const found = remaining(run.id, 1 - shareOf(run.progress), 0)
        // Its steps are done: what is left is the phase it is in.
        return found.map((each) => ({ ...each, seconds: each.seconds || (run.progress?.secondsLeft ?? 0) }))
      })
      const isKnown = unknown.size === 0
      const ends =
        isKnown || running.length === 0
          ? runEnds(
              atWork,
              order.flatMap((id) => remaining(id, 1, SECONDS_PER_RUN)),
            )
          : []
      const basis = LEAST_CERTAIN.find((each) => used.has(each)) ?? 'running'
      const secondsLeft = unknown.size > 0 ? null : Math.round(ends.at(-1)?.seconds ?? 0)
      return { ...queueSettings(store), order, secondsLeft, ends, basis, unknown: [...unknown], revision: ++revision }
    },
    /**
     * Runs have come to work or left it: what each has had of the machine is counted; answers that of those that left.
     */
    look: (running: readonly AtWork[]) =>
      time.look(
        running.map(({ id, progress }) => ({ id, share: shareOf(progress) })),
        performance.now() / 1000,
      ),
    /** A run has finished after so many seconds of the whole machine. */
    learn(store: ProjectStore, id: number, device: RealDeviceId, seconds: number) {
      const work = workOf(store, id)
      if (work) keepFinishedRate(store, device, work.network, work.passes, seconds)
    },
  }
}

const LEAST_CERTAIN = ['typical', 'measured', 'running', 'finished'] as const

type AtWork = Pick<RunInfo, 'id' | 'progress'>

const shareOf = (progress: RunInfo['progress']): number =>
  progress && progress.steps > 0 ? progress.step / progress.steps : 0

type Rate = { rate: number; basis: QueueInfo['basis'] } | null

/** Passes per second of the whole machine by network, by the most certain source there is. */
function rates(store: ProjectStore, running: readonly RunInfo[], deviceOf: DeviceOf): (network: string) => Rate {
  const [first] = running
  const finished = finishedRates(store, first ? deviceOf(first.id) : null)
  const now = runningRates(running)
  const measured = ratesOf(readSpeeds(store))
  return (network) => {
    const found = {
      finished: finished[network],
      running: now.get(network),
      measured: measured[network],
      typical: TYPICAL[network],
    }
    const basis = LEAST_CERTAIN.findLast((each) => found[each] !== undefined)
    const rate = basis && found[basis]
    return rate === undefined || basis === undefined ? null : { rate, basis }
  }
}

/** The device that a run at work uses; null where it is not at work here. */
type DeviceOf = (id: number) => RealDeviceId | null

/** Images per second of the whole machine by network: what one run does now, times how many share it. */
function runningRates(running: readonly RunInfo[]): Map<string, number> {
  const rates = new Map<string, number>()
  for (const { config, progress } of running)
    if (progress?.imagesPerSecond)
      rates.set(config.network, Math.max(rates.get(config.network) ?? 0, progress.imagesPerSecond * running.length))
  return rates
}
