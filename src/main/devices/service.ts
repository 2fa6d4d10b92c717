/** Which devices work on this machine, found by trying each in a process of its own, once per session. */
import { spawn } from 'node:child_process'
import type { DeviceTrial, RealDeviceId } from '../../engine/devices'
import type { DeviceId, DeviceInfo } from '../../domain/runs/devices'
import { StudioError } from '../../domain/errors'
import { entryPath } from '../process/entries'
import { guarded } from '../process/guarded'

/** A driver that hangs says nothing more; on a busy machine a trial may take long, step by step. */
const SILENT_MS = 60_000

export interface DevicesService {
  list(): Promise<DeviceInfo[]>
  /** `auto` becomes the fastest device that works; any other is tried unless it is the CPU. */
  resolve(id: DeviceId): Promise<RealDeviceId>
}

/** What the probe's process printed, however it ended. */
export interface ProbeOutput {
  stdout: string
  stderr: string
  timedOut: boolean
}

/** Runs `deviceProbe.js` with these arguments in a process of its own, ended after `silentMs` without a word. */
export type RunProbe = (args: string[], silentMs: number) => Promise<ProbeOutput>

export const nodeProbe: RunProbe = (args, silentMs) => {
  const child = spawn(process.execPath, [entryPath('deviceProbe'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    // A process that could not be started has printed nothing, which the reader takes for its end.
    child.once('error', () => resolve())
  })
  const { stdout, stderr } = child
  return readProbe({ stdout, stderr, ended, kill: () => child.kill('SIGKILL') }, silentMs)
}

interface ProbeProcess {
  stdout: NodeJS.ReadableStream | null
  stderr: NodeJS.ReadableStream | null
  ended: Promise<unknown>
  kill: () => unknown
}

/** What a probe prints until it ends; it is ended after `silentMs` in which it has printed nothing. */
export async function readProbe({ stdout, stderr, ended, kill }: ProbeProcess, silentMs: number): Promise<ProbeOutput> {
  const output = { stdout: '', stderr: '', timedOut: false }
  const onSilence = guarded('ending a device probe', () => {
    output.timedOut = true
    kill()
  })
  let timer = setTimeout(onSilence, silentMs)
  const read = (name: 'stdout' | 'stderr', stream: NodeJS.ReadableStream | null) =>
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
      clearTimeout(timer)
      timer = setTimeout(onSilence, silentMs)
    })
  read('stdout', stdout)
  read('stderr', stderr)
  await ended
  clearTimeout(timer)
  return output
}

export function devicesService(run: RunProbe = nodeProbe): DevicesService {
  async function probe<T>(...args: string[]): Promise<T> {
    const { stdout, stderr, timedOut } = await run(args, SILENT_MS)
    const last = stdout.trimEnd().split('\n').at(-1) ?? ''
    try {
      if (/^[{[]/.test(last)) return JSON.parse(last) as T
    } catch {
      // cut off in the middle: the process died, told below
    }
    const reason = timedOut ? `It did nothing for ${SILENT_MS / 1000} seconds.` : 'Trying it ended the process.'
    throw new StudioError('device', reason, { details: stderr.slice(-2000) })
  }

  const trials = new Map<RealDeviceId, Promise<DeviceTrial>>()
  let candidates: Promise<RealDeviceId[]> | null = null

  function trial(id: RealDeviceId): Promise<DeviceTrial> {
    const known = trials.get(id)
    if (known) return known
    const asked = probe<DeviceTrial>('try', id).catch((error: unknown): DeviceTrial => {
      return { id, name: id, available: false, reason: StudioError.from(error).message, stepMs: null }
    })
    trials.set(id, asked)
    return asked
  }

  async function all(): Promise<DeviceTrial[]> {
    candidates ??= probe<RealDeviceId[]>('list')
    const results: DeviceTrial[] = []
    // One at a time: a timing beside another trial would say nothing.
    for (const id of await candidates) results.push(await trial(id))
    return results
  }

  async function choose(): Promise<RealDeviceId> {
    const working = (await all()).filter((each) => each.available && each.stepMs !== null)
    const best = working.reduce<DeviceTrial | null>(
      (found, each) => (found === null || (each.stepMs ?? Infinity) < (found.stepMs ?? Infinity) ? each : found),
      null,
    )
    if (best) return best.id
    const reasons = (await all()).map(({ id, reason }) => `${id}: ${reason ?? 'failed'}`).join('; ')
    throw new StudioError('device', `No device works on this machine. ${reasons}`)
  }

  return {
    async list() {
      const tried = (await all()).map(({ stepMs: _, ...info }): DeviceInfo => info)
      const best = await choose().catch(() => null)
      const name = tried.find(({ id }) => id === best)?.name ?? 'none works'
      const auto: DeviceInfo = {
        id: 'auto',
        name: `Fastest: ${name}`,
        available: best !== null,
        reason: best ? null : 'No device works.',
      }
      return [auto, ...tried]
    },
    async resolve(id) {
      if (id === 'auto') return choose()
      if (id === 'cpu' || id === 'tfjs-cpu') return id
      const { available, reason } = await trial(id)
      if (available) return id
      throw new StudioError('device', `The device ${id} does not work here: ${reason ?? 'it failed.'}`, {
        hint: 'Choose another device, or auto.',
      })
    },
  }
}
