/** Asking the programs of the Python environment: JSON in, JSON out. Where it is not built, tests skip and say so. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe } from 'vitest'
import { environmentFolder, peersPython } from './environment.mjs'

const python = peersPython()

/** A comparison may take a second or two in pandas, and importing it as long again on a busy machine. */
export const PEER_TIMEOUT_MS = 300_000

/** `describe`, whose tests are skipped, with the reason in their name and on standard error, without the environment. */
export function describeWithPeers(name: string, tests: () => void): void {
  if (python) {
    describe(name, tests)
    return
  }
  const reason = `needs ${environmentFolder()}: npm run peers`
  process.stderr.write(`SKIPPED ${name}: ${reason}\n`)
  describe.skip(`${name} (skipped: ${reason})`, tests)
}

/** Runs a script of this folder with `input` on its standard input. Throws with what it wrote to standard error. */
export function askPeer<T>(script: string, input: unknown): T {
  if (!python) throw new Error('The environment of test/peers is not built.')
  const output = execFileSync(python, ['-W', 'ignore', join(import.meta.dirname, script)], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    // Small arrays: threads only get in each other's way.
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  })
  return JSON.parse(output) as T
}
