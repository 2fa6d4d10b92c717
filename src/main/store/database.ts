/**
 * Opens a project's SQLite file. Write-ahead log, `synchronous=FULL` (a committed judgment survives a power cut),
 * foreign keys on, schema brought up to date by `user_version`. The only place that knows better-sqlite3's settings.
 */
import Database from 'better-sqlite3'
import { StudioError } from '../../shared/errors'
import { MIGRATIONS } from './schema'

export type Sqlite = Database.Database

/**
 * Opens or makes the database. Throws StudioError: `bad-file` where it is no project database or is damaged,
 * `conflict` where it was written by a newer version of the program.
 */
export function openDatabase(file: string): Sqlite {
  let database: Sqlite | null = null
  try {
    database = new Database(file, { timeout: 20_000 })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    migrate(database, file)
    return database
  } catch (error) {
    database?.close()
    if (error instanceof StudioError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const hint = 'Restore project.sqlite from a copy, or choose another folder.'
    throw new StudioError('bad-file', `Not a readable project database (${reason}).`, { file, hint }, { cause: error })
  }
}

function migrate(database: Sqlite, file: string) {
  // Only one process at a time may bring the schema up to date; the others wait and find it done.
  const upgrade = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }))
    if (version > MIGRATIONS.length) {
      throw new StudioError('conflict', 'This project was written by a newer version of Second Guess.', {
        file,
        place: `schema version ${version}, this program knows ${MIGRATIONS.length}`,
        hint: 'Open it with the newer version.',
      })
    }
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
    if (version < MIGRATIONS.length) database.pragma(`user_version = ${MIGRATIONS.length}`)
  })
  upgrade.immediate()
}
