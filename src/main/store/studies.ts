/** Studies, their settings, and the ledger of what was decided. */
import type { LedgerEntry, StudyConfig } from '../../shared/study'
import type { Sqlite } from './database'

export interface StudyRow {
  id: number
  state: 'open' | 'closed'
  config: StudyConfig
  joinToken: string
  createdAt: string
}

interface Row {
  id: number
  name: string
  state: 'open' | 'closed'
  config: string
  join_token: string
  created_at: string
}

const toStudy = (row: Row): StudyRow => ({
  id: row.id,
  state: row.state,
  config: { ...(JSON.parse(row.config) as Omit<StudyConfig, 'name'>), name: row.name },
  joinToken: row.join_token,
  createdAt: row.created_at,
})

const withoutName = ({ name: _, ...config }: StudyConfig) => JSON.stringify(config)

export function studiesTable(database: Sqlite) {
  const all = database.prepare<[], Row>('SELECT * FROM studies ORDER BY id')
  const byId = database.prepare<[number], Row>('SELECT * FROM studies WHERE id = ?')
  const byName = database.prepare<[string], Row>('SELECT * FROM studies WHERE name = ?')
  const byJoin = database.prepare<[string], Row>('SELECT * FROM studies WHERE join_token = ?')
  const insert = database.prepare(
    'INSERT INTO studies (name, state, config, join_token, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  const update = database.prepare('UPDATE studies SET name = ?, state = ?, config = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM studies WHERE id = ?')
  const note = database.prepare(
    'INSERT INTO study_ledger (study, at, kind, participant, from_value, to_value, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const ledger = database.prepare<[number], LedgerEntry>(
    `SELECT at, kind, participant, from_value AS "from", to_value AS "to", reason FROM study_ledger
       WHERE study = ? ORDER BY id`,
  )
  const one = (row: Row | undefined): StudyRow | null => (row ? toStudy(row) : null)
  return {
    list: (): StudyRow[] => all.all().map(toStudy),
    get: (id: number) => one(byId.get(id)),
    find: (name: string) => one(byName.get(name)),
    byJoinToken: (token: string) => one(byJoin.get(token)),
    insert(config: StudyConfig, joinToken: string): number {
      const now = new Date().toISOString()
      return Number(insert.run(config.name, 'open', withoutName(config), joinToken, now).lastInsertRowid)
    },
    update: ({ id, state, config }: StudyRow) => void update.run(config.name, state, withoutName(config), id),
    remove: (id: number) => void remove.run(id),
    /** Adds an entry; there is no way to change or remove one. */
    note: (study: number, entry: Omit<LedgerEntry, 'at'>) =>
      void note.run(study, new Date().toISOString(), entry.kind, entry.participant, entry.from, entry.to, entry.reason),
    ledger: (study: number): LedgerEntry[] => ledger.all(study),
  }
}
