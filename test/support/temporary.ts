/** A temporary folder per test file, removed afterwards, and what data tests ask of it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterAll, beforeEach, expect } from 'vitest'
import { StudioError, type ErrorData } from '../../src/domain/errors'

/** Makes the folder; call once at the top of a test file. */
export function temporaryFolder(): { path: string; file(name: string, content: Uint8Array | string): string } {
  const path = mkdtempSync(join(tmpdir(), 'second-guess-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    file(name, content) {
      const file = join(path, name)
      writeFileSync(file, content)
      return file
    },
  }
}

/** A folder within `parent` for each test of a file; call once at the top. Answers the one whose test runs. */
export function folderPerTest(parent: string): () => string {
  let made = 0
  beforeEach(() => mkdirSync(join(parent, `set${++made}`)))
  return () => join(parent, `set${made}`)
}

/** Names of everything in a folder, to see that nothing was left behind. */
export const contents = (folder: string): string[] => readdirSync(folder).sort()

/** Awaits a refusal and answers it as data, having checked that its one line names file, place and reason. */
export async function refusal(promise: Promise<unknown>): Promise<ErrorData> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error, 'it was not refused').toBeInstanceOf(StudioError)
  const refused = error as StudioError
  if (refused.kind === 'bad-file') {
    expect(refused.where.file).toBeTruthy()
    expect(refused.where.place).toBeTruthy()
    expect(refused.toLine()).not.toContain('\n')
  }
  return refused.toData()
}

/** An interpreter with NumPy, or null (said on standard error): independent checks skip without one. */
export const PYTHON: string | null = (() => {
  for (const candidate of [process.env['PYTHON'], '/usr/bin/python3', 'python3', 'python']) {
    if (candidate && spawnSync(candidate, ['-c', 'import numpy']).status === 0) return candidate
  }
  console.warn('SKIPPED: no Python with NumPy was found (set PYTHON to one)')
  return null
})()

/** Runs a Python program with arguments; answers what it printed. */
export function python(program: string, ...args: string[]): string {
  const run = spawnSync(PYTHON ?? 'python3', ['-c', program, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.status !== 0) throw new Error(run.stderr)
  return run.stdout
}
