/**
 * One open project: a folder with `project.sqlite`, `datasets/` and `runs/`. Several processes may have it open at once
 * (a window and a command line); the database's own locks and `claims` keep them apart.
 */
import { mkdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { StudioError } from '../../shared/errors'
import type { ImageSetInfo } from '../../shared/domain'
import { answersTable } from './answers'
import { claimsTable } from './claims'
import { openDatabase, type Sqlite } from './database'
import { experimentsTable } from './experiments'
import { readSlices } from './files'
import { imageSetsTable } from './imageSets'
import { labelSetsTable } from './labelSets'
import { repair } from './repair'
import { runsTable } from './runs'
import { sessionsTable } from './sessions'
import { settingsTable } from './settings'
import { DATABASE, noProject, openCopy } from './snapshot'
import { studiesTable } from './studies'

const makeTables = (database: Sqlite) => ({
  claims: claimsTable(database),
  imageSets: imageSetsTable(database),
  labelSets: labelSetsTable(database),
  runs: runsTable(database),
  experiments: experimentsTable(database),
  settings: settingsTable(database),
  studies: studiesTable(database),
  sessions: sessionsTable(database),
  answers: answersTable(database),
})
export type ProjectTables = ReturnType<typeof makeTables>

export interface ProjectStore extends ProjectTables {
  folder: string
  name: string
  /** What opening found and repaired. */
  notices: string[]
  /** Runs `change` in one transaction that holds the write lock from its start. */
  transaction<T>(change: () => T): T
  /** Another value whenever anything was committed since, by this process or another: what was worked out may be old. */
  version(): string
  /** Another value whenever another process (or another opening) committed something. */
  othersVersion(): number
  pixelsFile(imageSet: number): string
  runFolder(run: number): string
  /** Packed uint8 NHWC pixels of the images asked for, in that order. */
  readPixels(set: ImageSetInfo, indices: number[]): Uint8Array
  close(): void
}

export interface OpenOptions {
  /** Refuse a folder that holds no project instead of making one there. */
  mustExist?: boolean
  /** Leave repairs to whoever opened the project first (worker processes). */
  repair?: boolean
}

/** Opens or makes a project. Throws StudioError naming the folder. */
export function openProject(path: string, options: OpenOptions = {}): ProjectStore {
  const folder = resolve(path)
  prepareFolder(folder, options.mustExist ?? false)
  const database = openDatabase(join(folder, DATABASE))
  const tables = makeTables(database)
  return storeOf(database, tables, folder, options.repair === false ? [] : repair(database, folder, tables))
}

/** A project as it is at this moment, to read from: nothing in its folder is written or locked (see snapshot.ts). */
export function openSnapshot(path: string): ProjectStore {
  const folder = resolve(path)
  const { database, remove } = openCopy(folder)
  return { ...storeOf(database, makeTables(database), folder, []), close: remove }
}

function storeOf(database: Sqlite, tables: ProjectTables, folder: string, notices: string[]): ProjectStore {
  const dataVersion = database.prepare<[], number>('PRAGMA data_version').pluck()
  const othersVersion = () => dataVersion.get() ?? 0
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck()
  return {
    ...tables,
    folder,
    name: basename(folder),
    notices,
    transaction: (change) => database.transaction(change).immediate(),
    version: () => `${othersVersion()}.${changes.get() ?? 0}`,
    othersVersion,
    pixelsFile: (imageSet) => join(folder, 'datasets', `${imageSet}.u8`),
    runFolder: (run) => join(folder, 'runs', String(run)),
    readPixels(set, indices) {
      const size = set.height * set.width * set.channels
      const outside = indices.find((index) => index >= set.count)
      if (outside !== undefined)
        throw new StudioError('bad-input', `Image ${outside} is outside ${set.name}, which has ${set.count}.`)
      return readSlices(join(folder, 'datasets', `${set.id}.u8`), indices.map((index) => index * size), size) // prettier-ignore
    },
    close: () => database.close(),
  }
}

function prepareFolder(folder: string, mustExist: boolean) {
  const database = statSync(join(folder, DATABASE), { throwIfNoEntry: false })
  if (mustExist && !database) throw noProject(folder)
  try {
    mkdirSync(join(folder, 'datasets'), { recursive: true })
    mkdirSync(join(folder, 'runs'), { recursive: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOTDIR' || code === 'EEXIST' ? 'This is a file, not a folder.' : 'The folder cannot be made or written to.' // prettier-ignore
    throw new StudioError(code === 'EACCES' || code === 'EROFS' ? 'forbidden' : 'bad-input', reason, { file: folder }, { cause: error }) // prettier-ignore
  }
}
