/**
 * Trials asked for in a window: how fast this machine trains the networks a person is about to queue, measured as a job
 * while the queue keeps still, in the same worker processes that train. Each network's figure is kept as it comes.
 */
import { availableParallelism } from 'node:os'
import type { JobInfo } from '../../contract'
import type { DeviceId } from '../../domain/runs/devices'
import { StudioError } from '../../domain/errors'
import type { LaunchWorker } from '../workers/messages'
import { startTask } from '../workers/startTask'
import type { DevicesService } from '../devices/service'
import type { JobsService } from '../jobs/service'
import type { ProjectService } from '../project/service'
import type { RunsService } from '../runs/service'
import { fastest, keepSpeeds, type Speed } from '../speeds/speeds'
import { measureSpeed, type Bench } from '../speeds/measureSpeed'
import { count } from '../../domain/text/numbers'

/** Of one measurement, after warming up. */
const SECONDS = 2
const STOP_GRACE_MS = 700

export interface TrialWork {
  network: string
  batch: number
}

export interface TrialsService {
  /** Throws StudioError('conflict') while runs are at work. */
  start(work: readonly TrialWork[], device: DeviceId): JobInfo
}

/** A measurement in a worker process: its memory is its own, and what a device aborts is not this program. */
export const benchWorker =
  (launch: LaunchWorker): Bench =>
  async (options, signal) => {
    const cancelled = () => new StudioError('cancelled', 'Interrupted: what was measured before is kept.')
    if (signal?.aborted) throw cancelled()
    const task = startTask(launch, { kind: 'bench', options }, {})
    const stop = () => task.stop(STOP_GRACE_MS)
    signal?.addEventListener('abort', stop)
    try {
      const outcome = await task.outcome
      if (outcome.kind === 'measured') return outcome.result
      throw cancelled()
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

const inWords = (speed: Speed): string => {
  const { processes, imagesPerSecond } = fastest(speed)
  const how = processes > 1 ? `${processes} runs at once` : 'one run at a time'
  return `${speed.network}, batch ${speed.batch}: ${count(Math.round(imagesPerSecond))} images a second, ${how}, ${Math.round(speed.peakRssMb)} MB each.`
}

interface Parts {
  project: ProjectService
  jobs: JobsService
  devices: DevicesService
  runs: RunsService
  launch: LaunchWorker
}

export function trialsService({ project, jobs, devices, runs, launch }: Parts): TrialsService {
  return {
    start(work, device) {
      const store = project.store()
      const release = runs.keepStill()
      return jobs.perform('trial', async ({ signal, onProgress }) => {
        const begun = performance.now()
        let done = 0
        // One alone, and on a CPU of several threads as many as it has.
        const each = availableParallelism() > 1 ? 2 : 1
        const tell = (label: string) => {
          const total = work.length * each
          const secondsLeft = done > 0 ? ((performance.now() - begun) / 1000 / done) * (total - done) : null
          onProgress?.({ label, done, total, secondsLeft })
        }
        try {
          tell('Choosing the device')
          const real = await devices.resolve(device)
          const bench = benchWorker(launch)
          const said: string[] = []
          for (const one of work) {
            const at = done
            tell(`Measuring ${one.network}, batch ${one.batch}`)
            const counted: Bench = async (options, stop) => {
              const found = await bench(options, stop)
              if (options.threads === undefined) done++
              tell(`Measuring ${one.network}, batch ${one.batch}${each > 1 ? ', several at once' : ''}`)
              return found
            }
            const speed = await measureSpeed(one, { device: real, seconds: SECONDS, signal, bench: counted })
            keepSpeeds(store, [speed])
            said.push(inWords(speed))
            done = at + each
          }
          return said
        } finally {
          release()
        }
      })
    },
  }
}
