/** Every comparison with another program, those with PyTorch included: none may be skipped. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Part } from '../part'
import { runScript, runTests } from '../tests'

export const part: Part = {
  name: 'peers',
  shows:
    'Aggregation, agreement, losses, calibration and exported files agree with the programs that others use for them.',
  needs: "Python 3.11 with venv and Debian 12's python3-torch; the package index, the first time; about 2 minutes.",
  async run({ say }) {
    say('building the Python environments')
    const built = await runScript('test/peers/build.mjs', ['data', 'torch'])
    if (built.code !== 0) return { state: 'skipped', reason: built.output }
    const folder = mkdtempSync(join(tmpdir(), 'second-guess-peers-'))
    try {
      return await runTests('test/peers', join(folder, 'vitest.json'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
