/**
 * Group commit: changes that are asked for in the same turn of the event loop share one transaction, and so one wait
 * for the disk. Each is applied in a savepoint of its own, in the order in which they were asked for: one that throws
 * is undone alone. A promise is resolved only after the commit, so what it tells of is on disk.
 */
import type { Sqlite } from './database'

interface Waiting {
  /** Applies the change and keeps what it returned or threw; throws where the whole transaction is lost. */
  apply(): void
  /** After the commit. */
  settle(): void
  /** Nothing was committed. */
  fail(error: unknown): void
}

export interface GroupCommit {
  /** Rejects with what `change` threw, or where the commit failed: then nothing of it is stored. */
  transact<T>(change: () => T): Promise<T>
  /** Commits what waits. Call before the database is closed. */
  flush(): void
}

export function groupCommit(database: Sqlite): GroupCommit {
  let group: Waiting[] = []

  function flush() {
    const changes = group
    group = []
    if (changes.length === 0) return
    try {
      database
        .transaction(() => {
          for (const change of changes) change.apply()
        })
        .immediate()
    } catch (error) {
      for (const change of changes) change.fail(error)
      return
    }
    for (const change of changes) change.settle()
  }

  return {
    flush,
    transact<T>(change: () => T): Promise<T> {
      return new Promise((resolve, reject) => {
        let settle: () => void = () => undefined
        if (group.length === 0) setImmediate(flush)
        const waiting: Waiting = {
          apply() {
            try {
              const value = database.transaction(change)()
              settle = () => resolve(value)
            } catch (error) {
              // A full disk or a failed write makes SQLite undo the whole transaction, not this change alone.
              if (!database.inTransaction) throw error
              settle = () => waiting.fail(error)
            }
          },
          settle: () => settle(),
          fail: reject,
        }
        group.push(waiting)
      })
    },
  }
}
