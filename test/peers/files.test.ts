/** Exported files as NumPy, pandas and pyarrow read them: ids and numbers equal to the last bit. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { digestLabels } from '../../src/formats/sets/digest'
import { countsToProbabilities } from '../../src/domain/labels/statistics'
import { exportLabels, type ExportData } from '../../src/formats/write/labels'
import { NO_LABEL, NO_SLOT, type AnnotatorTable, type JudgmentTable } from '../../src/domain/labels/judgments'
import { SeededRandom } from '../../src/domain/random'
import { aggregate, scoreAnnotators } from '../../src/domain/study/exclusion'
import { labelsAt } from '../formats/exporting'
import { temporaryFolder } from '../support/temporary'
import { askPeer, describeWithPeers } from './peers'

type Row = Record<string, string | number | null>

interface Answer {
  counts: { type: string; values: number[][] }
  probs: { type: string; values: number[][] }
  tidy: Record<'pandas' | 'pyarrow', Row[]>
  raw: Record<'pandas' | 'pyarrow', Row[]>
  jsonl: Record<'pandas' | 'pyarrow', Row[]>
}

/** Ids that a reader may take for numbers, for nothing, or for several cells. */
const CODES = ['P001', '007', '1e5', 'NA', 'nan', 'Åsa 試', 'a,b', 'says "hi"', 'two\nlines']
const CLASSES = ['cat', 'dog', 'true', '1']
const IMAGES = 60
/** Times that need all 17 digits, and short ones. */
const TIMES = [0.1 + 0.2, 1234.5678901234567, 1e-7, 512, 2 ** 53, 86_400_000.000000015]

interface Study extends ExportData {
  counts: Uint32Array
  judgments: JudgmentTable
  annotators: AnnotatorTable
}

function drawStudy(): Study {
  const random = new SeededRandom(12)
  const count = 500
  const draw = (below: number) => Int32Array.from({ length: count }, () => random.below(below))
  const isCheck = Uint8Array.from({ length: count }, () => (random.uniform() < 0.1 ? 1 : 0))
  const time = () => Float64Array.from({ length: count }, (_, j) => TIMES[j % 12] ?? random.between(200, 5000))
  const judgments: JudgmentTable = {
    count,
    annotator: draw(CODES.length),
    trial: Int32Array.from({ length: count }, (_, j) => j),
    image: draw(IMAGES).map((image, j) => (isCheck[j] ? -1 : image)),
    truth: Uint8Array.from({ length: count }, () => (random.uniform() < 0.2 ? NO_LABEL : random.below(CLASSES.length))),
    chosen: Uint8Array.from(draw(CLASSES.length)),
    isCheck,
    reactionTimeMs: time(),
    elapsedMs: time(),
    file: draw(3),
    files: ['', 'images/a 1.png', '0012.png'],
    session: {
      slot: Uint8Array.from({ length: count }, () => (random.uniform() < 0.1 ? NO_SLOT : random.below(CLASSES.length))),
      onsetMs: time(),
      answeredAt: Float64Array.from({ length: count }, () => 1.79e12 + random.below(1e9)),
      focusLosses: Uint16Array.from(draw(4)),
    },
  }
  const scored = scoreAnnotators(CODES, judgments)
  const annotators = { ...scored, excluded: Uint8Array.from(CODES, (_, a) => (a === 2 ? 1 : 0)), layout: null }
  const { counts } = aggregate(judgments, annotators.excluded, IMAGES, CLASSES.length)
  const probabilities = countsToProbabilities(counts, CLASSES.length)
  const imageSet = { name: 'images', count: IMAGES, classes: CLASSES, licence: null, citation: null }
  const digest = digestLabels({ counts, probabilities })
  const about = { name: 'study', licence: null, citation: null, digest }
  return { ...about, imageSet, images: IMAGES, counts, probabilities, judgments, annotators, threshold: 0.75 }
}

const known = (value: number | undefined, unknown: number) => (value === unknown ? null : (value ?? null))

