/** Rows of the tidy table into columns, whether they come as CSV or as JSON lines; every refusal names its place. */
import type { StudioError } from '../../domain/errors'
import { NO_LABEL, NO_SLOT, type AnnotatorTable } from '../../domain/labels/judgments'
import { classesOf, type Sidecar } from '../sets/about'
import { LIMITS } from '../encodings/limits'
import { count } from '../../domain/text/numbers'
import type { NumberColumn, SessionColumn, TextColumn, TidyColumn } from '../sets/tidyColumns'
import type { LabelSetData } from '../sets/types'
import { countJudgments, fromSidecar, sidecarReport, unjudgedReport } from './judged'
import type { TextSource } from './textSource'
import { JudgmentColumns } from './judgmentColumns'

const INT32 = 2 ** 31

/** The row at hand; one object for all rows. */
export interface Fields {
  /** Null where unknown; NaN where it is no number. */
  number(column: NumberColumn): number | null
  /** Empty where unknown; a layout as its classes joined by spaces. */
  text(column: TextColumn): string
  /** A refusal of the row's field. */
  refuse(column: TidyColumn | SessionColumn, reason?: string): StudioError
}

export class TidyRows {
  private readonly columns: JudgmentColumns
  private readonly excluded = new Set<number>()
  /** Per annotator as written; equal texts are equal layouts. */
  private readonly layouts: string[] = []
  private readonly classes: number
  private session = false

  constructor(
    private readonly sidecar: Sidecar | null,
    private readonly fields: Fields,
    private readonly has: ReadonlySet<string>,
  ) {
    this.classes = classesOf(sidecar)
    this.columns = new JudgmentColumns((reason) => fields.refuse('annotator', reason))
    this.session = ['slot', 'onset_ms', 'answered_at', 'focus_losses'].some((column) => has.has(column))
  }

  /** Takes the row at hand. */
  add(): void {
    const { fields, columns } = this
    const to = columns.row()
    const n = columns.count
    const check = this.whole('check', 0, 1)
    const annotator = columns.annotators.index(fields.text('annotator'))
    to.annotator[n] = annotator
    to.trial[n] = this.whole('trial', -INT32, INT32 - 1)
    to.image[n] = check ? -1 : this.whole('image', 0, LIMITS.images.most)
    to.truth[n] = fields.number('truth') === null ? NO_LABEL : this.label('truth')
    to.chosen[n] = this.label('chosen')
    to.isCheck[n] = check
    to.reactionTimeMs[n] = this.milliseconds('reaction_time_ms')
    to.elapsedMs[n] = this.milliseconds('elapsed_ms')
    to.file[n] = columns.files.index(fields.text('file'))
    if (this.whole('excluded', 0, 1)) this.excluded.add(annotator)
    if (this.session) this.addSession(n)
    if (this.has.has('layout')) this.addLayout(annotator)
    columns.count++
  }

  private addSession(n: number): void {
    const { fields, has } = this
    const to = this.columns.sessionRow()
    const slot = has.has('slot') ? fields.number('slot') : null
    to.slot[n] = slot === null ? NO_SLOT : this.whole('slot', 0, this.classes - 1)
    if (has.has('onset_ms')) to.onsetMs[n] = this.milliseconds('onset_ms')
    if (has.has('answered_at')) to.answeredAt[n] = this.moment('answered_at')
    if (has.has('focus_losses')) to.focusLosses[n] = this.whole('focus_losses', 0, 65_535)
  }

  private addLayout(annotator: number): void {
    const text = this.fields.text('layout')
    const known = this.layouts[annotator]
    if (known === text) return
    if (known !== undefined) throw this.fields.refuse('layout', 'The annotator has another layout in an earlier row.')
    const slots = text === '' ? [] : text.split(' ')
    const valid = slots.every((slot) => /^\d{1,3}$/.test(slot) && +slot < this.classes)
    if (!valid || new Set(slots.map(Number)).size < slots.length) throw this.fields.refuse('layout')
    this.layouts[annotator] = text
  }

  private whole(column: NumberColumn, least: number, most: number): number {
    const value = this.fields.number(column)
    if (value === null || !Number.isInteger(value) || value < least || value > most) throw this.fields.refuse(column)
    return value
  }

  private label(column: 'truth' | 'chosen'): number {
    const value = this.fields.number(column)
    if (value === null || !Number.isInteger(value)) throw this.fields.refuse(column)
    if (value >= 0 && value < this.classes) return value
    const by = this.sidecar ? `, the classes that ${this.sidecar.path} names` : ''
    throw this.fields.refuse(column, `Label ${value} is outside 0 to ${this.classes - 1}${by}.`)
  }

  private milliseconds(column: NumberColumn): number {
    const value = this.fields.number(column)
    if (value === null || !Number.isFinite(value)) throw this.fields.refuse(column)
    return value
  }

  /** Milliseconds since 1970; 0 where unknown. */
  private moment(column: 'answered_at'): number {
    const text = this.fields.text(column)
    if (text === '') return 0
    const value = Date.parse(text)
    // Only what a moment is written as is read: not "2026", no 30th of February.
    if (Number.isNaN(value) || new Date(value).toISOString() !== text) throw this.fields.refuse(column)
    return value
  }

  private layoutTable(): AnnotatorTable['layout'] {
    if (!this.layouts.some((text) => text !== '')) return null
    return this.layouts.map((text) => (text === '' ? null : text.split(' ').map(Number)))
  }

  /** The label set of all rows. */
  finish({ path, name, repeats }: TextSource, format: 'tidy' | 'jsonl'): LabelSetData {
    const { sidecar, excluded } = this
    const { texts: codes } = this.columns.annotators
    const layout = this.layoutTable()
    const counted = countJudgments({
      path,
      format,
      judgments: this.columns.table(),
      codes,
      sidecar,
      excluded,
      layout,
      images: null,
      repeats,
    })
    const { rows, twice, judgments, annotators, images, counts, probabilities, kept } = counted
    return {
      kind: 'labels',
      path,
      format: 'study',
      name,
      imageSet: null,
      classes: null,
      images,
      counts,
      probabilities,
      judgments,
      annotators,
      source: format === 'tidy' ? 'Tidy per-judgment CSV' : 'Per-judgment JSON lines',
      licence: null,
      citation: null,
      ...fromSidecar(sidecar),
      report: [
        `${count(rows)} rows read, ${count(annotators.code.length)} annotators.`,
        ...twice,
        `${count(excluded.size)} annotators are marked as excluded in the file.`,
        `${count(kept)} judgments kept.`,
        ...unjudgedReport(counted),
        ...sidecarReport(sidecar, counted),
      ],
    }
  }
}
