/**
 * The Python environment of the programs that results are compared with: where it is, and whether it is complete. Its
 * folder is named after what it holds, so that a changed list is another environment.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const requirements = join(import.meta.dirname, 'requirements.txt')

/** Line ends are left out: they differ between checkouts of the same list. */
const digest = () => createHash('sha256').update(readFileSync(requirements, 'utf8').replaceAll('\r', '')).digest('hex')

/** `SECOND_GUESS_PEERS` names the folder that holds the environments. */
export const environmentFolder = () =>
  join(
    process.env.SECOND_GUESS_PEERS || join(homedir(), '.cache', 'second-guess', 'peers'),
    `data-${digest().slice(0, 12)}`,
  )

export const pythonOf = (folder) =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python')

/** Written last: an environment without it was interrupted. */
export const completeMark = (folder) => join(folder, 'complete')

/** Its Python, or null where the environment is not built. */
export function peersPython() {
  const folder = environmentFolder()
  return existsSync(completeMark(folder)) && existsSync(pythonOf(folder)) ? pythonOf(folder) : null
}
