/**
 * The end of an erasure. Deleting rows leaves their bytes in the database file's unused space, in its write-ahead log
 * and in backups: the backups are deleted, the file is written anew without unused space, and the log is emptied. That
 * cannot be part of the transaction that deletes the rows, so a setting says that it is still to be done.
 */
import { removeBackups } from './backups'
import type { Sqlite } from './database'
import type { ProjectTables } from '.'

/** Set by the transaction that erases, removed once the files are clean. */
const UNFINISHED = 'erasure.unfinished'

type Settings = Pick<ProjectTables, 'settings'>

/** Call inside the transaction that erases. */
export const requireCleanup = ({ settings }: Settings) => settings.put(UNFINISHED, true)

export const isCleanupDue = ({ settings }: Settings): boolean => settings.get(UNFINISHED) === true

/**
 * Returns false where another process reads or writes the database at this moment: then it is to be called again. Takes
 * about as long as copying the database file, needs as much free space, and writers wait meanwhile.
 */
export function cleanUp(database: Sqlite, folder: string, tables: Settings): boolean {
  if (!isCleanupDue(tables)) return true
  removeBackups(folder)
  if (!compact(database)) return false
  tables.settings.remove(UNFINISHED)
  return true
}

function compact(database: Sqlite): boolean {
  const patience = Number(database.pragma('busy_timeout', { simple: true }))
  // Waiting would hold up this process, participants included.
  database.pragma('busy_timeout = 0')
  try {
    // Refused at once where somebody reads an older state: then the file is not rewritten in vain.
    if (!emptyLog(database)) return false
    database.exec('VACUUM')
    return emptyLog(database)
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return false
    throw error
  } finally {
    database.pragma(`busy_timeout = ${patience}`)
  }
}

/** Brings the write-ahead log into the database file and cuts it to nothing. */
function emptyLog(database: Sqlite): boolean {
  const [result] = database.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[]
  return result?.busy === 0
}
