/** Every comparison with another program, those with PyTorch included: none may be skipped. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { outFolder } from '../../src/main/entries'
import { outcomeOf, type Outcome, type Part } from '../part'

const root = join(outFolder(), '..')

/** What Vitest's JSON reporter says, as far as it is read here. */
interface Report {
  numPassedTests: number
  numPendingTests: number
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[]
}

/** Runs one of the repository's scripts with this Node; both of its streams as one text. */
function runScript(script: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, script), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, output: output.join('').trim() }))
  })
}

async function compare(file: string): Promise<Outcome> {
  const vitest = ['run', 'test/peers', '--reporter=json', `--outputFile.json=${file}`]
  const { code, output } = await runScript('node_modules/vitest/vitest.mjs', vitest)
  if (code === null) return { state: 'failed', reasons: [`Vitest was ended by a signal: ${output}`], figures: {} }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const reasons = report.testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message && assertionResults.length === 0 ? [`${name}: ${message}`] : []),
    ...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${fullName} deviates.`),
  ])
  if (report.numPendingTests > 0) reasons.push(`${report.numPendingTests} comparisons were skipped.`)
  if (report.numPassedTests === 0) reasons.push('Nothing was compared.')
  if (code !== 0 && reasons.length === 0) reasons.push(`Vitest ended with ${code}: ${output.slice(-500)}`)
  return outcomeOf(reasons, { comparisons: report.numPassedTests })
}

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
      return await compare(join(folder, 'vitest.json'))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
