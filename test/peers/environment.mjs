/**
 * The Python environments of the programs that results are compared with: where they are, and whether they are
 * complete. The folder of one is named after what it holds, so that a changed list is another environment.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** One folder here each, with its list of packages and its scripts. */
export const ENVIRONMENTS = ['data', 'torch']

/** `here`: this folder in the repository, for programs that are bundled elsewhere. */
export const requirementsOf = (name, here = import.meta.dirname) => join(here, name, 'requirements.txt')

/** Line ends are left out: they differ between checkouts of the same list. */
const digest = (file) => createHash('sha256').update(readFileSync(file, 'utf8').replaceAll('\r', '')).digest('hex')

/** `SECOND_GUESS_PEERS` names the folder that holds the environments. */
export const environmentFolder = (name, here) =>
  join(
    process.env.SECOND_GUESS_PEERS || join(homedir(), '.cache', 'second-guess', 'peers'),
    `${name}-${digest(requirementsOf(name, here)).slice(0, 12)}`,
  )

export const pythonOf = (folder) =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')

/** Variables for it: compiled modules are kept; threads only get in each other's way with arrays as small as these. */
export const pythonEnvironment = () => ({
  ...process.env,
  PYTHONDONTWRITEBYTECODE: '',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
})

/** Written last: an environment without it was interrupted. */
export const completeMark = (folder) => join(folder, 'complete')

/** Its Python, or null where the environment is not built. */
export function peersPython(name, here) {
  const folder = environmentFolder(name, here)
  return existsSync(completeMark(folder)) && existsSync(pythonOf(folder)) ? pythonOf(folder) : null
}
