/** The program as built, as other processes of these tests see it. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '../..')

/** Builds once if needed: `npm test` has done so already, a single test file run by hand has not. */
export function build() {
  const { status, stderr } = spawnSync(process.execPath, [join(repository, 'scripts/run.mjs'), '--build-only'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed:\n${stderr}`)
}

export const entry = (name: string) => join(repository, 'out/main', `${name}.js`)

export interface Outcome {
  code: number | null
  stdout: string
  /** Last line of standard error. */
  last: string
  stderr: string
}

export function cli(...args: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry('cli'), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return { code: status, stdout, stderr, last: stderr.trimEnd().split('\n').at(-1) ?? '' }
}

export function json(...args: string[]): unknown {
  const { code, stdout, stderr } = cli(...args, '--json')
  if (code !== 0) throw new Error(`${args[0]} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}

/** Starts a command in a process group of its own, so that ending it can end its workers with it. */
export function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [entry('cli'), ...args], { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
}

/** SHA-256 of every file in a folder, by path; null where the folder does not exist. */
export function digests(folder: string): Record<string, string> | null {
  if (!existsSync(folder)) return null
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return Object.fromEntries(
    files.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  )
}
