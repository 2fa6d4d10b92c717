/**
 * `npm test`: builds, runs the unit and integration tests and the end-to-end tests, and ends with a table of the parts
 * and one line `N passed, N failed` over both. An end-to-end test that was skipped counts as failed, except in the
 * suite that needs Electron's own binary; skipped unit tests are named, not counted.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, root } from './build.mjs'
import { pinnedNode } from './run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'second-guess-test-'))

function run(args, env = {}) {
  return new Promise((done, fail) => {
    const child = spawn(pinnedNode(), args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', fail)
    child.on('close', (code) => done(code ?? 1))
  })
}

function report(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** A runner that fails without a single failed test (a crash, a broken file) still counts one. */
const atLeastOne = (code, failed) => (code !== 0 && failed === 0 ? 1 : failed)

async function unit() {
  const file = join(folder, 'vitest.json')
  const bin = join(root, 'node_modules/vitest/vitest.mjs')
  const code = await run([bin, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  const result = report(file)
  const skipped = result?.numPendingTests ?? 0
  if (skipped > 0) process.stdout.write(`${skipped} unit tests were skipped (see above for what they need).\n`)
  return { passed: result?.numPassedTests ?? 0, failed: atLeastOne(code, result?.numFailedTests ?? 1), skipped }
}

/** Skipped tests that are not in the suite needing Electron's binary. */
function unexpectedSkips(suites, file = '') {
  return suites.flatMap((suite) => [
    ...unexpectedSkips(suite.suites ?? [], suite.file ?? file),
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests
        .filter((test) => test.status === 'skipped' && !/electron\.spec/.test(suite.file ?? file))
        .map(() => spec.title),
    ),
  ])
}

async function endToEnd() {
  const file = join(folder, 'playwright.json')
  const bin = join(root, 'node_modules/@playwright/test/cli.js')
  const code = await run([bin, 'test', '--reporter=line,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: file })
  const result = report(file)
  if (!result) return { passed: 0, failed: 1, skipped: 0 }
  const skips = unexpectedSkips(result.suites)
  for (const title of skips) process.stdout.write(`Skipped, which counts as failed: ${title}\n`)
  const { expected, flaky, unexpected, skipped } = result.stats
  return {
    passed: expected + flaky,
    failed: atLeastOne(code, unexpected + skips.length),
    // Those that count as failed are not counted twice.
    skipped: skipped - skips.length,
  }
}

/** Runs one part of the tests, and takes its time. A part that breaks off counts as one failure. */
async function timed(part, work) {
  const begun = performance.now()
  let counts = { passed: 0, failed: 1, skipped: 0 }
  try {
    counts = await work()
  } catch (error) {
    process.stderr.write(`${part}: ${error.message}\n`)
  }
  return { part, ...counts, seconds: Math.round((performance.now() - begun) / 1000) }
}

const COLUMNS = ['part', 'passed', 'failed', 'skipped', 'seconds']

/** Rows as text in columns: names to the left, numbers to the right. */
function table(rows) {
  const lines = [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => String(row[column])))]
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map((line) => line[at].length)))
  const pad = (cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))
  return lines.map((line) => line.map(pad).join('  ')).join('\n')
}

/** A build passes nothing; one that fails is one failure, and nothing can be tested. */
const built = await timed('build', async () => (await build(), { passed: 0, failed: 0, skipped: 0 }))
const parts = [built]
if (built.failed === 0) parts.push(await timed('unit', unit), await timed('end to end', endToEnd))
rmSync(folder, { recursive: true, force: true })

const passed = parts.reduce((sum, each) => sum + each.passed, 0)
const failed = parts.reduce((sum, each) => sum + each.failed, 0)
process.stdout.write(`\n${table(parts)}\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
