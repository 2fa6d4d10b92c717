/** Fifty kills of imports and fifty of training runs, where `npm test` makes fewer. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Part } from '../part'
import { runTests } from '../tests'

const KILLS = 50

export const part: Part = {
  name: 'kills',
  shows: 'An import that is killed is whole or not there, and a run that is killed ends as if nothing had been.',
  needs: 'About 4 minutes.',
  async run({ seed }) {
    const folder = mkdtempSync(join(tmpdir(), 'second-guess-kills-'))
    const env = { SECOND_GUESS_KILLS: String(KILLS), SECOND_GUESS_SEED: String(seed) }
    try {
      return await runTests('test/main/runs/kills.test.ts', join(folder, 'vitest.json'), env)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
