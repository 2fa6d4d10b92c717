/**
 * Opening tells states apart and changes nothing it does not own: no database, an empty one, another program's, a
 * damaged, locked, newer or read-only one. Every refusal leaves each byte of the folder as it was.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { addToProject } from '../../../src/main/labels/addToProject'
import { openProject } from '../../../src/main/storage'
import { backUp, newestBackup, removeBackups } from '../../../src/main/storage/backups'
import { openDatabase } from '../../../src/main/storage/database'
import { MIGRATIONS } from '../../../src/main/storage/schema'
import { StudioError } from '../../../src/domain/errors'
import { deadProcess } from '../deadProcess'
import { someImages, someLabels, temporaryFolder } from '../temporary'

/** Every file below a folder with its content and permissions. */
function contents(folder: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const stat = statSync(path)
    const digest = stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder'
    found[name] = `${(stat.mode & 0o777).toString(8)} ${digest}`
  }
  return found
}

async function project(): Promise<{ folder: string; file: string }> {
  const folder = join(temporaryFolder(), 'project')
  const store = openProject(folder)
  await addToProject(store, [someImages(), someLabels()])
  store.close()
  return { folder, file: join(folder, 'project.sqlite') }
}

/** The refusal to open, having checked that it changed nothing and advises to nothing that loses data. */
function refused(folder: string, mustExist: boolean): StudioError {
  const before = contents(folder)
  let error: unknown = null
  try {
    openProject(folder, { mustExist }).close()
  } catch (caught) {
    error = caught
  }
  expect(error, 'it was not refused').toBeInstanceOf(StudioError)
  expect(contents(folder)).toEqual(before)
  return error as StudioError
}

/** Both ways in: for commands that need a project, and for those that would make one. */
const WAYS = [true, false] as const

describe.each(WAYS)('a database that is not as it should be, mustExist %s', (mustExist) => {
  test('empty beside data', async () => {
    const { folder, file } = await project()
    truncateSync(file)
    const error = refused(folder, mustExist)
    expect(error).toMatchObject({ kind: 'bad-file', message: 'The project’s database is empty.', where: { file } })
    expect(error.where.hint).toMatch(/Nothing was changed/)
  })

  test('without a table beside data', async () => {
    const { folder, file } = await project()
    rmSync(file)
    const database = new Database(file)
    database.exec('CREATE TABLE t (a); DROP TABLE t')
    database.close()
    expect(refused(folder, mustExist).message).toBe('The project’s database is empty.')
  })

  test('empty with a log that still holds everything', async () => {
    const { folder, file } = await project()
    rmSync(join(folder, 'datasets'), { recursive: true })
    rmSync(join(folder, 'runs'), { recursive: true })
    truncateSync(file)
    writeFileSync(`${file}-wal`, 'the log')
    expect(refused(folder, mustExist).message).toBe('The project’s database is empty.')
  })

  test('missing beside data', async () => {
    const { folder, file } = await project()
    rmSync(file)
    const error = refused(folder, mustExist)
    expect(error).toMatchObject({ kind: 'bad-file', where: { file } })
    expect(error.message).toMatch(/missing, but its pixels or runs are there/)
  })

  test('missing beside a backup, which the advice names', async () => {
    const { folder, file } = await project()
    const database = openDatabase(file)
    const backup = backUp(database, file, 6)
    database.close()
    rmSync(file)
    expect(refused(folder, mustExist).where.hint).toContain(backup)
  })

  test('of another program, with and without a mark, with an unfinished log', async () => {
    for (const prepare of ['', 'PRAGMA application_id = 252006675; ', 'PRAGMA journal_mode = WAL; ']) {
      const folder = temporaryFolder()
      const database = new Database(join(folder, 'project.sqlite'))
      database.exec(`${prepare}CREATE TABLE moz_places (id INTEGER PRIMARY KEY); PRAGMA user_version = 77`)
      // Another connection is open: the log of the third stays.
      const error = refused(folder, mustExist)
      database.close()
      expect(error.kind).toBe('bad-file')
      expect(error.message).toMatch(/database of another program/)
    }
  })

  test('a text file, a folder and a pipe', () => {
    const text = temporaryFolder()
    writeFileSync(join(text, 'project.sqlite'), 'this is a letter'.repeat(20))
    expect(refused(text, mustExist).message).toMatch(/no SQLite database/)
    const inside = temporaryFolder()
    mkdirSync(join(inside, 'project.sqlite'))
    expect(refused(inside, mustExist).message).toMatch(/no regular file/)
    if (process.platform === 'win32') return
    const pipe = join(temporaryFolder(), 'a')
    mkdirSync(pipe)
    expect(spawnSync('mkfifo', [join(pipe, 'project.sqlite')]).status).toBe(0)
    expect(() => openProject(pipe, { mustExist })).toThrow(/no regular file/)
  })

  test('damaged in its header, its schema, or cut off', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.subarray(0, 60),
      (bytes: Buffer) => bytes.subarray(0, 4096),
      (bytes: Buffer) => bytes.fill(0xab, 100, 4096),
    ]) {
      const { folder, file } = await project()
      writeFileSync(file, damage(readFileSync(file)))
      const error = refused(folder, mustExist)
      expect(error.kind).toBe('bad-file')
      expect(error.message).toMatch(/damaged/)
      expect(error.where.hint).toMatch(/Nothing was changed\. Copy the whole folder/)
    }
  })

  test('of a newer version', async () => {
    const { folder, file } = await project()
    const database = new Database(file)
    database.pragma('user_version = 999')
    database.close()
    expect(refused(folder, mustExist)).toMatchObject({ kind: 'conflict', where: { file } })
  })
})

