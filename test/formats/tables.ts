/** Random judgment tables with sessions, as fast-check draws them; equality that knows -0 and is blind to numbering. */
import fc from 'fast-check'
import { NO_LABEL, NO_SLOT, type AnnotatorTable, type JudgmentTable } from '../../src/domain/labels/judgments'
import { aggregate, scoreAnnotators } from '../../src/domain/study/exclusion'
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import type { ExportData } from '../../src/formats/write/labels'
import { digestLabels } from '../../src/formats/sets/digest'

export const CLASSES = ['a', 'b', 'c', 'd', 'e', 'f']

/** Texts that are hard on CSV, on JSON or on a byte order mark. */
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'Z',
    '7',
    ',',
    '"',
    ' ',
    '\n',
    '\r',
    'ü',
    '=',
    '\\',
    '\uFEFF',
    '\u2028',
    '😀',
    '{',
    ':',
    "'",
    '-',
    '+',
    '@',
    '\t',
    ';',
  ),
})
/** Any double a file can hold, whole milliseconds often. */
const ms = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(100_000), fc.constant(-0))
/** Up to the last moment a date can say. */
const moment = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8.64e15 }), fc.integer({ min: 1.7e12, max: 1.8e12 }))

const judgment = (people: number, images: number, files: number) =>
  fc.record({
    annotator: fc.nat(people - 1),
    trial: fc.nat(2 ** 31 - 1),
    image: fc.nat(images - 1),
    truth: fc.oneof({ weight: 4, arbitrary: fc.nat(CLASSES.length - 1) }, fc.constant(NO_LABEL)),
    chosen: fc.nat(CLASSES.length - 1),
    isCheck: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constant(1)),
    reactionTimeMs: ms,
    elapsedMs: ms,
    file: fc.nat(files - 1),
    slot: fc.oneof({ weight: 4, arbitrary: fc.nat(CLASSES.length - 1) }, fc.constant(NO_SLOT)),
    onsetMs: ms,
    answeredAt: moment,
    focusLosses: fc.nat(65_535),
  })

const layout = fc.option(
  fc.shuffledSubarray(
    CLASSES.map((_, c) => c),
    { minLength: CLASSES.length },
  ),
  { freq: 4 },
)

/**
 * Judgments of 9 images by up to 5 people, with what sessions know of them or without. Somebody always has a judgment
 * that counts. Exclusions are arbitrary: by the rule, by hand, or by nobody knows what.
 */
export const studies = fc
  .record({
    codes: fc.uniqueArray(text, { minLength: 1, maxLength: 5 }),
    files: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
    session: fc.boolean(),
    threshold: fc.constantFrom(0, 0.3, 0.5, 0.75, 1),
  })
  .chain(({ codes, files, session, threshold }) =>
    fc
      .record({
        rows: fc.array(judgment(codes.length, 9, files.length), { minLength: 1, maxLength: 40, size: 'max' }),
        layouts: fc.array(layout, { minLength: codes.length, maxLength: codes.length }),
        excluded: fc.array(fc.nat(1), { minLength: codes.length, maxLength: codes.length }),
      })
      .map(({ rows, layouts, excluded }) => studyOf(codes, files, session, threshold, rows, layouts, excluded)),
  )

type Row = typeof judgment extends (...given: never[]) => fc.Arbitrary<infer R> ? R : never

function studyOf(
  codes: string[],
  files: string[],
  session: boolean,
  threshold: number,
  rows: Row[],
  layouts: (number[] | null)[],
  excluded: number[],
): ExportData & { judgments: JudgmentTable; annotators: AnnotatorTable } {
  const first = rows[0]
  if (first) {
    first.isCheck = 0
    excluded[first.annotator] = 0
  }
  const column = (key: keyof Row): number[] => rows.map((row) => row[key])
  const judgments: JudgmentTable = {
    count: rows.length,
    annotator: Int32Array.from(column('annotator')),
    trial: Int32Array.from(column('trial')),
    image: Int32Array.from(rows, (row) => (row.isCheck ? -1 : row.image)),
    truth: Uint8Array.from(column('truth')),
    chosen: Uint8Array.from(column('chosen')),
    isCheck: Uint8Array.from(column('isCheck')),
    reactionTimeMs: Float64Array.from(column('reactionTimeMs')),
    elapsedMs: Float64Array.from(column('elapsedMs')),
    file: Int32Array.from(column('file')),
    files,
    session: session
      ? {
          slot: Uint8Array.from(column('slot')),
          onsetMs: Float64Array.from(column('onsetMs')),
          answeredAt: Float64Array.from(column('answeredAt')),
          focusLosses: Uint16Array.from(column('focusLosses')),
        }
      : null,
  }
  const annotators = { ...scoreAnnotators(codes, judgments), excluded: Uint8Array.from(excluded), layout: layouts }
  const { counts } = aggregate(judgments, annotators.excluded, 9, CLASSES.length)
  const probabilities = countsToProbabilities(counts, CLASSES.length)
  return {
    name: 'study',
    imageSet: { name: 'pictures', count: 9, classes: CLASSES, licence: 'CC0', citation: null },
    images: 9,
    counts,
    probabilities,
    judgments,
    annotators,
    licence: null,
    citation: null,
    digest: digestLabels({ counts, probabilities }),
    threshold,
  }
}

/** Every row in words of its own, without indices into lists; `Object.is` tells its numbers apart. */
export function rowsOf(judgments: JudgmentTable, annotators: AnnotatorTable): Record<string, unknown>[] {
  const { session } = judgments
  return Array.from({ length: judgments.count }, (_, j) => {
    const a = judgments.annotator[j] ?? -1
    return {
      annotator: annotators.code[a],
      excluded: annotators.excluded[a],
      checks: annotators.checks[a],
      checksCorrect: annotators.checksCorrect[a],
      layout: annotators.layout?.[a] ?? null,
      trial: judgments.trial[j],
      image: judgments.image[j],
      truth: judgments.truth[j],
      chosen: judgments.chosen[j],
      isCheck: judgments.isCheck[j],
      reactionTimeMs: judgments.reactionTimeMs[j],
      elapsedMs: judgments.elapsedMs[j],
      file: judgments.files[judgments.file[j] ?? -1],
      session: session && [session.slot[j], session.onsetMs[j], session.answeredAt[j], session.focusLosses[j]],
    }
  })
}
