/**
 * Names of processes that stay unique when a process number is used again: host, number and (where the system tells)
 * the moment it started. Used to tell what a kill left behind from what another living process is doing.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Start of a process in clock ticks since boot, from /proc; empty where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field may contain spaces and parentheses: count from the last closing one.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

const NAME = /^(?<host>.*):(?<pid>\d+):(?<start>\d*)$/

export function processName(pid = process.pid): string {
  return `${hostname()}:${pid}:${startOf(pid)}`
}

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
  const now = startOf(Number(pid))
  return start === '' || now === '' || now === start
}
