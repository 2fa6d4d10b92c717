/**
 * Projects read from a copy of their database (databaseCopy.ts): the original is neither locked nor written to. Not
 * here: the project's other files.
 */
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { StudioError } from '../../domain/errors'
import { openDatabase, type Sqlite } from './database'
import { copyToTemporary } from './databaseCopy'
import { databaseState } from './databaseState'
import { DATABASE, emptyDatabase, noProject } from './projectFolder'

/** What another project needs to train: images and what people said of them. All else stays behind. */
const DATA = new Set(['image_sets', 'label_sets'])

/** Copies the database of the project in `folder` to a temporary folder and opens it there; `remove` removes both. */
export function openCopy(folder: string): { database: Sqlite; remove: () => void } {
  const source = join(folder, DATABASE)
  const state = databaseState(source)
  if (state === 'absent') throw noProject(folder)
  if (state === 'empty') throw emptyDatabase(folder)
  const copy = copyToTemporary(source)
  try {
    const database = openDatabase(copy.file)
    const remove = () => {
      database.close()
      copy.remove()
    }
    return { database, remove }
  } catch (error) {
    copy.remove()
    // What is wrong with the copy is wrong with the original.
    if (error instanceof StudioError) throw new StudioError(error.kind, error.message, { ...error.where, file: source })
    throw error
  }
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
    // Of what is kept, this refers to a study and tells why somebody was left out.
    database.exec('UPDATE label_sets SET study = NULL, rules = NULL')
  })()
}
