/** Training runs, their curves, and the experiments that queued them. A run's larger files are in `runs/<id>/`. */
import type { ErrorData } from '../../domain/errors'
import type { AttackResult } from '../../domain/attacks/config'
import type { MetricPoint, RunInfo, RunProgress, RunResult, RunState } from '../../domain/runs/info'
import type { RunConfig } from '../../domain/runs/config'
import { completeConfig, runKey } from '../../domain/runs/runKey'
import type { Sqlite } from './database'

interface Row {
  id: number
  experiment: number | null
  key: string | null
  config: string
  state: RunState
  queued: number | null
  progress: string | null
  error: string | null
  device: string | null
  engine: string | null
  result: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  note: string
  tags: string
}

const parse = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T))
const write = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

const toInfo = (row: Row): RunInfo => {
  const config = completeConfig(JSON.parse(row.config) as RunConfig)
  return { ...rest(row), id: row.id, key: row.key ?? runKey(config), experiment: row.experiment, config }
}

const rest = (row: Row): Omit<RunInfo, 'id' | 'key' | 'experiment' | 'config'> => ({
  state: row.state,
  progress: parse<RunProgress>(row.progress),
  error: parse<ErrorData>(row.error),
  device: row.device,
  engine: row.engine,
  result: parse<RunResult>(row.result),
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  note: row.note,
  tags: JSON.parse(row.tags) as string[],
})

/** What may change of a run after it was queued. */
export interface RunChange {
  state?: RunState
  progress?: RunProgress | null
  error?: ErrorData | null
  device?: string | null
  engine?: string | null
  result?: RunResult | null
  startedAt?: string | null
  finishedAt?: string | null
  note?: string
  tags?: string[]
}

