/** Other processes as Linux shows them under /proc: whose child, memory, processor time. Null where there is none. */
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc/<pid>/stat per second; fixed in Linux' interface to programs. */
const TICKS_PER_SECOND = 100

export interface ProcessUse {
  /** User and system time since its start, threads included. */
  cpuSeconds: number
  /** Resident memory now, and the most since its start. */
  rssBytes: number
  peakRssBytes: number
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** The fields after the name, which may contain spaces and parentheses: state is 0, parent 1. */
function statFields(pid: number): string[] | null {
  const stat = read(`/proc/${pid}/stat`)
  return stat === null ? null : stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

export function processUse(pid: number): ProcessUse | null {
  const fields = statFields(pid)
  const status = read(`/proc/${pid}/status`)
  if (fields === null || status === null) return null
  const bytes = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? NaN)
  const ticks = Number(fields[11]) + Number(fields[12])
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes: bytes('VmRSS'), peakRssBytes: bytes('VmHWM') }
}

/** Whether it runs: one that was killed and not yet collected by its parent does not. */
export function isRunning(pid: number): boolean {
  const fields = statFields(pid)
  return fields !== null && !/[ZXx]/.test(fields[0] ?? '')
}

/** Running children of a process whose command line contains `text`. */
export function childrenOf(parent: number, text = ''): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => Number(statFields(pid)?.[1]) === parent && isRunning(pid))
    .filter((pid) => (read(`/proc/${pid}/cmdline`) ?? '').includes(text))
}

export const hasProc = (): boolean => statFields(process.pid) !== null
