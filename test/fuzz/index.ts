/**
 * `npm run fuzz -- --seconds 60 --seed N`: mutants of small files, read by the program and by NumPy and Python.
 * Options:
 * --mutants N, --keep FOLDER (for mutants that fail), --json. Ends with 1 where one failed. See campaign.ts.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { outFolder } from '../../src/main/process/entries'
import { endWithLauncher } from '../../src/main/process/launcher'
import { peersPython } from '../peers/environment.mjs'
import { runCampaign } from './campaign'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' },
    mutants: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

function number(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} must be a whole number, not ${JSON.stringify(text)}.`)
}

endWithLauncher()
try {
  const seed = number('seed', values.seed)
  const mutants = values.mutants === undefined ? Infinity : number('mutants', values.mutants)
  const seconds =
    values.seconds === undefined ? (values.mutants === undefined ? 60 : Infinity) : number('seconds', values.seconds)
  const python = peersPython('data', join(outFolder(), '../test/peers'))
  if (python === null) process.stderr.write('Nobody reads again what is accepted: npm run peers builds the reader.\n')
  if (values.keep !== undefined) mkdirSync(values.keep, { recursive: true })
  process.stderr.write(`seed ${seed}: repeat with --seed ${seed}\n`)
  const script = join(outFolder(), '../test/fuzz/independent.py')
  const report = await runCampaign({ seed, mutants, ms: 1000 * seconds, python, script, keep: values.keep ?? null })
  const { failures, ...figures } = report
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, ...report }, null, 2)}\n`)
  else {
    for (const { mutant, original, reason } of failures)
      process.stdout.write(`mutant ${mutant} of ${original}: ${reason}\n`)
    process.stdout.write(
      `${Object.entries(figures)
        .map(([name, n]) => `${name} ${n}`)
        .join(', ')}, failures ${failures.length}\n`,
    )
  }
  process.exitCode = failures.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
