/** Sessions of participants: where each stands and what each is shown. Their answers are in answers.ts. */
import type { Environment, External, ParticipantInfo, SessionKind, SessionStage, SessionView } from '../../domain/study'
import type { Sqlite } from './database'
import { asBytes, asInt32, toBlob } from './blobs'

export interface SessionRow {
  id: number
  study: number
  /** From 1 within the study. */
  number: number
  token: string
  kind: SessionKind
  simulated: string | null
  external: External | null
  stage: SessionStage
  stopped: SessionView['stopped']
  practicePosition: number
  position: number
  /** Null until it begins. */
  layout: number[] | null
  /** Trials of the plan; 0 until it is drawn. */
  trials: number
  practiceTrials: number
  checks: number
  checksCorrect: number
  verdict: ParticipantInfo['verdict']
  environment: Environment | null
  elapsedMs: number
  createdAt: string
  startedAt: string | null
  seenAt: string | null
  finishedAt: string | null
}

interface Row {
  id: number
  study: number
  number: number
  token: string
  kind: SessionKind
  simulated: string | null
  external: string | null
  stage: SessionStage
  stopped: SessionView['stopped']
  practice_position: number
  position: number
  layout: Buffer | null
  trials: number | null
  practice_trials: number | null
  checks: number
  checks_correct: number
  verdict: ParticipantInfo['verdict']
  environment: string | null
  elapsed_ms: number
  created_at: string
  started_at: string | null
  seen_at: string | null
  finished_at: string | null
}

const COLUMNS = `id, study, number, token, kind, simulated, external, stage, stopped, practice_position, position, layout,
  length(plan) / 8 AS trials, length(practice) / 4 AS practice_trials, checks, checks_correct, verdict, environment,
  elapsed_ms, created_at, started_at, seen_at, finished_at`

const toSession = (row: Row): SessionRow => ({
  id: row.id,
  study: row.study,
  number: row.number,
  token: row.token,
  kind: row.kind,
  simulated: row.simulated,
  external: row.external === null ? null : (JSON.parse(row.external) as External),
  stage: row.stage,
  stopped: row.stopped,
  practicePosition: row.practice_position,
  position: row.position,
  layout: row.layout && [...asBytes(row.layout)],
  trials: row.trials ?? 0,
  practiceTrials: row.practice_trials ?? 0,
  checks: row.checks,
  checksCorrect: row.checks_correct,
  verdict: row.verdict,
  environment: row.environment === null ? null : (JSON.parse(row.environment) as Environment),
  elapsedMs: row.elapsed_ms,
  createdAt: row.created_at,
  startedAt: row.started_at,
  seenAt: row.seen_at,
  finishedAt: row.finished_at,
})

/** How many sessions are alike in what they are counted by. */
export interface SessionGroup extends Pick<SessionRow, 'stage' | 'startedAt' | 'verdict' | 'checks' | 'checksCorrect'> {
  sessions: number
}

export interface NewSession {
  kind: SessionKind
  simulated?: string | null
  external?: External | null
  stage: SessionStage
  token: string
}

/** Equal for the same person of the same service; null for people without an identifier. */
export const sameIdentity = (external: External | null | undefined): string | null =>
  external && external.participant !== '' ? `${external.service}:${external.participant}` : null

/** Nothing was shown, answered or decided: no layout, no answer, no verdict, not stopped. */
const UNOPENED = `study = ? AND kind = 'person' AND layout IS NULL AND started_at IS NULL AND verdict IS NULL
  AND stage NOT IN ('stopped', 'finished')
  AND NOT EXISTS (SELECT 1 FROM answers WHERE session = sessions.id)
  AND NOT EXISTS (SELECT 1 FROM practice_answers WHERE session = sessions.id)`
/** Numbers are codes that people were given: those of removed sessions are not given again. */
const lastNumberSetting = (study: number) => `study.${study}.lastNumber`