test('a folder that is no project is refused where one must exist, and a path through a file always', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'note'), 'mine')
  expect(refused(folder, true).kind).toBe('not-found')
  for (const mustExist of WAYS) {
    expect(() => openProject(join(folder, 'note'), { mustExist })).toThrow(StudioError)
    expect(() => openProject(join(folder, 'note', 'deeper'), { mustExist })).toThrow(StudioError)
  }
  expect(readdirSync(folder)).toEqual(['note'])
})

test.runIf(existsSync('/proc/self'))('a path below /proc is refused at once', () => {
  expect(() => openProject('/proc/self/nothing/here')).toThrow(StudioError)
  expect(() => openProject('/proc/nothing')).toThrow(StudioError)
})

test('a project that cannot be made leaves nothing of itself', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'a'))
  mkdirSync(join(folder, 'a', 'runs.txt'))
  writeFileSync(join(folder, 'a', 'datasets'), 'a file where a folder belongs')
  expect(() => openProject(join(folder, 'a'))).toThrow(StudioError)
  expect(readdirSync(join(folder, 'a')).sort()).toEqual(['datasets', 'runs.txt'])
})

test('an empty file that a killed process left of a new project becomes the project', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'project.sqlite'), '')
  expect(refused(folder, true).message).toBe('The project’s database is empty.')
  const store = openProject(folder)
  expect(store.imageSets.list()).toEqual([])
  store.close()
})

