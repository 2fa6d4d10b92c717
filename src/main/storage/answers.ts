/**
 * Answers of sessions, practice apart. An answer is inserted and never changed; a trial's newest revision counts. Only
 * an erasure of the whole participant deletes any.
 */
import type { Sqlite } from './database'

/** One answer as stored; practice has no checks. */
export interface AnswerRow {
  trial: number
  /** 0 for the first answer of the trial. */
  revision: number
  image: number
  isCheck: boolean
  /** Publisher's class, NO_LABEL where there is none. */
  truth: number
  chosen: number
  slot: number
  reactionTimeMs: number
  onsetMs: number
  elapsedMs: number
  focusLosses: number
  /** Milliseconds since 1970. */
  answeredAt: number
}

interface Row extends Omit<AnswerRow, 'isCheck'> {
  isCheck: number
}

const COLUMNS = `trial, revision, image, is_check AS isCheck, truth, chosen, slot, reaction_time_ms AS reactionTimeMs,
  onset_ms AS onsetMs, elapsed_ms AS elapsedMs, focus_losses AS focusLosses, answered_at AS answeredAt`

const toAnswer = (row: Row): AnswerRow => ({ ...row, isCheck: row.isCheck === 1 })

export function answersTable(database: Sqlite) {
  const insert = database.prepare(
    `INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  )
  const insertPractice = database.prepare(`INSERT INTO practice_answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const newest = database.prepare<[number, number], Row>(
    `SELECT ${COLUMNS} FROM answers WHERE session = ? AND trial = ? ORDER BY revision DESC LIMIT 1`,
  )
  const newestPractice = database.prepare<[number, number], Omit<AnswerRow, 'isCheck'>>(
    `SELECT ${COLUMNS.replace('revision', 'attempt AS revision').replace('is_check AS isCheck, ', '')}
       FROM practice_answers WHERE session = ? AND trial = ? ORDER BY attempt DESC LIMIT 1`,
  )
  const ofSession = database.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM answers AS a WHERE session = ? AND revision =
       (SELECT max(revision) FROM answers AS b WHERE b.session = a.session AND b.trial = a.trial) ORDER BY trial`,
  )
  const everyAnswer = database.prepare<[number], Row>(
    `SELECT ${COLUMNS} FROM answers WHERE session = ? ORDER BY trial, revision`,
  )
  const everyPractice = database.prepare<[number], Omit<AnswerRow, 'isCheck'>>(
    `SELECT ${COLUMNS.replace('revision', 'attempt AS revision').replace('is_check AS isCheck, ', '')}
       FROM practice_answers WHERE session = ? ORDER BY trial, attempt`,
  )
  const count = database.prepare<[number], { rows: number }>(
    `SELECT count(*) AS rows FROM answers JOIN sessions ON sessions.id = answers.session
       WHERE sessions.study = ? AND sessions.kind IN ('person', 'owner')`,
  )
  return {
    /** Answers false, and stores nothing, where the trial has had an answer of this revision. */
    insert(session: number, a: AnswerRow): boolean {
      const { changes } = insert.run(
        session,
        a.trial,
        a.revision,
        a.image,
        Number(a.isCheck),
        a.truth,
        a.chosen,
        a.slot,
        a.reactionTimeMs,
        a.onsetMs,
        a.elapsedMs,
        a.focusLosses,
        a.answeredAt,
      )
      return changes === 1
    },
    insertPractice(session: number, a: Omit<AnswerRow, 'isCheck'>) {
      insertPractice.run(
        session,
        a.trial,
        a.revision,
        a.image,
        a.truth,
        a.chosen,
        a.slot,
        a.reactionTimeMs,
        a.onsetMs,
        a.elapsedMs,
        a.focusLosses,
        a.answeredAt,
      )
    },
    newest(session: number, trial: number): AnswerRow | null {
      const row = newest.get(session, trial)
      return row ? toAnswer(row) : null
    },
    newestPractice(session: number, trial: number): AnswerRow | null {
      const row = newestPractice.get(session, trial)
      return row ? { ...row, isCheck: false } : null
    },
    /** The newest answer of every trial, in order. */
    ofSession: (session: number): AnswerRow[] => ofSession.all(session).map(toAnswer),
    /** Every revision of every trial as it was stored, and every attempt at practice. */
    history: (session: number): { answers: AnswerRow[]; practice: AnswerRow[] } => ({
      answers: everyAnswer.all(session).map(toAnswer),
      practice: everyPractice.all(session).map((row) => ({ ...row, isCheck: false })),
    }),
    /** Answers given by people, every revision. */
    byPeople: (study: number): number => count.get(study)?.rows ?? 0,
  }
}
