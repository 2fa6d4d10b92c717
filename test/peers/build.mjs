/**
 * `npm run peers`: builds the environment of test/peers from requirements.txt with the pip of a virtual environment. Does
 * nothing where it is already complete. An interrupted build is started again from an empty folder.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { completeMark, environmentFolder, peersPython, pythonOf, requirements } from './environment.mjs'

const OLDEST = [3, 11]

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${status}.`)
}

/** The first Python that is new enough for the locked versions. */
function findPython() {
  const versionOf = 'import sys; print(*sys.version_info[:2])'
  for (const name of ['python3.11', 'python3', 'python']) {
    const { status, stdout } = spawnSync(name, ['-c', versionOf], { encoding: 'utf8' })
    if (status !== 0) continue
    const [major, minor] = stdout.trim().split(' ').map(Number)
    if (major === OLDEST[0] && minor >= OLDEST[1]) return name
  }
  throw new Error(`Python ${OLDEST.join('.')} or later is needed.`)
}

function build(folder) {
  const python = findPython()
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  run(python, ['-m', 'venv', folder])
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet']
  // The list is complete and every file in it has a digest: nothing is resolved, and nothing is built from source.
  run(pythonOf(folder), [...pip, '--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', requirements])
  writeFileSync(completeMark(folder), '')
}

const folder = environmentFolder()
try {
  if (!peersPython()) build(folder)
  process.stdout.write(`${folder}\n`)
} catch (error) {
  process.stderr.write(`The environment of test/peers was not built: ${error.message}\n`)
  process.exitCode = 1
}
