/** Worker processes outside Electron: `child_process.fork` with structured-clone messages. */
import { fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { entryPath } from '../process/entries'
import type { FromWorker, WorkerHandle } from './messages'

export function forkWorker(): WorkerHandle {
  const child = fork(entryPath('worker'), {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--enable-source-maps'],
  })
  return {
    pid: child.pid,
    send(message) {
      // Gone already: its exit has been or will be told.
      if (child.connected) child.send(message, () => {})
    },
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromWorker)),
    onLine(listener) {
      for (const stream of [child.stdout, child.stderr])
        if (stream) createInterface({ input: stream }).on('line', listener)
    },
    onExit(listener) {
      let told = false
      const tell = (code: number | null, signal: string | null) => {
        if (!told) listener(code, signal)
        told = true
      }
      // 'close' comes after the last line of output, 'error' when it could not be started at all.
      child.on('close', tell)
      child.on('error', () => tell(null, null))
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
