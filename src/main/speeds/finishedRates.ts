/**
 * What runs that finished here have taught: passes of an image through a network and back per second of the whole
 * machine, with evaluation and attacks. Kept in the project's settings, apart for every machine, device and network.
 */
import { z } from 'zod'
import type { RealDeviceId } from '../../engine/devices'
import { SECONDS_PER_RUN } from '../../domain/runs/cost'
import type { ProjectStore } from '../storage'
import { thisMachine } from './speeds'

const SETTING = 'speeds.finished'
/** Of a new rate, in the mean with those before it: recent runs say most of what comes. */
const WEIGHT = 0.5
/** A run that was seen from a later share of its steps on teaches nothing. */
const LATEST_START = 0.02

const stored = z.record(z.string(), z.number().positive())
type Settings = Pick<ProjectStore, 'settings'>

const keyOf = (device: string, network: string): string => JSON.stringify([thisMachine(), device, network])

function all({ settings }: Settings): Record<string, number> {
  const found = stored.safeParse(settings.get(SETTING))
  return found.success ? found.data : {}
}

/** Passes per second of this machine by network: with a device, or (null) with the slowest of those that were used. */
export function finishedRates(store: Settings, device: RealDeviceId | null): Record<string, number> {
  const rates: Record<string, number> = {}
  for (const [key, rate] of Object.entries(all(store))) {
    const [machine, its, network = ''] = JSON.parse(key) as string[]
    if (machine !== thisMachine() || (device !== null && its !== device)) continue
    rates[network] = Math.min(rates[network] ?? Infinity, rate)
  }
  return rates
}

/** A run of `passes` passes has finished after so many seconds of the whole machine. */
export function keepFinishedRate(
  store: Settings,
  device: RealDeviceId,
  network: string,
  passes: number,
  seconds: number,
) {
  // Starting is counted by itself in what is to come.
  const rate = passes / Math.max(seconds - SECONDS_PER_RUN, seconds / 2)
  if (!Number.isFinite(rate) || rate <= 0) return
  const known = all(store)
  const key = keyOf(device, network)
  const before = known[key]
  store.settings.put(SETTING, { ...known, [key]: before === undefined ? rate : before + WEIGHT * (rate - before) })
}

/**
 * How many seconds of the whole machine each run at work has had: of several at once each has a share of every second.
 */
export class MachineTime {
  private readonly spent = new Map<number, number>()
  private before: { at: number; ids: readonly number[] } = { at: 0, ids: [] }

  /**
   * @param running runs at work now, with the share of their steps that is done, 0 to 1
   * @param now seconds, of a clock that never goes back
   * @returns what the runs that are no longer at work have had, by id
   */
  look(running: readonly { id: number; share: number }[], now: number): Map<number, number> {
    const { at, ids } = this.before
    for (const id of ids) {
      const had = this.spent.get(id)
      if (had !== undefined) this.spent.set(id, had + (now - at) / ids.length)
    }
    for (const { id, share } of running) if (!ids.includes(id) && share <= LATEST_START) this.spent.set(id, 0)
    const current = new Set(running.map(({ id }) => id))
    const left = new Map([...this.spent].filter(([id]) => !current.has(id)))
    for (const id of left.keys()) this.spent.delete(id)
    this.before = { at: now, ids: [...current] }
    return left
  }
}