/** What the tidy table says of judgment `j`, unknown things null. */
function tidyRow({ judgments, annotators }: Study, j: number): Row {
  const a = judgments.annotator[j]!
  return {
    annotator: CODES[a]!,
    trial: judgments.trial[j]!,
    image: known(judgments.image[j], -1),
    file: judgments.files[judgments.file[j]!]!,
    truth: known(judgments.truth[j], NO_LABEL),
    chosen: judgments.chosen[j]!,
    check: judgments.isCheck[j]!,
    excluded: annotators.excluded[a]!,
    reaction_time_ms: judgments.reactionTimeMs[j]!,
    elapsed_ms: judgments.elapsedMs[j]!,
    slot: known(judgments.session?.slot[j], NO_SLOT),
    layout: '',
    onset_ms: judgments.session!.onsetMs[j]!,
    answered_at: new Date(judgments.session!.answeredAt[j]!).toISOString(),
    focus_losses: judgments.session!.focusLosses[j]!,
  }
}

/** The ids and numbers of judgment `j` in CIFAR-10H's raw format. */
function rawRow({ judgments }: Study, j: number): Row {
  const truth = known(judgments.truth[j], NO_LABEL)
  return {
    annotator_id: CODES[judgments.annotator[j]!]!,
    trial_index: judgments.trial[j]!,
    is_attn_check: judgments.isCheck[j]!,
    true_category: truth === null ? '' : CLASSES[truth]!,
    chosen_category: CLASSES[judgments.chosen[j]!]!,
    true_label: truth ?? -99999,
    chosen_label: judgments.chosen[j]!,
    correct_guess: truth === judgments.chosen[j] ? 1 : 0,
    cifar10_test_test_idx: judgments.isCheck[j] ? -99999 : judgments.image[j]!,
    reaction_time: judgments.reactionTimeMs[j]!,
    time_elapsed: judgments.elapsedMs[j]!,
  }
}

const folder = temporaryFolder()
const FORMATS = { counts: 'counts', probs: 'probs', tidy: 'tidy', jsonl: 'jsonl', raw: 'cifar10h-raw' } as const

describeWithPeers('data', 'NumPy, pandas and pyarrow', () => {
  const study = drawStudy()
  const rows = Array.from({ length: study.judgments.count }, (_, j) => j)
  let answer: Answer
  beforeAll(async () => {
    const files = Object.entries(FORMATS).map(([name, format]) => [name, format, join(folder.path, name)] as const)
    for (const [, format, out] of files) await exportLabels(study, format, out)
    answer = askPeer<Answer>('data', 'files.py', Object.fromEntries(files.map(([name, , out]) => [name, out])))
  })

  it('NumPy has the counts as integers and the probabilities as doubles', () => {
    const table = (values: ArrayLike<number>) =>
      Array.from({ length: IMAGES }, (_, i) => Array.from(values).slice(i * CLASSES.length, (i + 1) * CLASSES.length))
    expect(answer.counts).toEqual({ type: '<i8', values: table(study.counts) })
    expect(answer.probs).toEqual({ type: '<f8', values: table(study.probabilities) })
  })

  it.each(['pandas', 'pyarrow'] as const)('%s reads the tidy table', (reader) => {
    expect(answer.tidy[reader]).toEqual(rows.map((j) => tidyRow(study, j)))
  })

  it.each(['pandas', 'pyarrow'] as const)('%s reads the JSON lines', (reader) => {
    const empty = { layout: null }
    expect(answer.jsonl[reader]).toEqual(
      rows.map((j) => ({ ...tidyRow(study, j), ...empty, file: tidyRow(study, j)['file'] || null })),
    )
  })

  it.each(['pandas', 'pyarrow'] as const)('%s reads the raw judgments', (reader) => {
    answer.raw[reader].forEach((row, j) => expect(row).toMatchObject(rawRow(study, j)))
    expect(answer.raw[reader]).toHaveLength(rows.length)
  })
})

it.each(['cifar10h-raw', 'tidy', 'jsonl'] as const)('%s is the same file after a round trip', async (format) => {
  const study = drawStudy()
  const [first, second] = [join(folder.path, `first.${format}`), join(folder.path, `second.${format}`)]
  await exportLabels(study, format, first)
  const { judgments, annotators, counts } = await labelsAt(first)
  expect(counts).toEqual(study.counts)
  await exportLabels({ ...study, judgments, annotators }, format, second)
  expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'))
})
