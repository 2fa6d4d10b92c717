/**
 * A project's database taken as it is, by copying its file and write-ahead log: the original is neither locked nor
 * written to. Opening it would do both, which many machines must not do at once on a shared file system, where
 * SQLite's write-ahead log does not work. Not here: the project's other files.
 */
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StudioError } from '../../shared/errors'
import { openDatabase, type Sqlite } from './database'

export const DATABASE = 'project.sqlite'
/** What another project needs to train: images and what people said of them. All else stays behind. */
const DATA = new Set(['image_sets', 'label_sets'])
const ATTEMPTS = 5

export function noProject(folder: string): StudioError {
  const hint = 'Import something into it first, or check the path.'
  return new StudioError('not-found', 'There is no project in this folder.', { file: folder, hint })
}

export const isProject = (folder: string): boolean => existsSync(join(folder, DATABASE))

/** Size and moment of the last change of the files that make up a database. */
const stamp = (file: string): string =>
  [file, `${file}-wal`]
    .map((each) => statSync(each, { throwIfNoEntry: false }))
    .map((found) => (found ? `${found.size} ${found.mtimeMs}` : ''))
    .join()

/** Copies the database of the project in `folder` to a temporary folder and opens it there; `remove` removes both. */
export function openCopy(folder: string): { database: Sqlite; remove: () => void } {
  const source = join(folder, DATABASE)
  if (!existsSync(source)) throw noProject(folder)
  const temporary = mkdtempSync(join(tmpdir(), 'second-guess-'))
  const discard = () => rmSync(temporary, { recursive: true, force: true })
  try {
    const database = openDatabase(copyAtRest(source, join(temporary, DATABASE)))
    const remove = () => {
      database.close()
      discard()
    }
    return { database, remove }
  } catch (error) {
    discard()
    // What is wrong with the copy is wrong with the original.
    if (error instanceof StudioError) throw new StudioError(error.kind, error.message, { ...error.where, file: source })
    throw error
  }
}

function copyAtRest(source: string, file: string): string {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = stamp(source)
    rmSync(`${file}-wal`, { force: true })
    copyFileSync(source, file)
    if (existsSync(`${source}-wal`)) copyFileSync(`${source}-wal`, `${file}-wal`)
    // Written to meanwhile, the two copies may be of different moments.
    if (stamp(source) === before) return file
  }
  const hint = 'Let the program that works in it finish, then ask again.'
  throw new StudioError('conflict', 'The project is being written to all the time.', { hint })
}

/**
 * Makes the database of a project in `target` that holds the image and label sets of the one in `folder` and nothing
 * else: no runs, no studies, no participants, no single judgments. It appears whole or not at all.
 *
 * @param place puts the pixels of an image set there; all of them are before the database appears
 */
export function copyData(folder: string, target: string, place: (imageSet: number) => void) {
  const { database, remove } = openCopy(folder)
  try {
    forgetAllBut(database, DATA)
    for (const id of database.prepare<[], number>('SELECT id FROM image_sets').pluck().all()) place(id)
    const part = join(target, `${DATABASE}.${process.pid}.0.part`)
    rmSync(part, { force: true })
    // A compact copy: what was deleted is not left in its free pages.
    database.prepare('VACUUM INTO ?').run(part)
    renameSync(part, join(target, DATABASE))
  } finally {
    remove()
  }
}

function forgetAllBut(database: Sqlite, kept: ReadonlySet<string>) {
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all()
  // Everything is emptied: nothing is left that could refer to what is gone.
  database.pragma('foreign_keys = OFF')
  database.transaction(() => {
    for (const name of tables) if (!kept.has(name)) database.exec(`DELETE FROM "${name}"`)
  })()
}
