/** Changes that share a commit: what each is told is true of the file, and one that fails takes no other with it. */
import Database from 'better-sqlite3'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { groupCommit, type GroupCommit } from '../../../src/main/storage/groupCommit'
import { temporaryFolder } from '../temporary'

let database: Database.Database
let group: GroupCommit
/** Another connection: it sees what is committed and nothing else. */
let others: () => number[]

beforeEach(() => {
  const file = join(temporaryFolder(), 'database.sqlite')
  database = new Database(file)
  database.pragma('journal_mode = WAL')
  database.exec('CREATE TABLE numbers (number INTEGER PRIMARY KEY, twice INTEGER GENERATED ALWAYS AS (2 * number))')
  const reader = new Database(file)
  onTestFinished(() => void reader.close())
  onTestFinished(() => void database.close())
  others = () => reader.prepare<[], number>('SELECT number FROM numbers ORDER BY number').pluck().all()
  group = groupCommit(database)
})

const add = (number: number) => {
  database.prepare('INSERT INTO numbers (number) VALUES (?)').run(number)
  return number
}

/** How many transactions `act` began outside of any other. */
function commits(act: () => Promise<unknown>): Promise<number> {
  let count = 0
  const counting = new Proxy(database, {
    get(target, name) {
      if (name !== 'transaction') return Reflect.get(target, name, target) as unknown
      return (change: () => unknown) => {
        const made = target.transaction(change)
        return Object.assign(() => made(), { immediate: () => (count++, made.immediate()) })
      }
    },
  })
  group = groupCommit(counting)
  return act().then(() => count)
}

test('what is asked for at the same moment is committed at once, in order, before anybody is told', async () => {
  const seen: number[][] = []
  const tell = (number: number) => group.transact(() => add(number)).then((value) => (seen.push(others()), value))
  const count = await commits(async () => expect(await Promise.all([tell(3), tell(1), tell(2)])).toEqual([3, 1, 2]))
  expect(seen).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ])
  expect(count).toBe(1)
})

test('nothing is stored before its turn, and what comes later is committed later', async () => {
  const first = group.transact(() => add(1))
  expect(others()).toEqual([])
  await first
  expect(others()).toEqual([1])
  await group.transact(() => add(2))
  expect(others()).toEqual([1, 2])
})

test('one that throws is undone alone, and the others are stored', async () => {
  const results = await Promise.allSettled([
    group.transact(() => add(1)),
    group.transact(() => {
      add(2)
      throw new RangeError('refused')
    }),
    group.transact(() => add(1)),
    group.transact(() => add(3)),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { message: 'refused' } })
  expect(others()).toEqual([1, 3])
})

test('a full disk: nobody is told that anything is stored, and the next change works again', async () => {
  const pages = database.pragma('page_count', { simple: true }) as number
  database.pragma(`max_page_count = ${pages}`)
  const fill = () => {
    for (let number = 10; number < 10_000; number++) add(number)
  }
  const results = await Promise.allSettled([
    group.transact(() => add(1)),
    group.transact(fill),
    group.transact(() => add(2)),
  ])
  const stored = others()
  results.forEach(({ status }, at) => {
    const number = [1, 10, 2][at] ?? 0
    expect([number, stored.includes(number)]).toEqual([number, status === 'fulfilled'])
  })
  expect(results[1]).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_FULL' } })
  database.pragma('max_page_count = 1000000')
  expect(await group.transact(() => add(5))).toBe(5)
  expect(others()).toContain(5)
})

test('a lock that is not given up fails everybody who waits, and stores nothing', async () => {
  database.pragma('busy_timeout = 10')
  const other = new Database(database.name)
  other.exec('BEGIN IMMEDIATE')
  const results = await Promise.allSettled([group.transact(() => add(1)), group.transact(() => add(2))])
  expect(results.map((result) => (result as PromiseRejectedResult).reason.code)).toEqual(['SQLITE_BUSY', 'SQLITE_BUSY'])
  other.exec('ROLLBACK')
  other.close()
  expect(others()).toEqual([])
})

test('flushing commits what waits at once', async () => {
  const waiting = group.transact(() => add(1))
  group.flush()
  expect(others()).toEqual([1])
  expect(await waiting).toBe(1)
})
