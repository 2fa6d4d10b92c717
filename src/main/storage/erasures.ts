/** What is left of participants and annotators whose data were erased, and which label sets that concerned. */
import type { ErasureInfo } from '../../domain/study'
import type { Sqlite } from './database'

export interface NewErasure extends Omit<ErasureInfo, 'at' | 'number'> {
  /** Null for an annotator of a label set. */
  study: number | null
  number: number | null
  /** Name of the study or label set. */
  source: string
}

/** One erasure as it concerns a label set. */
export interface ErasedLabels {
  at: string
  /** Taken out of this set, or of the set it was made of. */
  judgments: number
}

export function erasuresTable(database: Sqlite) {
  const insert = database.prepare(
    `INSERT INTO erasures (study, number, source, at, decided_by, reason, answers, practice_answers)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const ofStudy = database.prepare<[number], ErasureInfo>(
    `SELECT number, at, decided_by AS decidedBy, reason, answers, practice_answers AS practiceAnswers
       FROM erasures WHERE study = ? ORDER BY number`,
  )
  const newest = database.prepare<[], number | null>('SELECT max(id) FROM erasures').pluck()
  const insertLabels = database.prepare('INSERT INTO erased_labels VALUES (?, ?, ?)')
  const ofLabels = database.prepare<[number], ErasedLabels>(
    `SELECT at, judgments FROM erased_labels JOIN erasures ON erasures.id = erasure WHERE label_set = ? ORDER BY erasure`,
  )
  return {
    /** Returns the erasure's id. */
    insert({ study, number, source, decidedBy, reason, answers, practiceAnswers }: NewErasure): number {
      const now = new Date().toISOString()
      const { lastInsertRowid } = insert.run(study, number, source, now, decidedBy, reason, answers, practiceAnswers)
      return Number(lastInsertRowid)
    },
    ofStudy: (study: number): ErasureInfo[] => ofStudy.all(study),
    /** Grows with every erasure, by whichever process: what was read of judgments before may hold what is erased. */
    newest: (): number => newest.get() ?? 0,
    concern: (labelSet: number, erasure: number, judgments: number) =>
      void insertLabels.run(labelSet, erasure, judgments),
    ofLabels: (labelSet: number): ErasedLabels[] => ofLabels.all(labelSet),
  }
}
