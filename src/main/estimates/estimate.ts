/** What runs would take on this machine, for a person who is about to queue them: what is known, and how well. */
import { statfs } from 'node:fs/promises'
import { TYPICAL } from '../../domain/runs/cost'
import type { RunConfig } from '../../domain/runs/config'
import type { RunsEstimate } from '../../domain/runs/info'
import { runKey } from '../../domain/runs/runKey'
import type { ProjectStore } from '../storage'
import type { DevicesService } from '../devices/service'
import { finishedRates } from '../speeds/finishedRates'
import { imagesIn, planCost } from './planCost'
import { readSpeeds } from '../speeds/speeds'

/** Throws StudioError as `planCost` does: 'not-found' for an image set or a network that is not there. */
export async function estimateRuns(
  store: ProjectStore,
  devices: DevicesService,
  configs: readonly RunConfig[],
): Promise<RunsEstimate> {
  const states = configs.map((config) => store.runs.findByKey(runKey(config))?.state)
  const at = (...wanted: (typeof states)[number][]) => states.flatMap((state, i) => (wanted.includes(state) ? [i] : []))
  const done = at('done')
  const left = configs.filter((_, i) => states[i] !== 'done')
  const device = await devices.resolve(configs[0]?.device ?? 'auto')
  const speeds = readSpeeds(store).filter((speed) => speed.device === device)
  const networks = [...new Set(left.map(({ network }) => network))]
  const learned = finishedRates(store, device)
  const isMeasured = (network: string) => network in learned || speeds.some((speed) => speed.network === network)
  // Typical figures are of a CPU: of another device they would say nothing.
  const isTypical = (network: string) => !isMeasured(network) && device === 'cpu' && network in TYPICAL
  const typical = networks.filter(isTypical)
  const unknown = networks.filter((network) => !isMeasured(network) && !isTypical(network))
  const { diskBytes, deviceHours } = await planCost(left, imagesIn(store), { speeds, learned })
  return {
    runs: configs.length,
    done,
    waiting: at('queued', 'running', 'paused'),
    diskBytes,
    freeBytes: await freeBytes(store.folder),
    seconds: unknown.length > 0 || deviceHours === null ? null : deviceHours * 3600,
    device,
    speeds: { measured: networks.filter(isMeasured), typical, unknown },
  }
}

async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return null // some network file systems do not say
  }
}