export function sessionsTable(database: Sqlite) {
  const select = <P extends unknown[]>(where: string) =>
    database.prepare<P, Row>(`SELECT ${COLUMNS} FROM sessions WHERE ${where}`)
  const byId = select<[number]>('id = ?')
  // A link of a removed study opens nothing.
  const ofToken = 'token = ? AND study IN (SELECT id FROM studies WHERE removed_at IS NULL)'
  const byToken = select<[string]>(ofToken)
  const known = database.prepare<[string], number>(`SELECT 1 FROM sessions WHERE ${ofToken}`).pluck()
  const byExternal = select<[number, string]>('study = ? AND external_id = ?')
  const byNumber = select<[number, number]>('study = ? AND number = ?')
  const ofStudy = select<[number]>('study = ? ORDER BY number')
  const groups = database.prepare<[number], SessionGroup>(
    `SELECT stage, min(started_at) AS startedAt, verdict, checks, checks_correct AS checksCorrect, count(*) AS sessions
       FROM sessions WHERE study = ? GROUP BY stage, started_at IS NULL, verdict, checks, checks_correct`,
  )
  const count = database.prepare<[number], number>('SELECT count(*) FROM sessions WHERE study = ?').pluck()
  const begun = database
    .prepare<[number], number>('SELECT count(*) FROM sessions WHERE study = ? AND layout IS NOT NULL')
    .pluck()
  const owners = select<[number]>("study = ? AND kind = 'owner' ORDER BY number LIMIT 1")
  const last = database
    .prepare<{ study: number; setting: string }, number>(
      `SELECT max(coalesce((SELECT max(number) FROM sessions WHERE study = $study), 0),
         coalesce((SELECT max(number) FROM erasures WHERE study = $study), 0),
         coalesce((SELECT CAST(value AS INTEGER) FROM settings WHERE name = $setting), 0))`,
    )
    .pluck()
  const people = database
    .prepare<[number], number>(
      "SELECT count(*) FROM sessions WHERE study = ? AND kind = 'person' AND stage <> 'stopped'",
    )
    .pluck()
  const identified = database.prepare<[number], { id: number; external: string }>(
    'SELECT id, external FROM sessions WHERE study = ? AND external_id IS NOT NULL',
  )
  const unopened = select<[number]>(`${UNOPENED} ORDER BY number`)
  const removeUnopened = database.prepare(`DELETE FROM sessions WHERE ${UNOPENED} AND id = ?`)
  const keepLastNumber = database.prepare(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )
  const insert = database.prepare(
    `INSERT INTO sessions (study, number, token, kind, simulated, external, external_id, stage, practice_position,
       position, checks, checks_correct, elapsed_ms, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?)`,
  )
  const update = database.prepare(
    `UPDATE sessions SET stage = ?, stopped = ?, practice_position = ?, position = ?, checks = ?, checks_correct = ?,
       verdict = ?, elapsed_ms = ?, started_at = ?, seen_at = ?, finished_at = ? WHERE id = ?`,
  )
  const begin = database.prepare('UPDATE sessions SET layout = ?, practice = ? WHERE id = ?')
  const setEnvironment = database.prepare('UPDATE sessions SET environment = ? WHERE id = ?')
  const setPlan = database.prepare('UPDATE sessions SET plan = ? WHERE id = ?')
  const blobs = database.prepare<[number], { plan: Buffer | null; practice: Buffer | null }>(
    'SELECT plan, practice FROM sessions WHERE id = ?',
  )
  const erase = database.prepare('DELETE FROM sessions WHERE id = ?')
  const one = (row: Row | undefined): SessionRow | null => (row ? toSession(row) : null)
  return {
    get: (id: number) => one(byId.get(id)),
    byToken: (token: string) => one(byToken.get(token)),
    /** Whether a token opens a session; cheaper than reading it. */
    has: (token: string): boolean => known.get(token) !== undefined,
    byNumber: (study: number, number: number) => one(byNumber.get(study, number)),
    byExternal: (study: number, external: External) => one(byExternal.get(study, sameIdentity(external) ?? '')),
    /** The owner's own session in the study. */
    owners: (study: number) => one(owners.get(study)),
    count: (study: number): number => count.get(study) ?? 0,
    /** People who take part or may still do so. */
    people: (study: number): number => people.get(study) ?? 0,
    /** Whom a service or an address named. */
    identified: (study: number): { id: number; external: External }[] =>
      identified.all(study).map(({ id, external }) => ({ id, external: JSON.parse(external) as External })),
    /** Of people who never opened them. */
    unopened: (study: number): SessionRow[] => unopened.all(study).map(toSession),
    /** Of these, those that are still unopened are deleted. Call inside a transaction. */
    removeUnopened(study: number, ids: readonly number[]) {
      const setting = lastNumberSetting(study)
      keepLastNumber.run(setting, String(last.get({ study, setting }) ?? 0))
      for (const id of ids) removeUnopened.run(study, id)
    },
    /** Sessions that have been opened: what they show can no longer change. */
    begun: (study: number): number => begun.get(study) ?? 0,
    /** Few rows however many sessions: a full study is counted four times a second while people answer. */
    groups: (study: number): SessionGroup[] => groups.all(study),
    ofStudy: (study: number): SessionRow[] => ofStudy.all(study).map(toSession),
    /** Call inside a transaction: the number is the next of the study, erased participants' numbers left out. */
    insert(study: number, { kind, simulated = null, external = null, stage, token }: NewSession): SessionRow {
      const number = (last.get({ study, setting: lastNumberSetting(study) }) ?? 0) + 1
      const json = external && JSON.stringify(external)
      const now = new Date().toISOString()
      const { lastInsertRowid } = insert.run(
        study,
        number,
        token,
        kind,
        simulated,
        json,
        sameIdentity(external),
        stage,
        now,
      )
      const made = this.get(Number(lastInsertRowid))
      if (!made) throw new RangeError('a session that was just inserted is not there')
      return made
    },
    /** Everything that moves on with an answer or a decision. */
    save(session: SessionRow) {
      update.run(
        session.stage,
        session.stopped,
        session.practicePosition,
        session.position,
        session.checks,
        session.checksCorrect,
        session.verdict,
        session.elapsedMs,
        session.startedAt,
        session.seenAt,
        session.finishedAt,
        session.id,
      )
    },
    begin(id: number, layout: number[], practice: Int32Array) {
      begin.run(toBlob(Uint8Array.from(layout)), toBlob(practice), id)
    },
    setEnvironment: (id: number, environment: Environment) => void setEnvironment.run(JSON.stringify(environment), id),
    /** Deletes the session with its answers and practice. What is left of it is written by erasures.ts. */
    erase: (id: number) => void erase.run(id),
    setPlan: (id: number, plan: Int32Array) => void setPlan.run(toBlob(plan), id),
    /** int32 (trials, 2); null until it is drawn. */
    plan(id: number): Int32Array | null {
      const blob = blobs.get(id)?.plan
      return blob ? asInt32(blob) : null
    },
    practice(id: number): Int32Array {
      const blob = blobs.get(id)?.practice
      return blob ? asInt32(blob) : new Int32Array(0)
    },
  }
}
