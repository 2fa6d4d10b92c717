/**
 * The built server as a process of its own, for tests, benches and long checks. Needs no test runner. `out/` must be
 * built before.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import type { CallName, Input, Output, Reply } from '../../src/contract'
import { StudioError } from '../../src/domain/errors'
import { outFolder } from '../../src/main/process/entries'

const START_MS = 120_000
/** Longer than any call of the owner takes here: a server that hangs is told as such. */
const CALL_MS = 120_000

export interface ServerOptions {
  project: string
  /** Where the server keeps what it remembers of its user: never the real one's. */
  home: string
  /** The owner's token, at least 16 characters. */
  token: string
  /** 0 takes any free port. */
  port?: number
  /** Start it as `npm run serve` does: `scripts/run.mjs`, whose child is the server. */
  wrapped?: boolean
  /** Arguments for Node itself, such as `--cpu-prof`. */
  nodeArgs?: readonly string[]
}

export interface RunningServer {
  /** The process started here: the server's own, or the wrapper's. */
  child: ChildProcess
  /** "http://127.0.0.1:4000". */
  origin: string
  port: number
  /** Calls as the owner, or with another token. Throws StudioError. */
  call<N extends CallName>(name: N, input: Input<N>, token?: string): Promise<Output<N>>
  /** Ends `child` with a signal and waits until it has ended; returns at once where it has ended already. */
  end(signal: NodeJS.Signals): Promise<void>
}

/** Starts it and waits for its address. Throws with what it printed where it ends before, or says nothing. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { project, home, token, port = 0, wrapped = false, nodeArgs = [] } = options
  const main = outFolder()
  const script = wrapped ? [join(resolve(main, '..'), 'scripts/run.mjs'), 'serve'] : [join(main, 'main/serve.js')]
  const args = [...nodeArgs, '--enable-source-maps', ...script, '--project', project, '--port', String(port)]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home, SECOND_GUESS_TOKEN: token },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { origin, port: taken } = new URL(await addressOf(child))
  return {
    child,
    origin,
    port: Number(taken),
    call: (name, input, as = token) => ownersCall(origin, as, name, input),
    end: (signal) => endChild(child, signal),
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let printed = ''
    const timer = setTimeout(() => fail(new Error(`No address in ${START_MS} ms:\n${printed}`)), START_MS)
    const read = (chunk: Buffer) => {
      // What comes later is read and dropped: a full pipe would halt the server.
      if (printed.length < 100_000) printed += chunk.toString()
      const found = /http:\/\/\S+\?token=\S+/.exec(printed)
      if (!found) return
      clearTimeout(timer)
      done(found[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(new Error(`The server ended with ${code ?? signal}:\n${printed}`))
    })
  })
}

export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

export function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((done) => {
    if (hasEnded(child)) return done()
    child.once('exit', () => done())
    child.kill(signal)
  })
}

async function ownersCall<N extends CallName>(
  origin: string,
  token: string,
  name: N,
  input: Input<N>,
): Promise<Output<N>> {
  const body = await postJson(`${origin}/api/${name}`, token, JSON.stringify(input))
  const reply = JSON.parse(body) as Reply<Output<N>>
  if (reply.ok) return reply.value
  throw StudioError.fromData(reply.error)
}

/** A connection of its own each time: one that was kept from before a kill would fail the call. */
function postJson(url: string, token: string, body: string): Promise<string> {
  return new Promise((done, fail) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const asked = request(url, { method: 'POST', headers, agent: false, timeout: CALL_MS }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => done(Buffer.concat(chunks).toString()))
    })
    asked.on('timeout', () => asked.destroy(new Error(`No answer in ${CALL_MS} ms.`)))
    asked.on('error', fail)
    asked.end(body)
  })
}
