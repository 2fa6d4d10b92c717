/**
 * `npm run peers [-- data torch]`: builds environments of this folder, `data` unless others are named, from their
 * requirements.txt with the pip of a virtual environment. Does nothing where one is complete; an interrupted build
 * starts again from an empty folder. Prints the folder of each.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { completeMark, environmentFolder, ENVIRONMENTS, peersPython } from './environment.mjs'
import { pythonEnvironment, pythonOf, requirementsOf } from './environment.mjs'

/** What an environment needs of the Python that it is built from. `probe` ends with 0 where that is there. */
const NEEDS = {
  data: {
    candidates: ['python3.11', 'python3', 'python'],
    probe: 'import sys; sys.exit(sys.version_info < (3, 11))',
    what: 'Python 3.11 or later is needed. On Debian: apt-get install python3',
    options: [],
    modules: 'crowdkit.aggregation, krippendorff, pandas, pyarrow.csv, sklearn.metrics, statsmodels.stats.inter_rater',
  },
  torch: {
    // Debian's own Python first: another one does not see Debian's packages.
    candidates: ['/usr/bin/python3', 'python3', 'python'],
    probe: 'import sys, torch; sys.exit(sys.version_info[:2] != (3, 11) or not torch.__version__.startswith("1.13"))',
    what: "Debian 12's PyTorch (1.13, for Python 3.11) is needed: apt-get install python3-torch",
    options: ['--system-site-packages'],
    modules: 'netcal.metrics, torch, torchmetrics.functional.classification',
  },
}

const answersTo = (python, program) => spawnSync(python, ['-c', program]).status === 0

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: pythonEnvironment() })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${status}.`)
}

/** The first Python that has what the environment needs. */
function findPython({ candidates, probe, what }) {
  const fitting = candidates.filter((python) => answersTo(python, probe))
  if (fitting.length === 0) throw new Error(what)
  // Debian leaves ensurepip out of python3, and venv without it makes an environment that has no pip.
  const found = fitting.find((python) => answersTo(python, 'import ensurepip, venv'))
  if (!found) throw new Error(`${fitting[0]} has no venv. On Debian: apt-get install python3-venv`)
  return found
}

function build(name, folder) {
  const python = findPython(NEEDS[name])
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(folder), { recursive: true })
  run(python, ['-m', 'venv', ...NEEDS[name].options, folder])
  const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet', '--no-compile']
  // The list is complete and every file in it has a digest: nothing is resolved, and nothing is built from source.
  const locked = ['--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', requirementsOf(name)]
  run(pythonOf(folder), [...pip, ...locked])
  // It shows that the list is complete, and compiles what tests import; most of what is installed never is.
  run(pythonOf(folder), ['-W', 'ignore', '-c', `import ${NEEDS[name].modules}`])
  writeFileSync(completeMark(folder), '')
}

const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : ['data']) {
  try {
    if (!ENVIRONMENTS.includes(name)) throw new Error(`There are: ${ENVIRONMENTS.join(', ')}.`)
    const folder = environmentFolder(name)
    if (!peersPython(name)) build(name, folder)
    process.stdout.write(`${folder}\n`)
  } catch (error) {
    process.stderr.write(`The environment ${name} of test/peers was not built: ${error.message}\n`)
    process.exitCode = 1
  }
}