export function runsTable(database: Sqlite) {
  const list = database.prepare<[], Row>('SELECT * FROM runs WHERE removed_by IS NULL ORDER BY id')
  const byExperiment = database.prepare<[number], Row>(
    `SELECT runs.* FROM experiment_runs AS part JOIN runs ON runs.id = part.run
       WHERE part.experiment = ? AND runs.removed_by IS NULL ORDER BY part.position`,
  )
  const get = database.prepare<[number], Row>('SELECT * FROM runs WHERE id = ? AND removed_by IS NULL')
  const queue = database.prepare<[], Row>(
    `SELECT * FROM runs WHERE queued IS NOT NULL AND state = 'queued' ORDER BY queued`,
  )
  const byKey = database.prepare<[string], Row>(
    `SELECT * FROM runs WHERE key = ? AND removed_by IS NULL
       ORDER BY state = 'done' DESC, state IN ('failed', 'stopped'), id LIMIT 1`,
  )
  const insert = database.prepare(
    `INSERT INTO runs (experiment, key, config, state, queued, created_at)
     VALUES (?, ?, ?, 'queued', (SELECT coalesce(max(queued), 0) + 1 FROM runs), ?)`,
  )
  const join = database.prepare(
    `INSERT INTO experiment_runs
     SELECT ?, (SELECT coalesce(max(position), 0) + 1 FROM experiment_runs WHERE experiment = ?), ?`,
  )
  const insertFinished = database.prepare(
    `INSERT INTO runs (experiment, key, config, state, device, engine, result, created_at, started_at, finished_at)
     VALUES (NULL, ?, ?, 'done', ?, ?, ?, ?, ?, ?)`,
  )
  const adopt = database.prepare('UPDATE runs SET experiment = ? WHERE id = ? AND experiment IS NULL')
  const attacks = database.prepare<[number], { result: string }>('SELECT result FROM attacks WHERE run = ? ORDER BY id')
  const putAttack = database.prepare('INSERT INTO attacks (run, result, created_at) VALUES (?, ?, ?)')
  const enqueue = database.prepare(
    `UPDATE runs SET state = 'queued', queued = (SELECT coalesce(max(queued), 0) + 1 FROM runs) WHERE id = ?`,
  )
  const requeue = database.prepare(
    `UPDATE runs SET state = 'queued', queued = (SELECT coalesce(min(queued), 1) - 1 FROM runs) WHERE id = ?`,
  )
  const update = database.prepare(
    `UPDATE runs SET state = ?, queued = CASE WHEN ? = 'queued' THEN queued END, progress = ?, error = ?, device = ?,
       engine = ?, result = ?, started_at = ?, finished_at = ?, note = ?, tags = ? WHERE id = ?`,
  )
  const states = database.prepare<[], { state: RunState; runs: number }>(
    'SELECT state, count(*) AS runs FROM runs WHERE removed_by IS NULL GROUP BY state',
  )
  const order = database
    .prepare<[], number>("SELECT id FROM runs WHERE queued IS NOT NULL AND state = 'queued' ORDER BY queued")
    .pluck()
  const place = database.prepare("UPDATE runs SET queued = ? WHERE id = ? AND state = 'queued'")
  const hide = database.prepare('UPDATE runs SET removed_by = ? WHERE id = ? AND removed_by IS NULL')
  const show = database.prepare('UPDATE runs SET removed_by = NULL WHERE id = ? AND removed_by IS NOT NULL')
  const removed = database.prepare<[], { id: number; by: string }>(
    'SELECT id, removed_by AS by FROM runs WHERE removed_by IS NOT NULL ORDER BY id',
  )
  const stamp = database
    .prepare<[], string>(
      "SELECT count(*) || '.' || coalesce(max(id), 0) || '.' || total(length(result)) || '.' || coalesce(max(finished_at), '') || '.' || total(state = 'queued') || '.' || total(state IN ('running', 'paused')) || '.' || (SELECT coalesce(max(id), 0) FROM attacks) FROM runs WHERE removed_by IS NULL",
    )
    .pluck()
  const remove = database.prepare('DELETE FROM runs WHERE id = ?')
  const points = database.prepare<[number], { point: string }>('SELECT point FROM metrics WHERE run = ? ORDER BY step')
  const putPoint = database.prepare(
    `INSERT INTO metrics VALUES (?, ?, ?)
     ON CONFLICT (run, step) DO UPDATE SET point = json_patch(point, excluded.point)`,
  )
  const cut = database.prepare('DELETE FROM metrics WHERE run = ? AND step > ?')

  const find = (id: number): RunInfo | null => {
    const row = get.get(id)
    return row ? toInfo(row) : null
  }

  return {
    list: (): RunInfo[] => list.all().map(toInfo),
    /** In the order of its plan. */
    byExperiment: (experiment: number): RunInfo[] => byExperiment.all(experiment).map(toInfo),
    find,
    /** In the order in which they wait. */
    queued: (): RunInfo[] => queue.all().map(toInfo),
    /**
     * The run of this key: one that is done before those that may be, those before failed ones; null where there is
     * none.
     */
    findByKey(key: string): RunInfo | null {
      const row = byKey.get(key)
      return row ? toInfo(row) : null
    },
    states: (): Partial<Record<RunState, number>> =>
      Object.fromEntries(states.all().map(({ state, runs }) => [state, runs])),
    /** Another value whenever a run was added or removed, began or ended, came to another result or was attacked. */
    stamp: (): string => stamp.get() ?? '',
    /** Adds runs to the end of the queue, all or none. */
    insert: database.transaction((configs: RunConfig[], experiment: number | null): number[] =>
      configs.map((config) => {
        const now = new Date().toISOString()
        const id = Number(insert.run(experiment, runKey(config), JSON.stringify(config), now).lastInsertRowid)
        if (experiment !== null) join.run(experiment, experiment, id)
        return id
      }),
    ),
    /** A run that was done elsewhere: another project, another program. */
    insertFinished({
      key,
      config,
      device,
      engine,
      result,
      createdAt,
      startedAt,
      finishedAt,
    }: Omit<RunInfo, 'id'>): number {
      const json = [JSON.stringify(config), device, engine, write(result), createdAt, startedAt, finishedAt]
      return Number(insertFinished.run(key, ...json).lastInsertRowid)
    },
    /** Shows a run that no experiment queued as one of this experiment's. */
    adopt: (id: number, experiment: number) => void adopt.run(experiment, id),
    /** Attacks on a finished run beyond those of its configuration. */
    attacks: (id: number): AttackResult[] => attacks.all(id).map(({ result }) => JSON.parse(result) as AttackResult),
    addAttack: (id: number, result: AttackResult) =>
      void putAttack.run(id, JSON.stringify(result), new Date().toISOString()),
    /** A run that was cut off: queued again, before all that wait. */
    requeueInPlace: (id: number) => void requeue.run(id),
    /** Ids of those that wait, in the order in which they do. */
    order: (): number[] => order.all(),
    /** The waiting runs stand in this order from now on; those not named keep theirs behind them. */
    arrange: database.transaction((ids: readonly number[]) => {
      const named = new Set(ids)
      for (const [at, id] of [...ids, ...order.all().filter((id) => !named.has(id))].entries()) place.run(at + 1, id)
    }),
    /** No longer seen by anything but `removed`; what it left stays until the project is opened anew. */
    hide: (id: number, by: string) => void hide.run(by, id),
    /** Whether there was such a removed run. */
    show: (id: number): boolean => show.run(id).changes > 0,
    /** Removed runs and the processes that removed them. */
    removed: () => removed.all(),
    /** Back to the end of the queue. */
    enqueue: (id: number) => void enqueue.run(id),
    change(id: number, change: RunChange): RunInfo {
      const now = find(id)
      if (!now) throw new RangeError(`run ${id} does not exist`)
      const then = { ...now, ...change }
      update.run(
        then.state,
        then.state,
        write(then.progress),
        write(then.error),
        then.device,
        then.engine,
        write(then.result),
        then.startedAt,
        then.finishedAt,
        then.note ?? '',
        JSON.stringify(then.tags ?? []),
        id,
      )
      return then
    },
    remove: (id: number) => void remove.run(id),
    metrics: (id: number): MetricPoint[] => points.all(id).map(({ point }) => JSON.parse(point) as MetricPoint),
    /** Adds points; a second point of the same step completes the first. */
    addMetrics: database.transaction((id: number, added: MetricPoint[]) => {
      for (const point of added) putPoint.run(id, point.step, JSON.stringify(point))
    }),
    /** Forgets points after `step`: a resumed run goes on from its checkpoint, and curves never overlap. */
    truncateMetrics: (id: number, step: number) => void cut.run(id, step),
  }
}
