/**
 * A database copied by its file and write-ahead log: the original is neither locked nor written to. Opening it would do
 * both, which many machines must not do at once on a shared file system, where SQLite's write-ahead log does not work.
 */
import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { makeTemporaryFolder } from './temporaryFolders'

const ATTEMPTS = 5

/** Size and time of the last change of the files that make up a database. */
const stamp = (file: string): string =>
  [file, `${file}-wal`]
    .map((each) => statSync(each, { throwIfNoEntry: false }))
    .map((found) => (found ? `${found.size} ${found.mtimeMs}` : ''))
    .join()

/** Copies `source` into a temporary folder of its own, which `remove` deletes. Throws StudioError('conflict') where it
 * is written to without pause. */
export function copyToTemporary(source: string): { file: string; remove: () => void } {
  const folder = makeTemporaryFolder()
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    return { file: copyAtRest(source, join(folder, basename(source))), remove }
  } catch (error) {
    remove()
    throw error
  }
}

function copyAtRest(source: string, file: string): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = stamp(source)
    rmSync(`${file}-wal`, { force: true })
    copyFileSync(source, file)
    if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${file}-wal`)
    // Written to meanwhile, the two copies may be of different moments.
    if (stamp(source) === before) return file
  }
  const hint = 'Let the program that works in it finish, then ask again.'
  throw new StudioError('conflict', 'The project is being written to all the time.', { file: source, hint })
}
