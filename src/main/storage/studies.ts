/** Studies, their settings, and the ledger of what was decided. */
import { DEFAULT_RECRUITMENT, type LedgerEntry, type StudyConfig } from '../../domain/study'
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

/** Settings that studies of earlier versions lack have their defaults. */
function configOf({ config, name }: Pick<Row, 'config' | 'name'>): StudyConfig {
  const stored = JSON.parse(config) as Omit<StudyConfig, 'name' | 'recruitment'> & Partial<StudyConfig>
  return { ...stored, recruitment: { ...DEFAULT_RECRUITMENT, ...stored.recruitment }, name }
}

const toStudy = (row: Row): StudyRow => ({
  id: row.id,
  state: row.state,
  config: configOf(row),
  joinToken: row.join_token,
  createdAt: row.created_at,
})

const withoutName = ({ name: _, ...config }: StudyConfig) => JSON.stringify(config)

export function studiesTable(database: Sqlite) {
  const all = database.prepare<[], Row>('SELECT * FROM studies WHERE removed_at IS NULL ORDER BY id')
  const byId = database.prepare<[number], Row>('SELECT * FROM studies WHERE id = ? AND removed_at IS NULL')
  const byName = database.prepare<[string], Row>('SELECT * FROM studies WHERE name = ? AND removed_at IS NULL')
  const byJoin = database.prepare<[string], Row>('SELECT * FROM studies WHERE join_token = ? AND removed_at IS NULL')
  const insert = database.prepare(
    'INSERT INTO studies (name, state, config, join_token, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  const update = database.prepare('UPDATE studies SET name = ?, state = ?, config = ? WHERE id = ?')
  const remove = database.prepare('UPDATE studies SET removed_at = ? WHERE id = ?')
  const restore = database.prepare('UPDATE studies SET removed_at = NULL WHERE id = ? AND removed_at IS NOT NULL')
  const purge = database.prepare('DELETE FROM studies WHERE removed_at IS NOT NULL')
  const freeName = database.prepare('DELETE FROM studies WHERE name = ? AND removed_at IS NOT NULL')
  const note = database.prepare(
    'INSERT INTO study_ledger (study, at, kind, participant, from_value, to_value, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const ledger = database.prepare<[number], LedgerEntry>(
    `SELECT at, kind, participant, from_value AS "from", to_value AS "to", reason FROM study_ledger
       WHERE study = ? ORDER BY id`,
  )
  const clearReasons = database.prepare("UPDATE study_ledger SET reason = '' WHERE study = ? AND participant = ?")
  const one = (row: Row | undefined): StudyRow | null => (row ? toStudy(row) : null)
  return {
    list: (): StudyRow[] => all.all().map(toStudy),
    get: (id: number) => one(byId.get(id)),
    find: (name: string) => one(byName.get(name)),
    byJoinToken: (token: string) => one(byJoin.get(token)),
    insert(config: StudyConfig, joinToken: string): number {
      const now = new Date().toISOString()
      freeName.run(config.name)
      return Number(insert.run(config.name, 'open', withoutName(config), joinToken, now).lastInsertRowid)
    },
    update({ id, state, config }: StudyRow) {
      freeName.run(config.name)
      update.run(config.name, state, withoutName(config), id)
    },
    /** Found by nothing from now on, but can be restored until its name is given again or `purge`. */
    remove: (id: number) => void remove.run(new Date().toISOString(), id),
    /** False where there is nothing to restore. */
    restore: (id: number): boolean => restore.run(id).changes > 0,
    /** Deletes removed studies for good, with their sessions and answers. */
    purge: () => void purge.run(),
    /** Adds an entry; none is ever removed, and only an erasure changes one (`clearReasons`). */
    note: (study: number, entry: Omit<LedgerEntry, 'at'>) =>
      void note.run(study, new Date().toISOString(), entry.kind, entry.participant, entry.from, entry.to, entry.reason),
    /** Empties the reasons typed for decisions about a participant: they may say who it is. The entries stay. */
    clearReasons: (study: number, participant: string) => void clearReasons.run(study, participant),
    ledger: (study: number): LedgerEntry[] => ledger.all(study),
  }
}
