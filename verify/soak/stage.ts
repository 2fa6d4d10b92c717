/**
 * The program as `npm run serve` starts it: a wrapper, its child the server, and the server's workers. Any of them can
 * be killed; it is started again on the same port, where participants find it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallName, Input, Output } from '../../src/contract'
import { StudioError } from '../../src/domain/errors'
import { childrenOf, isRunning } from '../../test/support/processes'
import { endChild, hasEnded, startServer, type RunningServer } from '../../test/support/server'

const OWNER = 'the-owner-of-this-soak-test'
/** A process whose parent was killed must be gone after this. */
const ORPHAN_MS = 15_000
const LOOK_MS = 50

export const VICTIMS = ['server', 'worker', 'wrapper'] as const
export type Victim = (typeof VICTIMS)[number]

export interface Stage {
  readonly origin: string
  /** A call as the owner; undefined while the program is away. Throws StudioError where it is refused. */
  call<N extends CallName>(name: N, input: Input<N>): Promise<Output<N> | undefined>
  /** Kills one; false where none lived within `waitMs`. Answers once it has ended. */
  kill(victim: Victim, waitMs: number): Promise<boolean>
  /** Starts the program again where its wrapper or server was killed. */
  revive(): Promise<void>
  /** Ends it as Ctrl+C does; answers the exit code. */
  stop(): Promise<number | null>
  /** Processes that outlived their parent, in sentences. */
  readonly orphans: string[]
}

export async function openStage(project: string, home: string): Promise<Stage> {
  const start = (port: number) => startServer({ project, home, token: OWNER, port, wrapped: true })
  let running: RunningServer = await start(0)
  const { port, origin } = running
  const orphans: string[] = []
  const wrapperPid = () => running.child.pid ?? 0
  const serverPid = () => childrenOf(wrapperPid(), 'serve.js')[0] ?? null
  const workers = (server: number | null) => (server === null ? [] : childrenOf(server, 'worker.js'))

  /** Waits until it has ended by itself, and ends it where it has not. */
  async function expectEnd(pid: number, what: string) {
    for (let waited = 0; isRunning(pid); waited += LOOK_MS) {
      if (waited >= ORPHAN_MS) {
        orphans.push(`${what} still ran ${ORPHAN_MS / 1_000} s later.`)
        process.kill(pid, 'SIGKILL')
        return
      }
      await sleep(LOOK_MS)
    }
  }

  async function find(victim: Victim, waitMs: number): Promise<number | null> {
    for (let waited = 0; ; waited += LOOK_MS) {
      const server = serverPid()
      const pid = victim === 'wrapper' ? wrapperPid() : victim === 'server' ? server : workers(server)[0]
      if (pid && isRunning(pid)) return pid
      if (waited >= waitMs) return null
      await sleep(LOOK_MS)
    }
  }

  return {
    origin,
    orphans,
    async call(name, input) {
      try {
        return await running.call(name, input)
      } catch (error) {
        if (error instanceof StudioError) throw error
        // Refused, reset or cut off: it is away.
        return undefined
      }
    },
    async kill(victim, waitMs) {
      const pid = await find(victim, waitMs)
      if (pid === null) return false
      const server = serverPid()
      const working = workers(server)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        return false // ended by itself in this moment
      }
      if (victim === 'worker') return true
      if (victim === 'wrapper' && server !== null) await expectEnd(server, 'The server of a killed wrapper')
      for (const worker of working) await expectEnd(worker, 'A worker of a killed server')
      // The wrapper of a killed server ends by itself.
      if (!hasEnded(running.child)) await expectEnd(wrapperPid(), 'The wrapper of a killed server')
      await endChild(running.child, 'SIGKILL')
      return true
    },
    async revive() {
      if (hasEnded(running.child)) running = await start(port)
    },
    async stop() {
      await endChild(running.child, 'SIGINT')
      return running.child.exitCode
    },
  }
}
