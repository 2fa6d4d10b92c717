/** A short fixed round of the fuzzer; `npm run fuzz` and `npm run verify:long` go on from here. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCampaign } from '../fuzz/campaign'
import { peersPython } from '../peers/environment.mjs'
import { PYTHON } from '../support/temporary'

it(
  '600 mutants are refused with a reason or mean the same to an independent reader',
  { timeout: 300_000 },
  async () => {
    const python = peersPython('data') ?? PYTHON
    const script = join(import.meta.dirname, '../fuzz/independent.py')
    const report = await runCampaign({ seed: 1, mutants: 600, ms: Infinity, python, script, keep: null })
    expect(report.failures).toEqual([])
    expect(report.mutants).toBe(600)
    expect(report.refused).toBeGreaterThan(100)
    expect(report.accepted).toBeGreaterThan(20)
    if (python === null) console.warn('SKIPPED: nobody read again what was accepted, there is no Python with NumPy.')
    else expect(report.compared).toBe(report.accepted)
  },
)
