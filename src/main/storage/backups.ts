/**
 * Copies of the database that the program makes before it changes the schema:
 * `backups/project-v<schema>-<time>.sqlite`. Each is a complete database in one file; put in the place of
 * `project.sqlite` it is the project as it was then.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { flushFile, flushFolder } from './files'

const FOLDER = 'backups'
const ENDING = '.sqlite'

const backupsOf = (folder: string): string[] => {
  const backups = join(folder, FOLDER)
  if (!existsSync(backups)) return []
  return readdirSync(backups)
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .map((name) => join(backups, name))
}

/**
 * Copies the open database of the project at `file` beside it; returns the copy's path. The copy is on disk when this
 * returns. Throws what SQLite or the file system throws; nothing is left behind then.
 */
export function backUp(database: Database.Database, file: string, version: number): string {
  const backups = join(dirname(file), FOLDER)
  mkdirSync(backups, { recursive: true })
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const target = join(backups, `project-v${version}-${time}${ENDING}`)
  const part = `${target}.${process.pid}.0.part`
  try {
    rmSync(part, { force: true })
    database.prepare('VACUUM INTO ?').run(part)
    flushFile(part)
    renameSync(part, target)
    flushFolder(backups)
    return target
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** The newest backup's path; null where there is none. */
export function newestBackup(folder: string): string | null {
  const time = (path: string) => path.slice(-(19 + ENDING.length))
  return (
    backupsOf(folder)
      .sort((a, b) => time(a).localeCompare(time(b)))
      .at(-1) ?? null
  )
}

/** Deletes every backup, because what was erased from the project must not stay in them. Returns how many. */
export function removeBackups(folder: string): number {
  const backups = backupsOf(folder)
  for (const path of backups) rmSync(path, { force: true })
  return backups.length
}
