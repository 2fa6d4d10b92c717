/**
 * `npm run verify:long`: checks that take too long for continuous integration. Runs every part (see part.ts), prints
 * what ran, passed, failed or was skipped and why, with the time each took, and ends with 1 where one failed. Options:
 * --only a,b, --list, --json, --seed S, --kills N.
 */
import { parseArgs } from 'node:util'
import { endWithLauncher } from '../src/main/process/launcher'
import type { Part } from './part'
import { isPassed, reportText, runParts } from './report'

const found = import.meta.glob<{ part: Part }>('./parts/*.ts', { eager: true })
const parts = Object.values(found)
  .map(({ part }) => part)
  .sort((a, b) => a.name.localeCompare(b.name))

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    list: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '30' },
  },
})

/** Ends the program where a name is unknown: a part that is misspelled must not count as passed. */
function chosen(): Part[] {
  if (values.only === undefined) return parts
  const names = values.only.split(',')
  const unknown = names.filter((name) => !parts.some((part) => part.name === name))
  if (unknown.length === 0) return parts.filter(({ name }) => names.includes(name))
  throw new Error(`There is no part ${unknown.join(', ')}. There are: ${parts.map(({ name }) => name).join(', ')}.`)
}

function whole(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`--${name} must be a whole number, not ${JSON.stringify(text)}.`)
}

async function main(): Promise<number> {
  const [seed, kills] = [whole('seed', values.seed), whole('kills', values.kills)]
  if (values.list) {
    const lines = chosen().map(({ name, shows, needs }) => `${name}\n    ${shows}\n    Needs: ${needs}`)
    process.stdout.write(values.json ? `${JSON.stringify(chosen(), null, 2)}\n` : `${lines.join('\n')}\n`)
    return 0
  }
  process.stderr.write(`seed ${seed}: repeat with --seed ${seed}\n`)
  const say = (line: string) => void process.stderr.write(`${line}\n`)
  const reports = await runParts(chosen(), { seed, kills, say })
  process.stdout.write(values.json ? `${JSON.stringify({ seed, reports }, null, 2)}\n` : `${reportText(reports)}\n`)
  return isPassed(reports) ? 0 : 1
}

endWithLauncher()
try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
