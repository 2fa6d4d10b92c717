/** Asking the programs of the Python environments: JSON in, JSON out. Where one is not built, tests skip and say so. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe } from 'vitest'
import { environmentFolder, peersPython, pythonEnvironment, type Environment } from './environment.mjs'

/** `describe`; without the environment its tests are skipped, with the reason in their name and on standard error. */
export function describeWithPeers(environment: Environment, name: string, tests: () => void): void {
  if (peersPython(environment)) {
    describe(name, tests)
    return
  }
  const reason = `needs ${environmentFolder(environment)}: npm run peers -- ${environment}`
  process.stderr.write(`SKIPPED ${name}: ${reason}\n`)
  describe.skip(`${name} (skipped: ${reason})`, tests)
}

/**
 * Runs a script of the environment's folder with `input` on its standard input and answers what it printed. Numbers
 * travel as decimal text that reads back as the same double. Throws with what it wrote to standard error.
 */
export function askPeer<T>(environment: Environment, script: string, input: unknown): T {
  const python = peersPython(environment)
  if (!python) throw new Error(`The environment ${environment} of test/peers is not built.`)
  const output = execFileSync(python, ['-W', 'ignore', join(import.meta.dirname, environment, script)], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: pythonEnvironment(),
  })
  return JSON.parse(output) as T
}

/** The largest difference between two lists of numbers; NaN counts as infinitely far. Throws where lengths differ. */
export function largestDifference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} numbers here, ${theirs.length} there.`)
  return Array.from(ours).reduce((worst, value, at) => {
    const difference = Math.abs(value - (theirs[at] ?? NaN))
    return Math.max(worst, Number.isNaN(difference) ? Infinity : difference)
  }, 0)
}
