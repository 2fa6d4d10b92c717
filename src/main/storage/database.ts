/**
 * Opens a project's SQLite file. Write-ahead log, `synchronous=FULL` (a committed judgment survives a power cut),
 * foreign keys on, schema brought up to date by `user_version`. The only place that knows better-sqlite3's settings.
 */
import Database from 'better-sqlite3'
import { StudioError } from '../../domain/errors'
import { backUp } from './backups'
import { APPLICATION_ID, databaseError } from './databaseState'
import { MIGRATIONS } from './schema'
import { BLOCKING_MS } from './writeLock'

export type Sqlite = Database.Database

export interface DatabaseOptions {
  /** Keep a copy before the schema is changed (backups.ts). */
  keepBackup?: boolean
  /** How long a write may block this thread while another connection has the lock (writeLock.ts), in ms. */
  timeoutMs?: number
}

/**
 * Opens or makes the database. What it is has been found out before (databaseState.ts).
 *
 * @throws StudioError `conflict` where it is locked or was written by a newer version of the program, `bad-file` where
 * it is damaged, `forbidden` where it cannot be written to
 */
export function openDatabase(
  file: string,
  { keepBackup = false, timeoutMs = BLOCKING_MS }: DatabaseOptions = {},
): Sqlite {
  let database: Sqlite | null = null
  try {
    database = new Database(file, { timeout: timeoutMs })
    refuseNewer(versionOf(database), file)
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    migrate(database, file, keepBackup)
    return database
  } catch (error) {
    database?.close()
    throw databaseError(error, file)
  }
}

const versionOf = (database: Sqlite) => Number(database.pragma('user_version', { simple: true }))

function migrate(database: Sqlite, file: string, keepBackup: boolean) {
  const found = versionOf(database)
  // Up to date: the write lock, which another process may have, is not needed.
  if (found === MIGRATIONS.length) return
  if (keepBackup && found > 0) backUp(database, file, found)
  // Only one process at a time may bring the schema up to date; the others wait and find it done.
  const upgrade = database.transaction(() => {
    const version = versionOf(database)
    refuseNewer(version, file)
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
    database.pragma(`user_version = ${MIGRATIONS.length}`)
    database.pragma(`application_id = ${APPLICATION_ID}`)
  })
  upgrade.immediate()
  // The mark is read from the file's header, not from the log.
  database.pragma('wal_checkpoint(TRUNCATE)')
}

function refuseNewer(version: number, file: string) {
  if (version <= MIGRATIONS.length) return
  throw new StudioError('conflict', 'This project was written by a newer version of Second Guess.', {
    file,
    place: `schema version ${version}, this program knows ${MIGRATIONS.length}`,
    hint: 'Nothing was changed. Open it with the newer version.',
  })
}
