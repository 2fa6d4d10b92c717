/**
 * What opening a project finds of processes that were killed, and puts right: half-written files, pixel files whose
 * transaction never ended, runs that nobody is running. Everything is done under the database's write lock, so that
 * what another living process is doing at this moment is never taken for a leftover.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sqlite } from './database'
import type { ProjectTables } from '.'
import { deadTemporaries } from './files'
import { settleRunFolders } from './finishedRuns'
import { settlePixels } from './pixelFiles'
import { isProcessAlive, processName } from './processes'
import { filesOf } from './projectFolder'

const plural = (n: number, one: string, many: string) => (n === 1 ? one : `${n} ${many}`)

/** Answers sentences for a person, empty when there was nothing to do. */
export function repair(database: Sqlite, folder: string, tables: ProjectTables): string[] {
  return database
    .transaction(() => {
      tables.studies.purge()
      return [
        ...repairImports(folder, tables),
        ...deleteRemoved(folder, tables),
        ...repairRuns(folder, tables),
        ...missingPixels(folder, tables),
        ...strays(database, folder, tables),
      ]
    })
    .immediate()
}

/** Removes what imports that were killed had begun, and only that: a file nobody names may be somebody's data. */
function repairImports(folder: string, tables: ProjectTables): string[] {
  const dead = tables.claims.takeDead().filter(({ name }) => name.startsWith('import:'))
  const datasets = join(folder, 'datasets')
  const isAlive = (pid: number) => isProcessAlive(processName(pid))
  const parts = deadTemporaries(datasets, isAlive)
  for (const path of parts) rmSync(path, { force: true })
  const known = new Set(tables.imageSets.list().map(({ id }) => `${id}.u8`))
  const settled = settlePixels(datasets, (file) => known.has(file))
  if (dead.length === 0 && parts.length === 0 && settled === 0) return []
  const what = dead[0]?.detail
  return [
    `${plural(Math.max(dead.length, 1), 'An import', 'imports')} cut off before the end${what ? ` (${what})` : ''} ${dead.length > 1 ? 'were' : 'was'} removed; nothing of it had been added. Import again.`,
  ]
}

/**
 * Files of image sets and runs that the database does not know: left where they are, counted, and their numbers never
 * given again. They are there where an older copy of the database was restored.
 */
function strays(database: Sqlite, folder: string, tables: ProjectTables): string[] {
  const files = filesOf(folder)
  const sets = new Set(tables.imageSets.list().map(({ id }) => id))
  const runs = new Set([...tables.runs.list(), ...tables.runs.removed()].map(({ id }) => id))
  const strayPixels = files.imageSets.filter((id) => !sets.has(id))
  const strayRuns = files.runs.filter((id) => !runs.has(id))
  reserve(database, 'image_sets', strayPixels)
  reserve(database, 'runs', strayRuns)
  const names = [...strayPixels.map((id) => `datasets/${id}.u8`), ...strayRuns.map((id) => `runs/${id}`)]
  if (names.length === 0) return []
  const shown = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ')
  return [
    `The database knows nothing of ${shown}. ${names.length === 1 ? 'It was' : 'They were'} left as found. If an older copy of project.sqlite was restored, the newer one knows more.`,
  ]
}

/** The next row of `table` gets an id above all of `ids`. */
function reserve(database: Sqlite, table: string, ids: readonly number[]) {
  const most = Math.max(0, ...ids)
  const known = database.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().get(table)
  if (known === undefined && most > 0) database.prepare('INSERT INTO sqlite_sequence VALUES (?, ?)').run(table, most)
  else if (known !== undefined && most > known)
    database.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(most, table)
}

function repairRuns(folder: string, tables: ProjectTables): string[] {
  const notices: string[] = []
  const runs = join(folder, 'runs')
  if (existsSync(runs)) {
    const isAlive = (pid: number) => isProcessAlive(processName(pid))
    for (const path of deadTemporaries(runs, isAlive)) rmSync(path, { recursive: true, force: true })
    settleRunFolders(runs, new Set([...tables.runs.list(), ...tables.runs.removed()].map(({ id }) => String(id))))
    for (const name of readdirSync(runs))
      for (const path of deadTemporaries(join(runs, name), isAlive)) rmSync(path, { force: true })
  }
  if (tables.claims.holder('queue')) return notices
  const cutOff = tables.runs.list().filter(({ state }) => state === 'running')
  for (const run of cutOff) {
    // Queued again, in its old place: the checkpoint says where to go on.
    tables.runs.requeueInPlace(run.id)
  }
  if (cutOff.length > 0) {
    const list = cutOff.map(({ id }) => id).join(', ')
    notices.push(
      `${plural(cutOff.length, `Run ${list} was`, `runs (${list}) were`)} cut off and will go on from the last checkpoint.`,
    )
  }
  return notices
}

/** Runs that were removed and can no longer come back: whoever could undo it has ended, or opens the project anew. */
function deleteRemoved(folder: string, tables: ProjectTables): string[] {
  const own = processName(process.pid)
  for (const { id, by } of tables.runs.removed()) {
    if (by !== own && isProcessAlive(by)) continue
    rmSync(join(folder, 'runs', String(id)), { recursive: true, force: true })
    tables.runs.remove(id)
  }
  return []
}

/** Image sets whose pixels are not all there. Changes nothing. */
export function missingPixels(folder: string, tables: ProjectTables): string[] {
  return tables.imageSets.list().flatMap((set) => {
    const file = join(folder, 'datasets', `${set.id}.u8`)
    const expected = set.count * set.height * set.width * set.channels
    if (existsSync(file) && statSync(file).size === expected) return []
    return [`The pixels of image set ${set.name} (datasets/${set.id}.u8) are missing or cut off: restore the file.`]
  })
}