describe('data that the database does not know', () => {
  test('stays, is counted, and its numbers are never given again', async () => {
    const { folder } = await project()
    writeFileSync(join(folder, 'datasets', '7.u8'), 'pixels of a set in a newer database')
    mkdirSync(join(folder, 'runs', '12'))
    writeFileSync(join(folder, 'runs', '12', 'state.bin'), 'weights')
    const store = openProject(folder)
    expect(store.notices).toEqual([
      expect.stringMatching(/knows nothing of datasets\/7\.u8, runs\/12\. They were left/),
    ])
    await addToProject(store, [someImages(5, 'more-images')])
    expect(store.imageSets.find('more-images')?.id).toBe(8)
    expect(store.runs.insert([{ network: 'x', attacks: [] } as never], null)).toEqual([13])
    store.close()
    expect(readFileSync(join(folder, 'datasets', '7.u8'), 'utf8')).toBe('pixels of a set in a newer database')
    expect(readFileSync(join(folder, 'runs', '12', 'state.bin'), 'utf8')).toBe('weights')
  })

  test('is not overwritten when it appears while the project is open', async () => {
    const { folder } = await project()
    const store = openProject(folder)
    writeFileSync(join(folder, 'datasets', '2.u8'), 'somebody else’s')
    await expect(addToProject(store, [someImages(5, 'more-images')])).rejects.toThrow(/file already/)
    expect(store.imageSets.list()).toHaveLength(1)
    expect(readdirSync(join(folder, 'datasets')).sort()).toEqual(['1.u8', '2.u8'])
    expect(readFileSync(join(folder, 'datasets', '2.u8'), 'utf8')).toBe('somebody else’s')
    store.close()
  })

  test('an older copy of the database, restored, loses nothing', async () => {
    const { folder, file } = await project()
    const early = readFileSync(file)
    const store = openProject(folder)
    await addToProject(store, [someImages(30, 'later-images')])
    store.close()
    const late = readFileSync(file)
    writeFileSync(file, early)
    const restored = openProject(folder)
    await addToProject(restored, [someImages(40, 'other-images')])
    restored.close()
    writeFileSync(file, late)
    const again = openProject(folder)
    expect(again.notices).toEqual([expect.stringMatching(/datasets\/3\.u8/)])
    const set = again.imageSets.find('later-images')
    expect(set && again.readPixels(set, [29]).at(0)).toBe(29)
    again.close()
  })
})

/** A project as schema 6 made it, with one image set and no mark in the header. */
function olderProject(): { folder: string; file: string } {
  const folder = join(temporaryFolder(), 'project')
  mkdirSync(join(folder, 'datasets'), { recursive: true })
  const file = join(folder, 'project.sqlite')
  const database = new Database(file)
  database.pragma('journal_mode = WAL')
  for (const migration of MIGRATIONS.slice(0, 6)) database.exec(migration)
  database.pragma('user_version = 6')
  database
    .prepare(
      `INSERT INTO image_sets (name, count, height, width, channels, classes, labels, digest, source, created_at)
         VALUES ('old-images', 1, 2, 2, 3, '["a","b"]', x'00', 'd', 'made for a test', '2026')`,
    )
    .run()
  writeFileSync(join(folder, 'datasets', '1.u8'), Buffer.alloc(12))
  database.close()
  return { folder, file }
}

describe('a schema of an earlier version', () => {
  test('is backed up whole before it is brought up to date', () => {
    const { folder, file } = olderProject()
    openProject(folder).close()
    const backup = newestBackup(folder)
    expect(backup).toMatch(/project-v6-/)
    const copy = new Database(backup ?? '', { readonly: true })
    expect(copy.pragma('user_version', { simple: true })).toBe(6)
    expect(copy.prepare('SELECT name FROM image_sets').pluck().all()).toEqual(['old-images'])
    copy.close()
    openProject(folder).close()
    expect(readdirSync(join(folder, 'backups'))).toHaveLength(1)
    // The advice given for a damaged database, followed.
    renameSync(backup ?? '', file)
    const store = openProject(folder)
    expect(store.imageSets.list()).toHaveLength(1)
    store.close()
    expect(removeBackups(folder)).toBe(1)
  })

  test('is not touched when it cannot be backed up', () => {
    const { folder } = olderProject()
    writeFileSync(join(folder, 'backups'), 'a file where the folder of backups belongs')
    const before = contents(folder)
    expect(() => openProject(folder)).toThrow(StudioError)
    expect(contents(folder)).toEqual(before)
  })
})

