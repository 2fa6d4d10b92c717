/**
 * What opening a project finds of processes that were killed, and puts right: half-written files, pixel files whose
 * transaction never ended, runs that nobody is running. Everything is done under the database's write lock, so that
 * what another living process is doing at this moment is never taken for a leftover.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sqlite } from './database'
import type { ProjectTables } from './index'
import { deadTemporaries } from './files'
import { settleRunFolders } from './finishedRuns'
import { isProcessAlive, processName } from './processes'

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
      ]
    })
    .immediate()
}

function repairImports(folder: string, tables: ProjectTables): string[] {
  const dead = tables.claims.takeDead().filter(({ name }) => name.startsWith('import:'))
  const datasets = join(folder, 'datasets')
  const isAlive = (pid: number) => isProcessAlive(processName(pid))
  const parts = deadTemporaries(datasets, isAlive)
  const known = new Set(tables.imageSets.list().map(({ id }) => `${id}.u8`))
  const orphans = existsSync(datasets)
    ? readdirSync(datasets).filter((name) => /^\d+\.u8$/.test(name) && !known.has(name))
    : []
  for (const path of [...parts, ...orphans.map((name) => join(datasets, name))]) rmSync(path, { force: true })
  if (dead.length === 0 && parts.length === 0 && orphans.length === 0) return []
  const what = dead[0]?.detail
  return [
    `${plural(Math.max(dead.length, 1), 'An import', 'imports')} cut off before the end${what ? ` (${what})` : ''} ${dead.length > 1 ? 'were' : 'was'} removed; nothing of it had been added. Import again.`, // prettier-ignore
  ]
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
      `${plural(cutOff.length, `Run ${list} was`, `runs (${list}) were`)} cut off and will go on from the last checkpoint.`, // prettier-ignore
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

function missingPixels(folder: string, tables: ProjectTables): string[] {
  return tables.imageSets.list().flatMap((set) => {
    const file = join(folder, 'datasets', `${set.id}.u8`)
    const expected = set.count * set.height * set.width * set.channels
    if (existsSync(file) && statSync(file).size === expected) return []
    return [`The pixels of image set ${set.name} (datasets/${set.id}.u8) are missing or cut off: restore the file.`]
  })
}
