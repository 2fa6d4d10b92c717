/** Label sets: distributions over an image set, with the judgments and annotators they were made of where known. */
import type { LabelSetFormat, LabelSetInfo } from '../../domain/labels/sets'
import type { Aggregation } from '../../domain/study'
import type { LabelSetData } from '../../formats/sets/types'
import type { Sqlite } from './database'
import { asFloat64, asUint32, toBlob } from './blobs'
import { judgmentsTable } from './judgments'

interface Row {
  id: number
  name: string
  image_set: string
  format: LabelSetFormat
  images: number
  classes: number
  judgments: number | null
  annotators: number | null
  excluded: number | null
  digest: string
  source: string
  licence: string | null
  citation: string | null
  report: string
  created_at: string
}

/** How annotators came to be left out, as far as it is known. */
export type LabelRules = Pick<LabelSetData, 'threshold' | 'verdicts'>

/** Where a label set of this project was made of. */
export interface LabelOrigin {
  /** Published from this study. */
  study: number | null
  /** Aggregated from this label set by this method. */
  derivedFrom: number | null
  method: Aggregation | null
}

/** What an erasure changes of a label set. */
export interface ChangedLabels extends Pick<LabelSetData, 'counts' | 'probabilities' | 'report'> {
  digest: string
  annotators: number | null
  excluded: number | null
  rules: LabelRules
}

/** The distributions themselves; `counts` and `probabilities` are (images, classes). */
export interface LabelArrays {
  images: number
  classes: number
  counts: Uint32Array | null
  probabilities: Float64Array
}

const toInfo = (row: Row): LabelSetInfo => ({
  id: row.id,
  name: row.name,
  imageSet: row.image_set,
  format: row.format,
  images: row.images,
  judgments: row.judgments,
  annotators: row.annotators,
  excluded: row.excluded,
  digest: row.digest,
  source: row.source,
  licence: row.licence,
  citation: row.citation,
  report: JSON.parse(row.report) as string[],
  createdAt: row.created_at,
})

const keptJudgments = (counts: Uint32Array | null): number | null =>
  counts ? counts.reduce((sum, count) => sum + count, 0) : null

const rulesJson = ({ threshold, verdicts = [] }: LabelRules): string | null =>
  threshold === undefined ? null : JSON.stringify({ threshold, verdicts })

const COLUMNS = `id, name, image_set, format, images, classes, judgments, annotators, excluded, digest, source, licence,
  citation, report, created_at`

export function labelSetsTable(database: Sqlite) {
  const judgments = judgmentsTable(database)
  const list = database.prepare<[], Row>(`SELECT ${COLUMNS} FROM label_sets ORDER BY id`)
  const byName = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM label_sets WHERE name = ?`)
  const arrays = database.prepare<
    [number],
    { images: number; classes: number; counts: Buffer | null; probabilities: Buffer }
  >('SELECT images, classes, counts, probabilities FROM label_sets WHERE id = ?')
  const rules = database.prepare<[number], string | null>('SELECT rules FROM label_sets WHERE id = ?').pluck()
  const insert = database.prepare(
    `INSERT INTO label_sets (name, image_set, format, images, classes, counts, probabilities, judgments, annotators,
       excluded, digest, source, licence, citation, report, rules, study, derived_from, method, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const origin = database.prepare<[number], LabelOrigin>(
    'SELECT study, derived_from AS derivedFrom, method FROM label_sets WHERE id = ?',
  )
  const change = database.prepare(
    `UPDATE label_sets SET counts = ?, probabilities = ?, judgments = ?, annotators = ?, excluded = ?, digest = ?,
       report = ?, rules = ? WHERE id = ?`,
  )
  return {
    judgments,
    list: (): LabelSetInfo[] => list.all().map(toInfo),
    find(name: string): LabelSetInfo | null {
      const row = byName.get(name)
      return row ? toInfo(row) : null
    },
    arrays(id: number): LabelArrays {
      const row = arrays.get(id)
      if (!row) throw new RangeError(`label set ${id} does not exist`)
      const { images, classes, counts, probabilities } = row
      return { images, classes, counts: counts && asUint32(counts), probabilities: asFloat64(probabilities) }
    },
    rules(id: number): LabelRules {
      const json = rules.get(id)
      return json ? (JSON.parse(json) as LabelRules) : {}
    },
    origin(id: number): LabelOrigin {
      return origin.get(id) ?? { study: null, derivedFrom: null, method: null }
    },
    /** Writes what an erasure changed. Call inside a transaction. */
    change(id: number, { counts, probabilities, annotators, excluded, digest, report, rules }: ChangedLabels) {
      change.run(
        counts && toBlob(counts),
        toBlob(probabilities),
        keptJudgments(counts),
        annotators,
        excluded,
        digest,
        JSON.stringify(report),
        rulesJson(rules),
        id,
      )
    },
    /** Answers the new set's id. Call inside a transaction: judgments and annotators go with it. */
    insert(set: LabelSetData, name: string, imageSet: string, digest: string): number {
      const { lastInsertRowid } = insert.run(
        name,
        imageSet,
        set.format,
        set.images,
        set.probabilities.length / set.images,
        set.counts && toBlob(set.counts),
        toBlob(set.probabilities),
        keptJudgments(set.counts),
        set.annotators?.code.length ?? null,
        set.annotators ? set.annotators.excluded.reduce((sum, each) => sum + each, 0) : null,
        digest,
        set.source,
        set.licence,
        set.citation,
        JSON.stringify(set.report),
        rulesJson(set),
        set.study ?? null,
        set.derivedFrom?.labelSet ?? null,
        set.derivedFrom?.method ?? null,
        new Date().toISOString(),
      )
      const id = Number(lastInsertRowid)
      if (set.annotators) judgments.insertAnnotators(id, set.annotators)
      if (set.judgments) judgments.insert(id, set.judgments)
      return id
    },
  }
}
