/**
 * Judgments and the people who gave them, one row each. Half a million rows arrive at once in an import, so rows are
 * inserted many to a statement: twice as fast as one by one (0.55 s against 0.9 s for 540,000 rows).
 */
import { NO_SLOT, type AnnotatorTable, type JudgmentTable, type SessionColumns } from '../../domain/labels/judgments'
import type { Sqlite } from './database'

const COLUMNS = 11
const ROWS_PER_STATEMENT = 90 // SQLite takes at most 32,766 parameters; more than this is no faster

/**
 * One judgment as it is shown beside its image. `slot` and `answeredAt` are null where the source does not know them.
 */
export interface ImageJudgmentRow {
  annotator: number
  code: string | null
  excluded: number
  trial: number
  chosen: number
  reactionTimeMs: number
  file: number
  slot: number | null
  answeredAt: number | null
}

/** One annotator's judgment, as far as it can be recognized elsewhere. */
export interface JudgmentOf {
  trial: number
  /** -1 on attention checks. */
  image: number
  chosen: number
  isCheck: number
  reactionTimeMs: number
}

/** Rows of image i: `rows` from `starts[i]` to before `starts[i + 1]`. */
export interface RowsByImage {
  starts: Int32Array
  rows: Int32Array
}

const placeholders = (rows: number, columns: number) =>
  Array<string>(rows)
    .fill(`(${Array<string>(columns).fill('?').join(',')})`)
    .join(',')

