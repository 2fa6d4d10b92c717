/**
 * The folder of a project before its database is opened: what a folder without one already holds, and making a new
 * one. A folder that is refused is left as it was.
 */
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { newestBackup } from './backups'

export const DATABASE = 'project.sqlite'
const PIXELS = /^\d{1,15}\.u8$/
const RUN = /^\d{1,15}$/

export const isProject = (folder: string): boolean => existsSync(join(folder, DATABASE))

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Files of image sets and runs that lie in a project's folder, whatever its database says. */
export function filesOf(folder: string): { imageSets: number[]; runs: number[] } {
  const ids = (part: string, pattern: RegExp) =>
    namesIn(join(folder, part))
      .filter((name) => pattern.test(name))
      .map((name) => Number.parseInt(name))
      .sort((a, b) => a - b)
  return { imageSets: ids('datasets', PIXELS), runs: ids('runs', RUN) }
}

const holdsData = (folder: string): boolean => {
  const { imageSets, runs } = filesOf(folder)
  return imageSets.length > 0 || runs.length > 0 || newestBackup(folder) !== null
}

/** What to do where pixels and runs are there but the database that says what they are is not. */
function restoreHint(folder: string): string {
  const backup = newestBackup(folder)
  const from = backup ? `for example the backup ${backup}` : 'from wherever you keep backups'
  return `Nothing was changed. Copy project.sqlite back into the folder, ${from}, or choose another folder.`
}

/** The refusal of a folder in which there must be a project and is none. */
export function noProject(folder: string): StudioError {
  if (holdsData(folder))
    return new StudioError('bad-file', 'The project’s database is missing, but its pixels or runs are there.', {
      file: join(folder, DATABASE),
      hint: restoreHint(folder),
    })
  const hint = 'Import something into it first, or check the path.'
  return new StudioError('not-found', 'There is no project in this folder.', { file: folder, hint })
}

export function emptyDatabase(folder: string): StudioError {
  const data = holdsData(folder)
  const hint = 'Nothing was changed. Restore project.sqlite from a copy; if the project held nothing, delete the file.'
  return new StudioError('bad-file', 'The project’s database is empty.', {
    file: join(folder, DATABASE),
    hint: data ? restoreHint(folder) : hint,
  })
}

/** Refuses to begin a new project over the data of one whose database is gone. */
export function refuseAbandoned(folder: string, database: 'absent' | 'empty'): void {
  if (database === 'absent' && holdsData(folder)) throw noProject(folder)
  if (database === 'absent') return
  // SQLite would delete the log of an empty file, and with it what can still be restored.
  const written = statSync(join(folder, `${DATABASE}-wal`), { throwIfNoEntry: false })?.size ?? 0
  if (written > 0 || holdsData(folder)) throw emptyDatabase(folder)
}

/**
 * Makes the folder where it is not there (700) and the folders inside it. Returns what takes back exactly what was
 * made, for when the database cannot be. Throws StudioError naming the folder.
 */
export function makeFolder(folder: string): () => void {
  const made: string[] = []
  const undo = () => {
    for (const path of made.toReversed()) {
      try {
        rmdirSync(path)
      } catch {
        // Somebody else has put something into it.
      }
    }
  }
  const make = (path: string, mode: number) => {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
    mkdirSync(path, { mode })
    made.push(path)
  }
  try {
    for (const path of missingParents(folder)) make(path, 0o777)
    make(folder, 0o700)
    make(join(folder, 'datasets'), 0o777)
    make(join(folder, 'runs'), 0o777)
    return undo
  } catch (error) {
    undo()
    throw unusable(folder, error)
  }
}

/** Outermost first. Not mkdir's own `recursive`, which never ends below /proc. */
function missingParents(folder: string): string[] {
  const missing: string[] = []
  for (let path = dirname(folder); !statSync(path, { throwIfNoEntry: false }); path = dirname(path)) {
    missing.unshift(path)
    if (path === dirname(path)) break
  }
  return missing
}

function unusable(folder: string, error: unknown): StudioError {
  const { code } = error as NodeJS.ErrnoException
  const isFile = code === 'ENOTDIR' || code === 'EEXIST'
  const reason = isFile ? 'This is a file, not a folder.' : 'The folder cannot be made or written to.'
  const kind = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'forbidden' : 'bad-input'
  return new StudioError(kind, reason, { file: folder }, { cause: error })
}

/** Why a project can only be read, as the end of a sentence; null where it can be written to. */
export function readOnlyReason(folder: string): string | null {
  for (const [path, name] of [
    [folder, 'its folder'],
    [join(folder, DATABASE), DATABASE],
  ] as const) {
    try {
      accessSync(path, constants.W_OK)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return code === 'EROFS' ? 'the disk is read-only' : `${name} cannot be written to`
    }
  }
  return null
}
