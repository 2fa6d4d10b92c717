/**
 * Measures how fast this machine trains the networks of a plan: a few real steps of each, in processes of their own, as
 * `bench` does. On the CPU also as many processes at once as it has threads and memory for, one share of the threads
 * each, because that is how the queue works it off.
 */
import { execFile } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
import type { RealDeviceId } from '../../engine/devices'
import type { RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { entryPath } from '../process/entries'
import type { BenchOptions, BenchResult } from '../devices/bench'
import { thisMachine, type Speed } from './speeds'

/** Of the machine's memory, for all processes together. */
const MEMORY_SHARE = 0.8

export type Bench = (options: BenchOptions, signal?: AbortSignal) => Promise<BenchResult>

/** A measurement in a process of its own: its memory is its own, and what a device aborts is not this program. */
export const benchProcess: Bench = ({ network, batch, device, seconds, threads }, signal) =>
  new Promise((resolve, reject) => {
    const args = { network, batch, device, seconds, ...(threads !== undefined && { threads }) }
    const words = Object.entries(args).flatMap(([name, value]) => [`--${name}`, String(value)])
    execFile(process.execPath, [entryPath('cli'), 'bench', ...words, '--json'], { signal }, (error, stdout, stderr) => {
      if (!error) return resolve(JSON.parse(stdout) as BenchResult)
      if (signal?.aborted) return reject(new StudioError('cancelled', 'Interrupted: nothing was changed.'))
      const reason = stderr.trimEnd().split('\n').at(-1) ?? error.message
      reject(new StudioError('device', `Measuring ${network} failed: ${reason}`, { details: stderr.slice(-2000) }))
    })
  })

/** Each network and batch size of the runs, once. */
export function distinctWork(configs: readonly RunConfig[]): { network: string; batch: number }[] {
  const found = new Map(configs.map(({ network, batch }) => [`${network} ${batch}`, { network, batch }]))
  return [...found.values()]
}

export interface TrialOptions {
  device: RealDeviceId
  seconds: number
  signal?: AbortSignal
  bench?: Bench
}

export async function measureSpeed(
  { network, batch }: { network: string; batch: number },
  { device, seconds, signal, bench = benchProcess }: TrialOptions,
): Promise<Speed> {
  const work = { network, batch, device, seconds }
  const one = await bench(work, signal)
  const processes = device === 'cpu' || device === 'tfjs-cpu' ? processesFor(one.peakRssMb) : 1
  const measured: Speed = {
    machine: thisMachine(),
    ...{ network, batch, device },
    oneProcess: one.imagesPerSecond,
    sideBySide: null,
    peakRssMb: one.peakRssMb,
    measured: new Date().toISOString(),
  }
  if (processes < 2) return measured
  const threads = Math.max(1, Math.floor(availableParallelism() / processes))
  const several = await Promise.all(Array.from({ length: processes }, () => bench({ ...work, threads }, signal)))
  const imagesPerSecond = several.reduce((sum, each) => sum + each.imagesPerSecond, 0)
  return { ...measured, sideBySide: { processes, imagesPerSecond } }
}

const processesFor = (peakRssMb: number): number =>
  Math.min(availableParallelism(), Math.floor((totalmem() * MEMORY_SHARE) / (peakRssMb * 2 ** 20)))