export function judgmentsTable(database: Sqlite) {
  const insertMany = database.prepare(`INSERT INTO judgments VALUES ${placeholders(ROWS_PER_STATEMENT, COLUMNS)}`)
  const insertOne = database.prepare(`INSERT INTO judgments VALUES ${placeholders(1, COLUMNS)}`)
  const insertFiles = database.prepare('INSERT INTO judgment_files VALUES (?, ?)')
  const insertAnnotator = database.prepare(`INSERT INTO annotators VALUES ${placeholders(1, 7)}`)
  const insertSession = database.prepare(`INSERT INTO judgment_sessions VALUES ${placeholders(1, 6)}`)
  const selectSessions = database
    .prepare<[number], number[]>(
      'SELECT row, slot, onset_ms, answered_at, focus_losses FROM judgment_sessions WHERE label_set = ? ORDER BY row',
    )
    .raw()
  const count = database.prepare<[number], { rows: number }>(
    'SELECT count(*) AS rows FROM judgments WHERE label_set = ?',
  )
  const select = database
    .prepare<[number], number[]>(
      `SELECT annotator, trial, image, truth, chosen, is_check, reaction_time_ms, elapsed_ms, file, row
         FROM judgments WHERE label_set = ? ORDER BY row`,
    )
    .raw()
  const selectFiles = database.prepare<[number], { names: string }>(
    'SELECT names FROM judgment_files WHERE label_set = ?',
  )
  const selectAnnotators = database.prepare<
    [number],
    { code: string; checks: number; checks_correct: number; excluded: number; layout: string | null }
  >('SELECT code, checks, checks_correct, excluded, layout FROM annotators WHERE label_set = ? ORDER BY number')

  const selectImages = database.prepare<[number], { row: number; image: number }>(
    'SELECT row, image FROM judgments WHERE label_set = ? ORDER BY row',
  )
  const selectRow = database.prepare<[number, number], ImageJudgmentRow>(
    `SELECT j.annotator, a.code, ifnull(a.excluded, 0) AS excluded, j.trial, j.chosen,
        j.reaction_time_ms AS reactionTimeMs, j.file, s.slot, s.answered_at AS answeredAt
       FROM judgments j
       LEFT JOIN annotators a ON a.label_set = j.label_set AND a.number = j.annotator
       LEFT JOIN judgment_sessions s ON s.label_set = j.label_set AND s.row = j.row
      WHERE j.label_set = ? AND j.row = ?`,
  )
  const selectFile = database
    .prepare<[number, number], number>('SELECT file FROM judgments WHERE label_set = ? AND row = ?')
    .pluck()

  const selectOf = database.prepare<[number, number], JudgmentOf>(
    `SELECT trial, image, chosen, is_check AS isCheck, reaction_time_ms AS reactionTimeMs
       FROM judgments WHERE label_set = ? AND annotator = ?`,
  )
  const eraseSessions = database.prepare(
    `DELETE FROM judgment_sessions WHERE label_set = $set AND row IN
       (SELECT row FROM judgments WHERE label_set = $set AND annotator = $annotator)`,
  )
  const eraseRows = database.prepare('DELETE FROM judgments WHERE label_set = $set AND annotator = $annotator')
  const eraseAnnotator = database.prepare('DELETE FROM annotators WHERE label_set = $set AND number = $annotator')
  // Those after the one that is gone move up, one number at a time: numbers are indices of an array.
  const later = database
    .prepare<{ set: number; annotator: number }, number>(
      'SELECT number FROM annotators WHERE label_set = $set AND number > $annotator ORDER BY number',
    )
    .pluck()
  const moveAnnotator = database.prepare('UPDATE annotators SET number = number - 1 WHERE label_set = ? AND number = ?')
  const moveRows = database.prepare(
    'UPDATE judgments SET annotator = annotator - 1 WHERE label_set = $set AND annotator > $annotator',
  )

  function fill(values: unknown[], at: number, labelSet: number, table: JudgmentTable, row: number) {
    values[at] = labelSet
    values[at + 1] = row
    values[at + 2] = table.annotator[row]
    values[at + 3] = table.trial[row]
    values[at + 4] = table.image[row]
    values[at + 5] = table.truth[row]
    values[at + 6] = table.chosen[row]
    values[at + 7] = table.isCheck[row]
    values[at + 8] = table.reactionTimeMs[row]
    values[at + 9] = table.elapsedMs[row]
    values[at + 10] = table.file[row]
  }

  /** @param rows number of each row read, ascending: an erasure leaves gaps */
  function readSessions(labelSet: number, rows: Int32Array): SessionColumns | null {
    const found = selectSessions.all(labelSet)
    if (found.length === 0) return null
    const columns: SessionColumns = {
      slot: new Uint8Array(rows.length).fill(NO_SLOT),
      onsetMs: new Float64Array(rows.length),
      answeredAt: new Float64Array(rows.length),
      focusLosses: new Uint16Array(rows.length),
    }
    const { slot, onsetMs, answeredAt, focusLosses } = columns
    let at = 0
    for (const [row = 0, ...values] of found) {
      while (at < rows.length && (rows[at] ?? 0) < row) at++
      ;[slot, onsetMs, answeredAt, focusLosses].forEach((column, i) => (column[at] = values[i] ?? 0))
    }
    return columns
  }

  return {
    insert(labelSet: number, table: JudgmentTable) {
      insertFiles.run(labelSet, JSON.stringify(table.files))
      const values = new Array<unknown>(ROWS_PER_STATEMENT * COLUMNS)
      let row = 0
      for (; row + ROWS_PER_STATEMENT <= table.count; row += ROWS_PER_STATEMENT) {
        for (let i = 0; i < ROWS_PER_STATEMENT; i++) fill(values, i * COLUMNS, labelSet, table, row + i)
        insertMany.run(values)
      }
      const single = new Array<unknown>(COLUMNS)
      for (; row < table.count; row++) {
        fill(single, 0, labelSet, table, row)
        insertOne.run(single)
      }
      const { session } = table
      for (row = 0; session && row < table.count; row++) {
        const { slot, onsetMs, answeredAt, focusLosses } = session
        insertSession.run(labelSet, row, slot[row], onsetMs[row], answeredAt[row], focusLosses[row])
      }
    },
    insertAnnotators(labelSet: number, table: AnnotatorTable) {
      table.code.forEach((code, number) =>
        insertAnnotator.run(
          labelSet,
          number,
          code,
          table.checks[number],
          table.checksCorrect[number],
          table.excluded[number],
          table.layout?.[number] ? JSON.stringify(table.layout[number]) : null,
        ),
      )
    },
    ofAnnotator: (labelSet: number, annotator: number): JudgmentOf[] => selectOf.all(labelSet, annotator),
    /**
     * Deletes an annotator and their judgments, and returns how many those were. The annotators after them move up by
     * one; rows keep their numbers, with gaps. Call inside a transaction.
     */
    erase(labelSet: number, annotator: number): number {
      const where = { set: labelSet, annotator }
      eraseSessions.run(where)
      const { changes } = eraseRows.run(where)
      eraseAnnotator.run(where)
      for (const number of later.all(where)) moveAnnotator.run(labelSet, number)
      moveRows.run(where)
      return changes
    },
    count: (labelSet: number): number => count.get(labelSet)?.rows ?? 0,
    /** Whether the label set keeps the single judgments it was made of. */
    has: (labelSet: number): boolean => selectFiles.get(labelSet) !== undefined,
    /** Names of the files that were judged; null where the label set has no single judgments. */
    files(labelSet: number): string[] | null {
      const found = selectFiles.get(labelSet)
      return found ? (JSON.parse(found.names) as string[]) : null
    },
    /**
     * Which rows judge which image, in the order of the source: one pass over the label set, so that after it a single
     * image costs only its own rows. Attention checks are of no image.
     */
    rowsByImage(labelSet: number, images: number): RowsByImage {
      const judged = selectImages.all(labelSet)
      const starts = new Int32Array(images + 1)
      for (const { image: i } of judged) if (i >= 0 && i < images) starts[i + 1] = (starts[i + 1] ?? 0) + 1
      for (let i = 0; i < images; i++) starts[i + 1] = (starts[i + 1] ?? 0) + (starts[i] ?? 0)
      const rows = new Int32Array(starts[images] ?? 0)
      const next = starts.slice()
      for (const { row, image: i } of judged) {
        if (i < 0 || i >= images) continue
        rows[next[i] ?? 0] = row
        next[i] = (next[i] ?? 0) + 1
      }
      return { starts, rows }
    },
    /** The judgments of these rows, those of excluded annotators too. */
    rows: (labelSet: number, rows: Int32Array): ImageJudgmentRow[] =>
      Array.from(rows).flatMap((row) => selectRow.get(labelSet, row) ?? []),
    /** Index into `files` of the picture a row was about. */
    fileOf: (labelSet: number, row: number): number | null => selectFile.get(labelSet, row) ?? null,
    /** All judgments in the order of the source, null where the label set has none. */
    read(labelSet: number): JudgmentTable | null {
      const files = selectFiles.get(labelSet)
      if (!files) return null
      const rows = this.count(labelSet)
      const table: JudgmentTable = {
        count: rows,
        annotator: new Int32Array(rows),
        trial: new Int32Array(rows),
        image: new Int32Array(rows),
        truth: new Uint8Array(rows),
        chosen: new Uint8Array(rows),
        isCheck: new Uint8Array(rows),
        reactionTimeMs: new Float64Array(rows),
        elapsedMs: new Float64Array(rows),
        file: new Int32Array(rows),
        files: JSON.parse(files.names) as string[],
        session: null,
      }
      const numbers = new Int32Array(rows)
      const columns = [
        table.annotator,
        table.trial,
        table.image,
        table.truth,
        table.chosen,
        table.isCheck,
        table.reactionTimeMs,
        table.elapsedMs,
        table.file,
        numbers,
      ]
      let row = 0
      for (const values of select.iterate(labelSet)) {
        columns.forEach((column, i) => (column[row] = values[i] ?? 0))
        row++
      }
      table.session = readSessions(labelSet, numbers)
      return table
    },
    annotators(labelSet: number): AnnotatorTable | null {
      const rows = selectAnnotators.all(labelSet)
      if (rows.length === 0) return null
      return {
        code: rows.map((row) => row.code),
        checks: Int32Array.from(rows, (row) => row.checks),
        checksCorrect: Int32Array.from(rows, (row) => row.checks_correct),
        excluded: Uint8Array.from(rows, (row) => row.excluded),
        layout: rows.some((row) => row.layout !== null)
          ? rows.map((row) => (row.layout === null ? null : (JSON.parse(row.layout) as number[])))
          : null,
      }
    },
  }
}
