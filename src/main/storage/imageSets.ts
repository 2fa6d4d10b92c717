/** Image sets: metadata and labels in the database, packed pixels in `datasets/<id>.u8`. */
import type { ImageSetInfo } from '../../domain/labels/sets'
import type { ImageSetData } from '../../formats/sets/types'
import type { Sqlite } from './database'
import { asBytes } from './blobs'

interface Row {
  id: number
  name: string
  count: number
  height: number
  width: number
  channels: number
  classes: string
  labels: Buffer
  file_names: string | null
  digest: string
  source: string
  licence: string | null
  citation: string | null
  created_at: string
}

const toInfo = (row: Omit<Row, 'labels' | 'file_names'>): ImageSetInfo => ({
  id: row.id,
  name: row.name,
  count: row.count,
  height: row.height,
  width: row.width,
  channels: row.channels,
  classes: JSON.parse(row.classes) as string[],
  digest: row.digest,
  source: row.source,
  licence: row.licence,
  citation: row.citation,
  createdAt: row.created_at,
})

const COLUMNS = 'id, name, count, height, width, channels, classes, digest, source, licence, citation, created_at'

export function imageSetsTable(database: Sqlite) {
  const list = database.prepare<[], Row>(`SELECT ${COLUMNS} FROM image_sets ORDER BY id`)
  const byName = database.prepare<[string], Row>(`SELECT ${COLUMNS} FROM image_sets WHERE name = ?`)
  const labels = database.prepare<[number], Pick<Row, 'labels'>>('SELECT labels FROM image_sets WHERE id = ?')
  const names = database.prepare<[number], Pick<Row, 'file_names'>>('SELECT file_names FROM image_sets WHERE id = ?')
  const insert = database.prepare(
    `INSERT INTO image_sets (name, count, height, width, channels, classes, labels, file_names, digest, source, licence,
       citation, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  return {
    list: (): ImageSetInfo[] => list.all().map(toInfo),
    find(name: string): ImageSetInfo | null {
      const row = byName.get(name)
      return row ? toInfo(row) : null
    },
    /** Class index per image, 255 where the publisher gave none. */
    labels: (id: number): Uint8Array => asBytes(labels.get(id)?.labels),
    fileNames(id: number): string[] | null {
      const json = names.get(id)?.file_names
      return json ? (JSON.parse(json) as string[]) : null
    },
    /** Answers the new set's id. The pixels are the caller's to put in place before the transaction ends. */
    insert(set: ImageSetData, name: string, digest: string): number {
      const { lastInsertRowid } = insert.run(
        name,
        set.count,
        set.height,
        set.width,
        set.channels,
        JSON.stringify(set.classes),
        Buffer.from(set.labels.buffer, set.labels.byteOffset, set.labels.byteLength),
        set.fileNames ? JSON.stringify(set.fileNames) : null,
        digest,
        set.source,
        set.licence,
        set.citation,
        new Date().toISOString(),
      )
      return Number(lastInsertRowid)
    },
  }
}
