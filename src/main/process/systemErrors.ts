/**
 * What the operating system and SQLite report, as errors a person can act on: the true reason, and advice that is safe
 * to follow. The one place that knows their codes. Not here: what a service itself refuses, which is a StudioError
 * already.
 */
import { StudioError, type ErrorKind } from '../../domain/errors'

interface Description {
  kind: ErrorKind
  message: string
  hint?: string
  /** It may pass without anybody asking for something else: space is freed, a lock is released, a drive comes back. */
  passes?: boolean
}

const FULL: Description = {
  kind: 'conflict',
  message: 'The disk is full: nothing more can be saved.',
  hint: 'Free some space on the disk that holds the project. Delete nothing inside the project folder.',
  passes: true,
}
const DRIVE: Description = {
  kind: 'conflict',
  message: 'The disk or network drive reported an error.',
  hint: 'Check the drive and its connection, then try again.',
  passes: true,
}
const READ_ONLY: Description = {
  kind: 'forbidden',
  message: 'It cannot be written to: it is read-only.',
  hint: 'Make it writable, or work in a copy of the project in a folder that you may write to.',
  passes: true,
}
const DAMAGED: Description = {
  kind: 'bad-file',
  message: 'The project’s database is damaged, or is no database.',
  hint: 'Copy the whole project folder before anything else, and keep that copy. Then open a backup of the project.',
}
const MEMORY: Description = {
  kind: 'conflict',
  message: 'There is not enough memory.',
  hint: 'Close other programs, then try again.',
  passes: true,
}
const NO_PERMISSION: Description = {
  kind: 'forbidden',
  message: 'The permission to read or write it is missing.',
  hint: 'Check the permissions of the file and of the folders above it.',
}
const TOO_MANY_FILES: Description = {
  kind: 'conflict',
  message: 'Too many files and connections are open.',
  hint: 'Close some windows or programs, or raise the limit of open files (ulimit -n) before the next start.',
  passes: true,
}

/** Of SQLite, by primary code: extended ones (SQLITE_IOERR_WRITE) begin with it. */
const SQLITE: Record<string, Description> = {
  SQLITE_FULL: FULL,
  SQLITE_BUSY: {
    kind: 'conflict',
    message: 'Another program has locked the project’s database to write to it.',
    hint: 'Wait until it has finished, then try again. Do not delete project.sqlite-wal or project.sqlite-shm.',
    passes: true,
  },
  SQLITE_LOCKED: {
    kind: 'conflict',
    message: 'The project’s database is in use by another request.',
    hint: 'Try again.',
    passes: true,
  },
  SQLITE_READONLY: READ_ONLY,
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  SQLITE_IOERR: DRIVE,
  SQLITE_NOMEM: MEMORY,
  SQLITE_PROTOCOL: DRIVE,
  SQLITE_PERM: NO_PERMISSION,
  SQLITE_CANTOPEN: {
    kind: 'not-found',
    message: 'The project’s database cannot be opened.',
    hint: 'Check that the project folder is where it was, and that you may read and write it.',
    passes: true,
  },
}

/** The extended codes that mean something else than their primary code. */
const SQLITE_EXTENDED: Record<string, Description> = {
  SQLITE_READONLY_DBMOVED: {
    kind: 'conflict',
    message: 'The project’s database was moved or deleted while the project was open.',
    hint: 'Put the project folder back where it was, or open the project where it is now.',
  },
}

const SYSTEM: Record<string, Description> = {
  ENOSPC: FULL,
  EDQUOT: {
    ...FULL,
    message: 'The disk quota is used up: nothing more can be saved.',
    hint: 'Free some space that counts towards your quota. Delete nothing inside the project folder.',
  },
  EFBIG: { kind: 'conflict', message: 'The file would become larger than the disk’s file system or a limit allows.' },
  EROFS: READ_ONLY,
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ENOMEM: MEMORY,
  EAGAIN: {
    kind: 'conflict',
    message: 'The system has no room for another process.',
    hint: 'Try again.',
    passes: true,
  },
  EIO: DRIVE,
  ESTALE: DRIVE,
  ETIMEDOUT: DRIVE,
  ENODEV: DRIVE,
  ENXIO: DRIVE,
  EBUSY: {
    kind: 'conflict',
    message: 'Another program uses it.',
    hint: 'Close that program, then try again.',
    passes: true,
  },
  ENOENT: { kind: 'not-found', message: 'There is no such file or folder.' },
  ENOTDIR: { kind: 'bad-input', message: 'A part of this path is a file, not a folder.' },
  EISDIR: { kind: 'bad-input', message: 'This is a folder, not a file.' },
  EEXIST: { kind: 'conflict', message: 'There is such a file or folder already.' },
  ENOTEMPTY: { kind: 'conflict', message: 'The folder is not empty.' },
  ENAMETOOLONG: { kind: 'bad-input', message: 'This path is too long.' },
  ELOOP: { kind: 'bad-input', message: 'Links in this path lead in a circle.' },
}

interface Coded {
  code: string
  /** Of the operating system: the file concerned. */
  path?: unknown
}

const isCoded = (value: unknown): value is Error & Coded =>
  value instanceof Error && 'code' in value && typeof value.code === 'string'

const own = (table: Record<string, Description>, code: string) => (Object.hasOwn(table, code) ? table[code] : undefined)

function describe(code: string): Description | undefined {
  if (!code.startsWith('SQLITE_')) return own(SYSTEM, code)
  return own(SQLITE_EXTENDED, code) ?? own(SQLITE, code.split('_').slice(0, 2).join('_'))
}

const DEEPEST_CAUSE = 8

/** The error of the operating system or of SQLite that lies behind an error, itself or as a cause; null for none. */
function source(error: unknown): { error: Error & Coded; description: Description } | null {
  let each = error
  for (let depth = 0; depth < DEEPEST_CAUSE && each instanceof Error; depth++, each = each.cause) {
    const description = isCoded(each) ? describe(each.code) : undefined
    if (isCoded(each) && description) return { error: each, description }
  }
  return null
}

/** Whether the operating system or SQLite, not a service, is behind this error. */
export const isSystemError = (error: unknown): boolean => source(error) !== null

/** Whether the same request may succeed later although nobody changes it: a full disk, a lock, a lost drive. */
export const mayPass = (error: unknown): boolean => source(error)?.description.passes === true

/** Whether another connection held the lock that was needed. Nothing was changed by what threw it. */
export const isBusy = (error: unknown): boolean => source(error)?.error.code.startsWith('SQLITE_BUSY') === true

/** Whether a full disk, or a used up quota, is behind this error. */
export const isFull = (error: unknown): boolean =>
  ['SQLITE_FULL', 'ENOSPC', 'EDQUOT'].includes(source(error)?.error.code ?? '')

/**
 * Any thrown value as a StudioError. What a service has said stays; what the system or SQLite reported gets its reason
 * and advice; anything else becomes `internal` with its stack as details. Never throws.
 *
 * @param file the file concerned, where the error does not name one
 */
export function toStudioError(error: unknown, file?: string): StudioError {
  if (error instanceof StudioError) return error
  const found = source(error)
  if (!found) return StudioError.from(error)
  const { kind, message, hint } = found.description
  const named = typeof found.error.path === 'string' ? found.error.path : file
  const where = { ...(named !== undefined && { file: named }), ...(hint !== undefined && { hint }) }
  return new StudioError(kind, message, where, { cause: error })
}
