/** Tests of the repository as parts of the long checks: with more of what they do, or with what they need. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { outFolder } from '../src/main/process/entries'
import { outcomeOf, type Outcome } from './part'

const root = join(outFolder(), '..')

/** What Vitest's JSON reporter says, as far as it is read here. */
interface Report {
  numPassedTests: number
  numPendingTests: number
  testResults: { name: string; message: string; assertionResults: { fullName: string; status: string }[] }[]
}

/** Runs one of the repository's scripts with this Node; both of its streams as one text. */
export function runScript(
  script: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, output: output.join('').trim() }))
  })
}

/** Runs the tests below a path; a skipped one counts as failed. `file` takes Vitest's report. */
export async function runTests(path: string, file: string, env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const vitest = ['run', path, '--reporter=json', `--outputFile.json=${file}`]
  const { code, output } = await runScript('node_modules/vitest/vitest.mjs', vitest, env)
  if (code === null) return { state: 'failed', reasons: [`Vitest was ended by a signal: ${output}`], figures: {} }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const reasons = report.testResults.flatMap(({ name, message, assertionResults }) => [
    ...(message && assertionResults.length === 0 ? [`${name}: ${message}`] : []),
    ...assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => `${fullName} failed.`),
  ])
  if (report.numPendingTests > 0) reasons.push(`${report.numPendingTests} tests were skipped.`)
  if (report.numPassedTests === 0) reasons.push('No test ran.')
  if (code !== 0 && reasons.length === 0) reasons.push(`Vitest ended with ${code}: ${output.slice(-500)}`)
  return outcomeOf(reasons, { 'tests passed': report.numPassedTests })
}
