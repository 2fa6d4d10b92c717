/** The drawing in ARCHITECTURE.md holds because these imports are refused; and the real configuration lints at all. */
import { ESLint, type Linter } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
// @ts-expect-error -- plain JavaScript, read by ESLint itself
import untyped from '../eslint.boundaries.js'
import { expectEvery } from './support/every'
import { circles, folderLinks } from './support/folders'

const boundaries = untyped as Linter.Config[]
const root = new URL('..', import.meta.url).pathname
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  // The rules alone, without types: these files do not exist.
  overrideConfig: [{ files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } }, ...boundaries],
})

async function refusals(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: `${root}${file}` })
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message)
}

/** What the table of ARCHITECTURE.md says of folders: each may import those, and itself. */
const MAY_IMPORT: Record<string, string[]> = {
  domain: [],
  contract: ['domain'],
  engine: ['domain'],
  formats: ['domain'],
  main: ['domain', 'contract', 'engine', 'formats'],
  preload: ['domain', 'contract'],
  renderer: ['domain', 'contract'],
}
/** A file of each. */
const FILES: Record<string, string> = {
  domain: 'errors',
  contract: 'index',
  engine: 'program',
  formats: 'sets/types',
  main: 'process/entries',
  preload: 'index',
  renderer: 'connection/client',
}
const pairs = Object.keys(MAY_IMPORT).flatMap((from) => Object.keys(FILES).map((to) => [from, to] as const))

const refused: [file: string, code: string][] = [
  ['src/domain/labels/x.ts', "const x = await import('../../renderer/connection/client')"],
  ['src/engine/training/x.ts', "export * from '../../renderer/connection/client'"],
  ['src/domain/x.ts', "import fs from 'node:fs'"],
  ['src/contract/x.ts', "import fs from 'node:fs'"],
  ['src/domain/study/x.ts', "import { randomUUID } from 'node:crypto'"],
  ['src/renderer/x.ts', "import path from 'node:path'"],
  ['src/renderer/x.ts', "import { ipcRenderer } from 'electron'"],
  ['src/engine/x.ts', "import { readFile } from 'node:fs/promises'"],
  ['src/engine/x.ts', "import { app } from 'electron'"],
  ['src/engine/x.ts', 'export const width = window.innerWidth'],
  ['src/formats/x.ts', "import * as tf from '@tensorflow/tfjs-core'"],
  ['src/domain/report/x.ts', "import ort from 'onnxruntime-node'"],
  ['src/main/runs/x.ts', "import Database from 'better-sqlite3'"],
  ['src/formats/x.ts', "import Database from 'better-sqlite3'"],
  ['src/main/x.ts', "import { ipcMain } from 'electron'"],
  ['src/main/x.ts', "import electron from 'electron'"],
  ['src/main/x.ts', "import * as electron from 'electron'\nelectron.ipcMain.handle('x', () => null)"],
  ['src/main/storage/x.ts', "import { ipcMain } from 'electron'"],
  ['src/other/x.ts', 'export const x = 1'],
]

const allowed: [file: string, code: string][] = [
  ['src/engine/x.ts', "import { x } from './random'\nimport { createRequire } from 'node:module'"],
  ['src/engine/training/x.ts', "import { x } from '../../domain/errors'"],
  ['src/domain/published/x.ts', "import { x } from '../measures/accuracy'\nimport data from './published.json'"],
  [
    'src/renderer/x.ts',
    "import { x } from '../domain/measures/accuracy'\nimport { calls } from '../contract'\nimport { ref } from 'vue'",
  ],
  ['src/contract/x.ts', "import { x } from '../domain/errors'\nimport { z } from 'zod'"],
  ['src/main/x.ts', "import { app } from 'electron'\nimport { x } from '../engine/program'"],
  ['src/main/transport/ipc.ts', "import { ipcMain } from 'electron'"],
  ['src/main/storage/x.ts', "import Database from 'better-sqlite3'"],
  ['src/formats/x.ts', "import { readFile } from 'node:fs/promises'\nimport { x } from '../domain/errors'"],
]

describe('import boundaries', () => {
  it.each(pairs)('between %s and %s are those of the table', async (from, to) => {
    const found = await refusals(`src/${from}/x.ts`, `import { x } from '../${to}/${FILES[to]}'`)
    expect(found).toEqual(from === to || MAY_IMPORT[from]?.includes(to) ? [] : ['boundaries/dependencies'])
  })

  it.each(refused)('%s refuses %s', async (file, code) => {
    const rules = await refusals(file, code)
    expect(rules.length).toBeGreaterThan(0)
    expectEvery(rules, (rule) => /^(boundaries\/|no-restricted-)/.test(rule))
  })

  it.each(allowed)('%s allows %s', async (file, code) => {
    expect(await refusals(file, code)).toEqual([])
  })
})

describe('folders', () => {
  it('import each other in one direction', async () => {
    const links = await folderLinks('src')
    // What is said of circles is said of imports that were found.
    expect(links.get('src/renderer/charts')).toContain('src/domain/charts')
    expect(links.get('src/main')).toContain('src/main/runs')
    expect(circles(links)).toEqual([])
  })

  it('are told when they do not', () => {
    const links = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
    ])
    expect(circles(links)).toEqual([['a', 'b', 'c']])
  })
})

describe('the whole configuration', () => {
  // Lints with types, so TypeScript reads the whole project first.
  it(
    'refuses any, an unexplained directive and a promise nobody awaits, on a real file of the project',
    { timeout: 240_000 },
    async () => {
      const whole = new ESLint({ cwd: root })
      const code = [
        'export async function f(x: any): Promise<void> {',
        '  // eslint-disable-next-line no-console',
        '  console.log(x)',
        '}',
        'f(1)',
        '',
      ].join('\n')
      const [result] = await whole.lintText(code, { filePath: `${root}src/domain/errors.ts` })
      const rules = result?.messages.map((message) => message.ruleId)
      expect(rules).toContain('@typescript-eslint/no-explicit-any')
      expect(rules).toContain('@typescript-eslint/no-floating-promises')
      expect(rules).toContain('house/explained')
    },
  )
})
