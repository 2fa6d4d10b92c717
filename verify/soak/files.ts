/** What a project's folder and the temporary folder hold after kills. */
import Database from 'better-sqlite3'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning } from '../../test/support/processes'

const PART = /\.(?<pid>\d+)\.\d+\.part$/

/** Temporary files whose writer has ended, relative to the folder. */
export const deadParts = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const pid = PART.exec(name)?.groups?.['pid']
    return pid !== undefined && !isRunning(Number(pid))
  })

/** Pixel files that belong to no set. */
export function orphanedPixels(folder: string, sets: readonly { id: number }[]): string[] {
  const known = new Set(sets.map(({ id }) => `${id}.u8`))
  return readdirSync(join(folder, 'datasets')).filter((name) => name.endsWith('.u8') && !known.has(name))
}

/** SQLite's own check of a database; "ok", or what is wrong. */
export function integrityOf(file: string): string {
  const database = new Database(file, { readonly: true })
  try {
    return String(database.pragma('integrity_check', { simple: true }))
  } finally {
    database.close()
  }
}
