/** Worker processes and the device probe on the desktop: Electron's utilityProcess, which needs no Node of its own. */
import { utilityProcess } from 'electron'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { entryPath } from '../entries'
import { guarded } from '../guarded'
import type { RunProbe } from '../services/devices'
import type { FromWorker, WorkerHandle } from './messages'

function kill(pid: number | undefined) {
  // utilityProcess.kill() asks politely; a worker inside a native call would not hear it.
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // Gone already: its exit has been or will be told.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function utilityWorker(): WorkerHandle {
  const child = utilityProcess.fork(entryPath('worker'), [], { stdio: 'pipe', serviceName: 'Second Guess worker' })
  let pid: number | undefined
  child.once('spawn', () => (pid = child.pid))
  return {
    get pid() {
      return pid
    },
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message: FromWorker) => listener(message)),
    onLine(listener) {
      for (const stream of [child.stdout, child.stderr])
        if (stream) createInterface({ input: stream }).on('line', listener)
    },
    onExit: (listener) => void child.once('exit', (code) => listener(code, null)),
    kill: () => (child.pid === undefined ? void child.kill() : kill(child.pid)),
  }
}

export const utilityProbe: RunProbe = async (args, timeoutMs) => {
  const child = utilityProcess.fork(entryPath('deviceProbe'), args, {
    stdio: 'pipe',
    serviceName: 'Second Guess probe',
  })
  let timedOut = false
  const timer = setTimeout(
    guarded('ending a device probe', () => {
      timedOut = true
      kill(child.pid)
    }),
    timeoutMs,
  )
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const read = (stream: NodeJS.ReadableStream | null) => (stream ? text(stream) : Promise.resolve(''))
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr), exited])
  clearTimeout(timer)
  return { stdout, stderr, timedOut }
}
