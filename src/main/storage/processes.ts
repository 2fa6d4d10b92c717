/**
 * Names of processes that stay unique when a process number is used again: host, number and (where the system tells)
 * the moment it started. Used to tell what a kill left behind from what another living process is doing.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * State and start (clock ticks since boot) of a process, from /proc; null where that cannot be read. A process that was
 * killed but not yet collected by its parent is still listed, with the state Z.
 */
function statOf(pid: number): { state: string; start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field may contain spaces and parentheses: count from the last closing one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', start: fields[19] ?? '' }
  } catch {
    return null
  }
}

const NAME = /^(?<host>.*):(?<pid>\d+):(?<start>\d*)$/

export function processName(pid = process.pid): string {
  return `${hostname()}:${pid}:${statOf(pid)?.start ?? ''}`
}

/** Whether a process of this name would be one of this machine. */
export const isOfThisHost = (name: string): boolean => NAME.exec(name)?.groups?.['host'] === hostname()

/** Whether the process named is still running. One on another host counts as alive: nobody here can tell. */
export function isProcessAlive(name: string): boolean {
  const { host, pid, start } = NAME.exec(name)?.groups ?? {}
  if (host === undefined || pid === undefined) return false
  if (host !== hostname()) return true
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const now = statOf(Number(pid))
  if (now === null) return true // alive, and nothing more can be told
  if (/[ZXx]/.test(now.state)) return false
  return start === '' || now.start === start
}