describe('after a crash', () => {
  async function crashed() {
    const { folder, file } = await project()
    mkdirSync(join(folder, '.open'))
    writeFileSync(join(folder, '.open', encodeURIComponent(deadProcess().name)), '')
    return { folder, file }
  }

  test('the database is checked, once, with a notice', async () => {
    const { folder } = await crashed()
    const store = openProject(folder)
    expect(store.notices).toEqual([expect.stringMatching(/did not end in order.*checked and is sound/)])
    store.close()
    const again = openProject(folder)
    expect(again.notices).toEqual([])
    again.close()
    expect(existsSync(join(folder, '.open'))).toBe(false)
  })

  test('a database found damaged is opened for reading only, and stays as it is', async () => {
    const { folder, file } = await crashed()
    const database = new Database(file)
    database.exec('CREATE TABLE filler (a TEXT)')
    const fill = database.prepare('INSERT INTO filler VALUES (?)')
    for (let i = 0; i < 200; i++) fill.run('x'.repeat(3000))
    const pages = Number(database.pragma('page_count', { simple: true }))
    database.close()
    const bytes = readFileSync(file)
    bytes.fill(0x5a, (pages - 40) * 4096, (pages - 30) * 4096)
    writeFileSync(file, bytes)
    const before = contents(folder)
    const store = openProject(folder)
    expect(store.readOnly).toBe(true)
    expect(store.notices[0]).toMatch(/reading only.*damaged.*Copy the whole folder/)
    expect(store.labelSets.list()).toHaveLength(1)
    expect(() => store.transaction(() => 1)).toThrow(/reading only/)
    store.close()
    expect(contents(folder)).toEqual(before)
  })

  test('another living process that has it open is not taken for a crash', async () => {
    const { folder } = await project()
    const first = openProject(folder)
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    const second = openProject(folder)
    expect(second.notices).toEqual([])
    child.kill()
    second.close()
    first.close()
  })
})

describe('locks and permissions', () => {
  test('an exclusive lock is called a lock', async () => {
    const { folder, file } = await project()
    const holder = new Database(file)
    holder.pragma('locking_mode = EXCLUSIVE')
    holder.exec('BEGIN EXCLUSIVE')
    try {
      expect(() => openProject(folder, { mustExist: true, brief: true })).toThrow(
        expect.objectContaining({ kind: 'conflict', message: expect.stringMatching(/locked/) }),
      )
    } finally {
      holder.exec('ROLLBACK')
      holder.close()
    }
    openProject(folder).close()
  })

  test('a write lock of another process does not keep it from being read', async () => {
    const { folder, file } = await project()
    const holder = new Database(file)
    holder.exec('BEGIN IMMEDIATE')
    const store = openProject(folder, { mustExist: true, repair: false })
    expect(store.imageSets.list()).toHaveLength(1)
    store.close()
    expect(() => openProject(folder, { brief: true })).toThrow(expect.objectContaining({ kind: 'conflict' }))
    holder.exec('ROLLBACK')
    holder.close()
  })

  test('what is newly made is for its owner alone; a shared folder passes its group on', async () => {
    const { folder, file } = await project()
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
    expect([mode(folder), mode(file), mode(join(folder, 'datasets', '1.u8'))]).toEqual(['700', '600', '600'])
    const existing = temporaryFolder()
    chmodSync(existing, 0o755)
    openProject(existing).close()
    expect([mode(existing), mode(join(existing, 'project.sqlite'))]).toEqual(['755', '600'])
    const shared = temporaryFolder()
    chmodSync(shared, 0o770)
    const store = openProject(shared)
    await addToProject(store, [someImages()])
    store.close()
    expect(mode(shared)).toBe('770')
    expect([mode(join(shared, 'project.sqlite')), mode(join(shared, 'datasets'))]).toEqual(['660', '770'])
    expect(mode(join(shared, 'datasets', '1.u8'))).toBe('660')
  })

  test.runIf(process.platform !== 'win32')('a link to a database is followed', async () => {
    const { folder } = await project()
    const linked = temporaryFolder()
    symlinkSync(folder, join(linked, 'project'))
    const store = openProject(join(linked, 'project'), { mustExist: true })
    expect(store.labelSets.list()).toHaveLength(1)
    store.close()
  })
})
