/**
 * Growing columnar storage for judgments while a file streams by: typed arrays that double, texts interned to indices.
 * Half a million rows fit in 25 MB and no object is made per row.
 */
import { StudioError } from '../../domain/errors'
import type { JudgmentTable, SessionColumns } from '../../domain/labels/judgments'
import { LIMITS } from '../encodings/limits'
import { count } from '../../domain/text/numbers'

/** The refusal of the row at hand, for a reason. */
export type Refuse = (reason: string) => StudioError

/** Texts to dense indices, in order of first appearance. */
export class Interner {
  readonly texts: string[] = []
  private readonly indices = new Map<string, number>()
  private characters = 0

  constructor(
    private readonly what: string,
    private readonly refuse: Refuse,
  ) {}

  index(text: string): number {
    const known = this.indices.get(text)
    if (known !== undefined) return known
    const { nameLength, judgments } = LIMITS
    if (text.length > nameLength) throw this.refuse(`A name of ${count(text.length)} characters is too long.`)
    this.characters += text.length
    if (this.texts.length >= judgments.distinct || this.characters > judgments.characters) {
      throw this.refuse(`The file has more than ${count(this.texts.length)} ${this.what}: too many for one set.`)
    }
    const own = copied(text)
    this.indices.set(own, this.texts.length)
    this.texts.push(own)
    return this.texts.length - 1
  }
}

/** The text by itself: a part of a longer one keeps all of that in memory. */
const copied = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le')

const NUMERIC = {
  annotator: Int32Array,
  trial: Int32Array,
  image: Int32Array,
  truth: Uint8Array,
  chosen: Uint8Array,
  isCheck: Uint8Array,
  reactionTimeMs: Float64Array,
  elapsedMs: Float64Array,
  file: Int32Array,
} as const
const SESSION = { slot: Uint8Array, onsetMs: Float64Array, answeredAt: Float64Array, focusLosses: Uint16Array } as const
/** The columns of every source, without what only this program's sessions know. */
type Columns = Omit<JudgmentTable, 'count' | 'files' | 'session'>
type Column = keyof typeof NUMERIC
const COLUMNS = Object.keys(NUMERIC) as Column[]
const SESSION_COLUMNS = Object.keys(SESSION) as (keyof SessionColumns)[]

export class JudgmentColumns {
  readonly annotators: Interner
  readonly files: Interner
  count = 0
  private capacity = 1 << 14
  private columns = this.allocate()
  private session: SessionColumns | null = null

  /** `refuse` is for rows of files; what this program draws itself stays within the limits. */
  constructor(private readonly refuse: Refuse = (reason) => new StudioError('internal', reason)) {
    this.annotators = new Interner('annotators', refuse)
    this.files = new Interner('names of files', refuse)
  }

  private allocate(): Columns {
    const made = Object.fromEntries(COLUMNS.map((name) => [name, new NUMERIC[name](this.capacity)]))
    return made as unknown as Columns
  }

  private allocateSession(): SessionColumns {
    const made = Object.fromEntries(SESSION_COLUMNS.map((name) => [name, new SESSION[name](this.capacity)]))
    return made as unknown as SessionColumns
  }

  /** From now on there are columns of sessions too, written at `count` after `row`. */
  sessionRow(): SessionColumns {
    return (this.session ??= this.allocateSession())
  }

  /** Room for one more row; answers the columns to write at `count`, which the caller then increments. */
  row(): Columns {
    const most = LIMITS.judgments.rows
    if (this.count === most) throw this.refuse(`The file has more than ${count(most)} rows: too many for one set.`)
    if (this.count === this.capacity) {
      const before = this.columns
      this.capacity *= 2
      this.columns = this.allocate()
      for (const name of COLUMNS) this.columns[name].set(before[name])
      if (this.session) {
        const known = this.session
        this.session = this.allocateSession()
        for (const name of SESSION_COLUMNS) this.session[name].set(known[name])
      }
    }
    return this.columns
  }

  table(): JudgmentTable {
    const cut = Object.fromEntries(COLUMNS.map((name) => [name, this.columns[name].slice(0, this.count)]))
    const known = this.session
    const session = known && Object.fromEntries(SESSION_COLUMNS.map((name) => [name, known[name].slice(0, this.count)]))
    return {
      ...(cut as unknown as Columns),
      count: this.count,
      files: this.files.texts,
      session: session as SessionColumns | null,
    }
  }
}
