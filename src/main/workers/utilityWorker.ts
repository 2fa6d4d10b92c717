/** Worker processes and the device probe on the desktop: Electron's utilityProcess, which needs no Node of its own. */
import { utilityProcess } from 'electron'
import { createInterface } from 'node:readline'
import { entryPath } from '../process/entries'
import { readProbe, type RunProbe } from '../devices/service'
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

export const utilityProbe: RunProbe = (args, silentMs) => {
  const child = utilityProcess.fork(entryPath('deviceProbe'), args, {
    stdio: 'pipe',
    serviceName: 'Second Guess probe',
  })
  const { stdout, stderr } = child
  const whole = (stream: NodeJS.ReadableStream | null) =>
    stream && new Promise((resolve) => stream.once('end', resolve))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const ended = Promise.all([exited, whole(stdout), whole(stderr)])
  return readProbe({ stdout, stderr, ended, kill: () => kill(child.pid) }, silentMs)
}
