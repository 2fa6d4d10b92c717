/** Experiments: a preset applied to the project's data, and the runs it queued. */
import type { DeviceId } from '../../domain/runs/devices'
import type { ExperimentInfo } from '../../domain/runs/info'
import type { Preset } from '../../domain/runs/config'
import type { Sqlite } from './database'

interface Row {
  id: number
  preset: Preset
  families: string
  image_set: string
  label_set: string
  device: DeviceId
  created_at: string
}

export function experimentsTable(database: Sqlite) {
  const list = database.prepare<[], Row>('SELECT * FROM experiments ORDER BY id')
  const get = database.prepare<[number], Row>('SELECT * FROM experiments WHERE id = ?')
  const byKey = database.prepare<[string], Row>('SELECT * FROM experiments WHERE key = ?')
  const insert = database.prepare(
    'INSERT INTO experiments (preset, families, image_set, label_set, device, key, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const runs = database.prepare<[number], { id: number; state: string }>(
    `SELECT runs.id, runs.state FROM experiment_runs AS part JOIN runs ON runs.id = part.run
       WHERE part.experiment = ? AND runs.removed_by IS NULL ORDER BY part.position`,
  )
  const clear = database.prepare('DELETE FROM experiment_runs WHERE experiment = ?')
  const put = database.prepare('INSERT INTO experiment_runs VALUES (?, ?, ?)')
  const toInfo = (row: Row): ExperimentInfo => {
    const its = runs.all(row.id)
    return {
      id: row.id,
      preset: row.preset,
      families: JSON.parse(row.families) as string[],
      imageSet: row.image_set,
      labelSet: row.label_set,
      device: row.device,
      runs: its.map(({ id }) => id),
      done: its.filter(({ state }) => state === 'done').length,
      createdAt: row.created_at,
    }
  }
  return {
    list: (): ExperimentInfo[] => list.all().map(toInfo),
    find(id: number): ExperimentInfo | null {
      const row = get.get(id)
      return row ? toInfo(row) : null
    },
    /** The experiment a repeated request made the first time. */
    findByKey(key: string): ExperimentInfo | null {
      const row = byKey.get(key)
      return row ? toInfo(row) : null
    },
    insert(made: Omit<ExperimentInfo, 'id' | 'runs' | 'done' | 'createdAt'> & { key: string | null }): number {
      const { preset, families, imageSet, labelSet, device, key } = made
      const now = new Date().toISOString()
      const { lastInsertRowid } = insert.run(preset, JSON.stringify(families), imageSet, labelSet, device, key, now)
      return Number(lastInsertRowid)
    },
    /** What it is made of from now on, in this order. Call inside a transaction. */
    setRuns(id: number, made: readonly number[]) {
      clear.run(id)
      made.forEach((run, position) => put.run(id, position, run))
    },
  }
}
