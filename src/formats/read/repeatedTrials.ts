/**
 * The same judgment more than once. A row that equals another one of its annotator and trial in every column is a
 * duplicate: a file that was appended to itself. Two judgments of one image by one annotator in different trials are a
 * repeat, which the owner may mean. Attention checks are exempt from the latter: they have no image.
 */
import type { JudgmentTable } from '../../domain/labels/judgments'
import type { Repeats } from '../../domain/importChoices'
import { count } from '../../domain/text/numbers'

/** Beyond any number of images; an annotator and an image together stay below 2^53. */
const WIDTH = 2 ** 32

export interface Distinct {
  judgments: JudgmentTable
  /** What was found and left out, for a report. */
  report: string[]
}

/** Leaves duplicates out, and of repeats what was chosen; rows keep their order. */
export function distinctJudgments(all: JudgmentTable, repeats: Repeats = 'all'): Distinct {
  const once = withoutDuplicates(all)
  const duplicates = all.count - once.count
  const { kept, repeated } = settleRepeats(once, repeats)
  const report: string[] = []
  if (duplicates > 0)
    report.push(
      `${count(duplicates)} rows equal an earlier row of the same annotator and trial in every column: duplicates, counted once.`,
    )
  if (repeated > 0)
    report.push(
      `${count(repeated)} judgments are of an image that the same annotator judged in an earlier trial: ${FATE[repeats]}.`,
    )
  return { judgments: kept, report }
}

const FATE: Record<Repeats, string> = {
  all: 'all of them count (--repeats first or last counts one)',
  first: 'only the first counts, as chosen',
  last: 'only the last counts, as chosen',
}

function withoutDuplicates(table: JudgmentTable): JudgmentTable {
  const columns = columnsOf(table)
  const hashOf = rowHash(columns)
  /** Per hash, the row that was found last; `before` leads on to earlier ones. */
  const latest = new Map<number, number>()
  const before = new Int32Array(table.count).fill(-1)
  const kept: number[] = []
  for (let j = 0; j < table.count; j++) {
    const hash = hashOf(j)
    const found = latest.get(hash) ?? -1
    let same = found
    while (same >= 0 && !columns.every((column) => Object.is(column[same], column[j]))) same = before[same] ?? -1
    if (same >= 0) continue
    before[j] = found
    latest.set(hash, j)
    kept.push(j)
  }
  return kept.length === table.count ? table : selectRows(table, kept)
}

type Column = Int32Array | Uint8Array | Uint16Array | Float64Array

const columnsOf = ({ count: _count, files: _files, session, ...columns }: JudgmentTable): Column[] => [
  ...Object.values(columns),
  ...(session ? Object.values(session as unknown as Record<string, Column>) : []),
]

/** FNV-1a over the 32-bit halves of a row's values; the whole row is compared where two hashes are equal. */
function rowHash(columns: readonly Column[]): (row: number) => number {
  const value = new Float64Array(1)
  const halves = new Uint32Array(value.buffer)
  return (row) => {
    let hash = 0x811c9dc5
    for (const column of columns) {
      value[0] = column[row] ?? 0
      hash = Math.imul(hash ^ (halves[0] ?? 0), 0x01000193)
      hash = Math.imul(hash ^ (halves[1] ?? 0), 0x01000193)
      hash ^= hash >>> 15
    }
    return hash
  }
}

/** `repeated`: judgments beyond each annotator's first of an image. */
function settleRepeats(table: JudgmentTable, repeats: Repeats): { kept: JudgmentTable; repeated: number } {
  const counted = new Map<number, number>()
  let repeated = 0
  for (let j = 0; j < table.count; j++) {
    if (table.isCheck[j]) continue
    const key = (table.annotator[j] ?? 0) * WIDTH + (table.image[j] ?? 0)
    const known = counted.has(key)
    if (known) repeated++
    if (!known || repeats === 'last') counted.set(key, j)
  }
  if (repeated === 0 || repeats === 'all') return { kept: table, repeated }
  const chosen = new Set(counted.values())
  const rows = Array.from({ length: table.count }, (_, j) => j).filter((j) => table.isCheck[j] || chosen.has(j))
  return { kept: selectRows(table, rows), repeated }
}

/** The rows with these numbers, as a table of their own. */
function selectRows(table: JudgmentTable, rows: readonly number[]): JudgmentTable {
  const pick = <T extends Column>(column: T): T => {
    const picked = column.slice(0, rows.length)
    rows.forEach((j, to) => (picked[to] = column[j] ?? 0))
    return picked as T
  }
  const { annotator, trial, image, truth, chosen, isCheck, reactionTimeMs, elapsedMs, file, session } = table
  return {
    count: rows.length,
    annotator: pick(annotator),
    trial: pick(trial),
    image: pick(image),
    truth: pick(truth),
    chosen: pick(chosen),
    isCheck: pick(isCheck),
    reactionTimeMs: pick(reactionTimeMs),
    elapsedMs: pick(elapsedMs),
    file: pick(file),
    files: table.files,
    session: session && {
      slot: pick(session.slot),
      onsetMs: pick(session.onsetMs),
      answeredAt: pick(session.answeredAt),
      focusLosses: pick(session.focusLosses),
    },
  }
}
