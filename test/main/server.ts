/** The server as a process of its own, as `npm run serve` or systemd start it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { onTestFinished } from 'vitest'
import type { CallName, Input, Output, Reply } from '../../src/contract'
import { StudioError } from '../../src/domain/errors'
import { entry } from './program'

export const OWNER = 'the-owner-of-these-tests'

export interface ServerProcess {
  child: ChildProcess
  /** The address that was printed, with the owner's token. */
  url: URL
  /** Everything on standard error so far. */
  stderr(): string
  /** Sends the signal and waits for the end; answers exit code and signal. */
  end(signal?: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]>
  /** A call at the printed address. Throws StudioError. */
  call<N extends CallName>(name: N, input: Input<N>, token?: string): Promise<Output<N>>
}

export interface ServerOptions {
  /** What Node runs; default: the server's entry directly. */
  script?: string[]
  args: string[]
  /** Home and temporary folder of the process. */
  home: string
  env?: Record<string, string>
  uid?: number
}

/** Throws with what was said on standard error where the process ends before it prints an address. */
export async function startServer({ script = [entry('serve')], args, home, env = {}, uid }: ServerOptions) {
  const child = spawn(process.execPath, [...script, ...args], {
    env: { ...process.env, HOME: home, TMPDIR: home, SECOND_GUESS_TOKEN: OWNER, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const exit = new Promise<[number | null, NodeJS.Signals | null]>((done) =>
    child.once('exit', (code, signal) => done([code, signal])),
  )
  let printed = ''
  const url = await new Promise<URL>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
      const found = /is at (\S+)\n/.exec(printed)?.[1]
      if (found) done(new URL(found))
    })
    // 'close' comes after the last line of standard error.
    child.once('close', (code) => fail(new Error(`The server ended with ${code}: ${said}`)))
  })
  const server: ServerProcess = {
    child,
    url,
    stderr: () => said,
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return exit
    },
    async call<N extends CallName>(name: N, input: Input<N>, token = OWNER) {
      const response = await fetch(new URL(`/api/${name}`, url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(input),
      })
      const reply = (await response.json()) as Reply<Output<N>>
      if (reply.ok) return reply.value
      throw StudioError.fromData(reply.error)
    },
  }
  return server
}
