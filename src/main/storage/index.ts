/**
 * One open project: a folder with `project.sqlite`, `datasets/` and `runs/`. Several processes may have it open at once
 * (a window and a command line); the database's own locks and `claims` keep them apart.
 */
import { closeSync, openSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { StudioError } from '../../domain/errors'
import { isBusy } from '../process/systemErrors'
import type { ImageSetInfo } from '../../domain/labels/sets'
import { answersTable } from './answers'
import { claimsTable } from './claims'
import { cleanUp, isCleanupDue } from './cleanup'
import { openDatabase, type Sqlite } from './database'
import { damaged, databaseError, databaseState, type DatabaseState } from './databaseState'
import { erasuresTable } from './erasures'
import { experimentsTable } from './experiments'
import { readSlices } from './files'
import { groupCommit } from './groupCommit'
import { imageSetsTable } from './imageSets'
import { labelSetsTable } from './labelSets'
import { markOpen, unmarkOpen, wasCutOff } from './openings'
import { restrictTo } from './permissions'
import { DATABASE, emptyDatabase, makeFolder, noProject, readOnlyReason, refuseAbandoned } from './projectFolder'
import { missingPixels, repair } from './repair'
import { runsTable } from './runs'
import { sessionsTable } from './sessions'
import { settingsTable } from './settings'
import { openCopy } from './snapshot'
import { studiesTable } from './studies'
import { BLOCKING_MS, blockingTransaction, BRIEF_MS, openBlocking, writeLock, type WriteLock } from './writeLock'

const makeTables = (database: Sqlite, readOnly = false) => ({
  claims: claimsTable(database, readOnly),
  imageSets: imageSetsTable(database),
  labelSets: labelSetsTable(database),
  runs: runsTable(database),
  experiments: experimentsTable(database),
  settings: settingsTable(database),
  studies: studiesTable(database),
  sessions: sessionsTable(database),
  answers: answersTable(database),
  erasures: erasuresTable(database),
})
export type ProjectTables = ReturnType<typeof makeTables>

export interface ProjectStore extends ProjectTables, WriteLock {
  folder: string
  name: string
  /** What opening found and repaired. */
  notices: string[]
  /** Nothing can be written: the database is a copy, as it was at the opening. */
  readOnly: boolean
  /** Runs `change` in one transaction that holds the write lock from its start. */
  transaction<T>(change: () => T): T
  /**
   * The same in one commit with what else is asked for at this moment (groupCommit.ts); resolves once it is on disk.
   */
  transactionInGroup<T>(change: () => T): Promise<T>
  /**
   * Another value whenever anything was committed since, by this process or another: what was worked out may be old.
   */
  version(): string
  /** Another value whenever another process (or another opening) committed something. */
  othersVersion(): number
  /** Another value whenever this process changed a row. */
  ownVersion(): number
  pixelsFile(imageSet: number): string
  runFolder(run: number): string
  /** Packed uint8 NHWC pixels of the images asked for, in that order. */
  readPixels(set: ImageSetInfo, indices: number[]): Uint8Array
  /** Removes what an erasure leaves in the files (cleanup.ts); false where that has to wait for another process. */
  cleanUp(): boolean
  close(): void
}

const CUT_OFF = 'The program did not end in order the last time. The database was checked and is sound.'

export interface OpenOptions {
  /** Refuse a folder that holds no project instead of making one there. */
  mustExist?: boolean
  /** Leave repairs to whoever opened the project first (worker processes). */
  repair?: boolean
  /** For a process that serves others: it throws at once where another has the write lock, and never blocks on it. */
  brief?: boolean
  /** Called once where opening waits for the write lock of another process; not with `brief`. */
  onWait?: () => void
}

/**
 * Opens or makes a project. One that cannot be written to is opened for reading, from a copy.
 *
 * @throws StudioError that names the folder or the database: where there is none and must be one, where data lies
 * without its database, where the database is empty, damaged, locked, another program's or a newer version's. A refusal
 * changes nothing and leaves nothing behind.
 */
export function openProject(path: string, options: OpenOptions = {}): ProjectStore {
  const folder = resolve(path)
  const file = join(folder, DATABASE)
  const state = databaseState(file)
  const open = (timeoutMs: number) => openWithin(folder, state, options, timeoutMs)
  return options.brief ? open(BRIEF_MS) : openBlocking(open, options.onWait)
}

/** @param timeoutMs how long SQLite may block this thread while another process has the lock */
function openWithin(folder: string, state: DatabaseState, options: OpenOptions, timeoutMs: number): ProjectStore {
  if (state === 'project') return openExisting(folder, options, timeoutMs)
  if (options.mustExist) throw state === 'empty' ? emptyDatabase(folder) : noProject(folder)
  refuseAbandoned(folder, state)
  const file = join(folder, DATABASE)
  restrictTo(folder)
  const undo = makeFolder(folder)
  let isOwn = false
  try {
    isOwn = createFile(file)
    return openWritable(folder, options, timeoutMs)
  } catch (error) {
    // Whoever has locked it has begun to use it.
    if (isOwn && !isBusy(error)) for (const name of ['', '-wal', '-shm']) rmSync(`${file}${name}`, { force: true })
    undo()
    throw error
  }
}

/** SQLite itself would let nobody but the owner write. Returns whether the file is new, not another process's. */
function createFile(file: string): boolean {
  try {
    closeSync(openSync(file, 'wx', 0o666))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw databaseError(error, file)
  }
}

function openExisting(folder: string, options: OpenOptions, timeoutMs: number): ProjectStore {
  const reason = readOnlyReason(folder)
  if (reason !== null) return openReadOnly(folder, reason)
  try {
    return openWritable(folder, options, timeoutMs)
  } catch (error) {
    // Permissions cannot tell everything: SQLite was refused what they allow.
    if (error instanceof StudioError && error.kind === 'forbidden') return openReadOnly(folder, error.message)
    throw error
  }
}

function openWritable(folder: string, options: OpenOptions, timeoutMs: number): ProjectStore {
  const file = join(folder, DATABASE)
  restrictTo(folder)
  const database = openDatabase(file, { keepBackup: true, timeoutMs })
  try {
    const tables = makeTables(database)
    if (options.repair === false) return storeFor(options, database, tables, folder)
    const fault = wasCutOff(folder) ? quickCheck(database) : null
    if (fault !== null) {
      database.close()
      return openReadOnly(folder, damaged(file, fault))
    }
    const notices = settle(database, tables, folder)
    const store = storeFor(options, database, tables, folder, notices)
    const close = () => {
      store.close()
      unmarkOpen(folder)
    }
    return { ...store, close }
  } catch (error) {
    if (database.open) database.close()
    throw databaseError(error, file)
  }
}

/** What is wrong with the database's structure, in SQLite's words; null where it is sound. */
function quickCheck(database: Sqlite): string | null {
  try {
    const found = database.prepare<[], string>('PRAGMA quick_check(1)').pluck().get() ?? 'ok'
    return found === 'ok' ? null : (found.split('\n').at(-1) ?? found)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Puts right what a kill left behind, and tells that the project is open now. */
function settle(database: Sqlite, tables: ProjectTables, folder: string): string[] {
  const cutOff = wasCutOff(folder)
  const notices = [...repair(database, folder, tables), ...finishErasure(database, folder, tables)]
  markOpen(folder)
  return cutOff ? [CUT_OFF, ...notices] : notices
}

/** How long the store's own writes wait from here on depends on whether the process serves others. */
function storeFor(options: OpenOptions, database: Sqlite, tables: ProjectTables, folder: string, notices?: string[]) {
  const store = storeOf(database, tables, folder, notices)
  if (options.brief) return store
  database.pragma(`busy_timeout = ${BLOCKING_MS}`)
  return options.onWait ? { ...store, transaction: blockingTransaction(database, options.onWait) } : store
}

function openReadOnly(folder: string, reason: string | StudioError): ProjectStore {
  const { database, remove } = openCopy(folder)
  try {
    database.pragma('query_only = ON')
    const tables = makeTables(database, true)
    const why = typeof reason === 'string' ? `${reason}.` : `${reason.message} ${reason.where.hint ?? ''}`
    const time = new Date().toISOString().slice(0, 16).replace('T', ' ')
    const notice = `Opened for reading only: ${why} It is shown as it was at ${time} UTC.`
    const refused = () =>
      new StudioError('forbidden', 'The project is open for reading only.', { file: folder, hint: why })
    return {
      ...storeOf(database, tables, folder, [notice, ...missingPixels(folder, tables)], true),
      transaction() {
        throw refused()
      },
      transactionInGroup: () => Promise.reject(refused()),
      close: remove,
    }
  } catch (error) {
    remove()
    throw databaseError(error, join(folder, DATABASE))
  }
}

/** An erasure whose process ended before its files were clean. */
function finishErasure(database: Sqlite, folder: string, tables: ProjectTables): string[] {
  if (!isCleanupDue(tables)) return []
  const what = 'The database file still held bytes of a participant who was erased'
  try {
    if (cleanUp(database, folder, tables)) return [`${what}: they are removed now, and so are backups from before.`]
    return [`${what}, and another process is using it. They are removed at the next opening.`]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [`${what}, and they could not be removed (${reason}). It is tried again at the next opening.`]
  }
}

/** A project as it is at this moment, to read from: nothing in its folder is written or locked (see snapshot.ts). */
export function openSnapshot(path: string): ProjectStore {
  const folder = resolve(path)
  const { database, remove } = openCopy(folder)
  return { ...storeOf(database, makeTables(database, true), folder, [], true), close: remove }
}

function storeOf(
  database: Sqlite,
  tables: ProjectTables,
  folder: string,
  notices: string[] = [],
  readOnly = false,
): ProjectStore {
  const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  const othersVersion = () => dataVersion.get() ?? 0
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck()
  const group = groupCommit(database)
  return {
    ...tables,
    ...writeLock(database, tables.claims.others),
    folder,
    name: basename(folder),
    notices,
    readOnly,
    transaction: (change) => database.transaction(change).immediate(),
    transactionInGroup: (change) => group.transact(change),
    version: () => `${othersVersion()}.${changes.get() ?? 0}`,
    othersVersion,
    ownVersion: () => changes.get() ?? 0,
    pixelsFile: (imageSet) => join(folder, 'datasets', `${imageSet}.u8`),
    runFolder: (run) => join(folder, 'runs', String(run)),
    readPixels(set, indices) {
      const size = set.height * set.width * set.channels
      const outside = indices.find((index) => index >= set.count)
      if (outside !== undefined)
        throw new StudioError('bad-input', `Image ${outside} is outside ${set.name}, which has ${set.count}.`)
      return readSlices(
        join(folder, 'datasets', `${set.id}.u8`),
        indices.map((index) => index * size),
        size,
      )
    },
    cleanUp: () => cleanUp(database, folder, tables),
    close() {
      group.flush()
      database.close()
    },
  }
}
