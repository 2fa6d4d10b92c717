/**
 * What stands where a project's database should be, found out without changing a byte: nothing, an empty file, a
 * project, or something that must be left alone. SQLite itself writes when it opens a database, so the header is read
 * as bytes, and a database without our mark (projects before schema 7 have none) is looked at in a copy.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StudioError } from '../../domain/errors'
import { newestBackup } from './backups'
import { copyToTemporary } from './databaseCopy'

/** "SGst" in the header of every database of this program. */
export const APPLICATION_ID = 0x53477374
const MAGIC = 'SQLite format 3\0'
const HEADER_BYTES = 100
const APPLICATION_ID_OFFSET = 68
/** In every schema there has been. */
const OWN_TABLES = ['image_sets', 'label_sets', 'runs', 'claims']

export type DatabaseState = 'absent' | 'empty' | 'project'

/**
 * @throws StudioError `bad-file` where it is another program's, damaged or no regular file; `forbidden` where it
 * cannot be read
 */
export function databaseState(file: string): DatabaseState {
  const found = look(file, () => statSync(file, { throwIfNoEntry: false }))
  if (!found) return 'absent'
  // A pipe or a device would be waited for without end.
  if (!found.isFile()) throw foreign(file, 'It is no regular file.')
  const header = readHeader(file)
  if (header.length === 0) return 'empty'
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw foreign(file, 'It is no SQLite database.')
  if (header.length < HEADER_BYTES) throw damaged(file, `it ends after ${header.length} bytes`)
  const id = header.readUInt32BE(APPLICATION_ID_OFFSET)
  if (id === APPLICATION_ID) return 'project'
  if (id !== 0) throw foreign(file, 'It is a database of another program.')
  return stateOfCopy(file)
}

function stateOfCopy(file: string): DatabaseState {
  const copy = copyToTemporary(file)
  let database: Database.Database | null = null
  try {
    database = new Database(copy.file)
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all()
    if (tables.length === 0) return 'empty'
    if (OWN_TABLES.every((name) => tables.includes(name))) return 'project'
    throw foreign(file, `It is a database of another program, with the tables ${tables.slice(0, 5).join(', ')}.`)
  } catch (error) {
    throw databaseError(error, file)
  } finally {
    database?.close()
    copy.remove()
  }
}

function readHeader(file: string): Buffer {
  const handle = look(file, () => openSync(file, 'r'))
  try {
    const bytes = Buffer.alloc(HEADER_BYTES)
    return bytes.subarray(0, readSync(handle, bytes, 0, HEADER_BYTES, 0))
  } finally {
    closeSync(handle)
  }
}

function look<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A path through a file, or one too long: there is no database.
    if (code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined as T
    throw databaseError(error, file)
  }
}

const UNCHANGED = 'Nothing was changed.'

function foreign(file: string, reason: string): StudioError {
  const hint = `${UNCHANGED} Choose another folder: a project's database is called project.sqlite.`
  return new StudioError('bad-file', `This is not a project's database. ${reason}`, { file, hint })
}

export function damaged(file: string, reason: string): StudioError {
  const backup = newestBackup(dirname(file))
  const way = backup
    ? `A backup that the program made is at ${backup}.`
    : 'The pixels (datasets) and the files of runs (runs) beside it are not affected.'
  const hint = `${UNCHANGED} Copy the whole folder before you try to repair it. ${way}`
  return new StudioError('bad-file', `The project's database is damaged: ${reason}.`, { file, hint })
}

/** What kept a database from being opened, as a StudioError with advice that is safe to follow. */
export function databaseError(error: unknown, file: string): StudioError {
  if (error instanceof StudioError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  const say = (kind: StudioError['kind'], text: string, hint: string) =>
    new StudioError(kind, text, { file, hint: `${UNCHANGED} ${hint}` }, { cause: error })
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return say(
      'conflict',
      'Another program keeps the project’s database locked.',
      'Let it finish, or end it, and open the project again.',
    )
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(file, message)
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT')
    return say('conflict', 'The disk is full.', 'Free some space and open the project again.')
  if (/^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EACCES|EPERM|EROFS)/.test(code))
    return say(
      'forbidden',
      'The project’s database cannot be opened.',
      'Ask whoever owns the folder for permission to read it.',
    )
  if (/^SQLITE_IOERR|^EIO$/.test(code))
    return say('internal', `The disk failed (${message}).`, 'Copy the whole folder to another disk.')
  return StudioError.from(error)
}
