/**
 * Participants in a process of their own, away from the server and from what measures it. Its own lateness is measured
 * too: a client that is late makes the server look slow.
 */
import { fork } from 'node:child_process'
import { join } from 'node:path'
import { outFolder } from '../../src/main/process/entries'
import type { Timed } from '../statistics'
import { takePart, type Account, type Script } from './participant'

const SAMPLE_MS = 20

export interface ClientsReport {
  accounts: Account[]
  /** How late a timer of this process was. */
  lateness: Timed[]
  cpuSeconds: number
}

/** In the process that was started for it: waits for its scripts, plays them, sends one report and ends. */
export async function runClients(): Promise<void> {
  const scripts = await new Promise<Script[]>((done) => process.once('message', (message) => done(message as Script[])))
  process.on('disconnect', () => process.exit(1))
  const lateness: Timed[] = []
  let due = performance.now() + SAMPLE_MS
  const timer = setInterval(() => {
    const now = performance.now()
    lateness.push({ at: performance.timeOrigin + now, ms: Math.max(0, now - due) })
    due = now + SAMPLE_MS
  }, SAMPLE_MS)
  const accounts = await Promise.all(scripts.map((script) => takePart(script)))
  clearInterval(timer)
  const { user, system } = process.cpuUsage()
  const report: ClientsReport = { accounts, lateness, cpuSeconds: (user + system) / 1e6 }
  await new Promise((done) => process.send?.(report, done))
  process.exit(0)
}

/** Starts such a process. Throws where it ends without a report. */
export function startClients(scripts: Script[]): Promise<ClientsReport> {
  const child = fork(join(outFolder(), 'main/bench.js'), ['crowd', '--as', 'clients'], {
    serialization: 'advanced',
    execArgv: ['--enable-source-maps'],
  })
  return new Promise((done, fail) => {
    child.once('message', (report) => done(report as ClientsReport))
    child.once('error', fail)
    child.once('exit', (code, signal) => fail(new Error(`The clients ended with ${code ?? signal}.`)))
    child.send(scripts)
  })
}
