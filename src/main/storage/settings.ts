/** What a person has set for the project as a whole, by name; JSON. */
import type { Sqlite } from './database'

export function settingsTable(database: Sqlite) {
  const get = database.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck()
  const put = database.prepare(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const remove = database.prepare('DELETE FROM settings WHERE name = ?')
  return {
    /** Undefined where it was never set. */
    get(name: string): unknown {
      const value = get.get(name)
      return value === undefined ? undefined : (JSON.parse(value) as unknown)
    },
    put: (name: string, value: unknown) => void put.run(name, JSON.stringify(value)),
    remove: (name: string) => void remove.run(name),
  }
}
