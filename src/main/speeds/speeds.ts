/**
 * Training speeds measured on a machine (measureSpeed.ts), kept in the project's `speeds.json`: what estimates are made
 * of, and whether runs of a network go faster one after the other or side by side. A machine is its processor's name
 * and how many threads it runs at once; figures of other machines stay beside and are not used here.
 */
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { RealDeviceId } from '../../engine/devices'
import { DEVICE_IDS } from '../../domain/runs/devices'
import type { ProjectStore } from '../storage'
import { writeAtomically } from '../storage/files'

const rate = z.number().positive()
const speed = z.object({
  machine: z.string(),
  network: z.string(),
  batch: z.number().int().positive(),
  device: z.enum(DEVICE_IDS),
  /** Training images per second of one process that has the whole device. */
  oneProcess: rate,
  /** Of as many processes at once, one share of the CPU's threads each; null where that was not tried. */
  sideBySide: z.object({ processes: z.number().int().min(2), imagesPerSecond: rate }).nullable(),
  /** Largest resident memory of the one process. */
  peakRssMb: rate,
  measured: z.string(),
})
const speedsFile = z.object({ version: z.literal(1), speeds: z.array(speed) })
export type Speed = z.infer<typeof speed>

export const thisMachine = (): string => `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} threads`

const fileOf = ({ folder }: Pick<ProjectStore, 'folder'>): string => join(folder, 'speeds.json')

/** All that was measured on this machine, the newest last. */
export function readSpeeds(store: Pick<ProjectStore, 'folder'>): Speed[] {
  return everywhere(store).filter(({ machine }) => machine === thisMachine())
}

function everywhere(store: Pick<ProjectStore, 'folder'>): Speed[] {
  const file = fileOf(store)
  if (!existsSync(file)) return []
  try {
    return speedsFile.parse(JSON.parse(readFileSync(file, 'utf8'))).speeds
  } catch {
    return [] // of another version, or written by hand: measured again, never worth an error
  }
}

const what = ({ machine, network, batch, device }: Speed) => JSON.stringify([machine, network, batch, device])

/** Adds measurements in place of older ones of the same. */
export function keepSpeeds(store: Pick<ProjectStore, 'folder'>, measured: readonly Speed[]) {
  const replaced = new Set(measured.map(what))
  const speeds = [...everywhere(store).filter((each) => !replaced.has(what(each))), ...measured]
  writeAtomically(fileOf(store), `${JSON.stringify({ version: 1, speeds }, null, 2)}\n`)
}

/** Whether several at once train more images per second together than one alone. */
export const fastest = ({ oneProcess, sideBySide: several }: Speed): { processes: number; imagesPerSecond: number } =>
  several && several.imagesPerSecond > oneProcess ? several : { processes: 1, imagesPerSecond: oneProcess }

/** How many runs of this network at once use this machine best; null where it was not measured. */
export function sideBySide(store: Pick<ProjectStore, 'folder'>, device: RealDeviceId, network: string): number | null {
  const newest = readSpeeds(store).findLast((each) => each.device === device && each.network === network)
  return newest ? fastest(newest).processes : null
}

/** Images per second by network, the slowest where several batch sizes were measured. */
export function ratesOf(speeds: readonly Speed[]): Record<string, number> {
  const rates: Record<string, number> = {}
  for (const each of speeds)
    rates[each.network] = Math.min(rates[each.network] ?? Infinity, fastest(each).imagesPerSecond)
  return rates
}
