/** Table 1: cross-entropies of pretrained and of fine-tuned networks, by target. */
import type { Target } from '../runs/config'
import type { PaperFigure, PaperRow } from '.'
import { isJudgedSet, PAPER_SETS, paperSet, SET_WORDS, type PaperSet } from '../published/dataSets'
import type { Ensemble } from '../claims/ensembles'
import { publishedFor, TABLE1_COLUMNS, type Table1Column } from '../published/published'
import { groupBy } from '../results/pairs'
import { onPaperImages, type Series } from '../results/series'
import { TARGET_WORDS } from '../results/targetWords'
import { cellOf, choices, heldOut, onSet, rowsFor, type Place } from './rows'

/** The paper's four columns, and the sets it does not have in this table. */
export const COLUMNS: readonly (Table1Column | PaperSet)[] = [
  ...TABLE1_COLUMNS,
  ...PAPER_SETS.filter((set) => !['cifar10', 'cifar10.1-v4', 'cifar10.1-v6'].includes(set)),
]

const COLUMN_MEASURE = (column: Table1Column | PaperSet) =>
  column === 'c10H' ? 'crossEntropyToPeople' : 'crossEntropyToLabels'

export const columnWords = (column: string): string =>
  ({ c10H: 'c10H (people)', c10: 'c10 (labels)', v4: SET_WORDS['cifar10.1-v4'], v6: SET_WORDS['cifar10.1-v6'] })[
    column
  ] ?? SET_WORDS[column as PaperSet]

function place(series: Series, column: Table1Column | PaperSet): Place | null {
  const measure = COLUMN_MEASURE(column)
  if (column === 'c10H' && series.target === 'category-soft' && series.protocol === 'released') {
    // The released number is to the pooled labels of the class, which these runs were trained towards.
    const at = heldOut(series, 'crossEntropyToTargets')
    return at && { ...at, as: measure }
  }
  if (column === 'c10H' || column === 'c10') return heldOut(series, measure) ?? onSet(series, 'judged', measure)
  return onSet(series, column === 'v4' ? 'cifar10.1-v4' : column === 'v6' ? 'cifar10.1-v6' : column, measure)
}

/** The column of this table a row belongs to. */
export function columnOfRow({ dataset, measure }: PaperRow): Table1Column | PaperSet | null {
  if (isJudgedSet(dataset)) return measure === 'crossEntropyToPeople' ? 'c10H' : 'c10'
  const set = paperSet(dataset)
  return set === 'cifar10.1-v4' ? 'v4' : set === 'cifar10.1-v6' ? 'v6' : set
}

/** The paper's rows in its order, then ours. */
const TARGETS_IN_ORDER: Target[] = [
  'hard',
  'mixup',
  'category-soft',
  'soft',
  'sampled-hard',
  'distilled',
  'aggregated',
  'majority-hard',
  'mode-forced',
  'smoothed',
]
const orderOf = ([first]: Series[]) => TARGETS_IN_ORDER.indexOf(first?.target ?? 'hard')

export function table1(series: readonly Series[], ensembles: readonly Ensemble[]): PaperFigure {
  const pretrained = series.filter(({ stage }) => stage === 'pretrained')
  const fine = series.filter(({ stage }) => stage === 'fine-tuned')
  const variants = [...groupBy(fine, ({ variant }) => variant).values()].sort((a, b) => orderOf(a) - orderOf(b))
  const rows = [pretrained, ...variants].flatMap((group) =>
    COLUMNS.flatMap((column) => rowsFor(group, (each) => place(each, column))),
  )
  const together = ensembles.flatMap((each) => ensembleRows(each))
  const papers = onPaperImages(series)
  const absent = TARGETS_IN_ORDER.slice(0, 5).filter((target) => !fine.some((each) => each.target === target))
  return {
    id: 'table-1',
    title: 'Table 1: fine-tuned to every target',
    about:
      'Cross-entropy on held-out images to people (c10H) and to labels (c10), and to labels on CIFAR-10.1. Pretrained networks are measured on all images people judged. Each of the paper’s rows is one holdout of 1,000 images, rate, seed and epoch chosen on it; its c10H of category soft labels is to the pooled labels of the class, and so is ours under the protocol released.',
    rows: [...rows, ...together],
    notes: choices(fine),
    missing: [
      ...(pretrained.length === 0 ? ['Networks pretrained on the 50,000 images.'] : []),
      ...(absent.length > 0
        ? [`Pretrained networks fine-tuned on ${absent.map((target) => TARGET_WORDS[target]).join(', ')}.`]
        : []),
      ...(!papers || rows.some((row) => columnOfRow(row) === 'v4')
        ? []
        : ['CIFAR-10.1 v4: import it and measure fine-tuned networks on it.']),
      ...(!papers || rows.some((row) => columnOfRow(row) === 'v6')
        ? []
        : ['CIFAR-10.1 v6: import it and measure fine-tuned networks on it.']),
      ...(together.length === 0
        ? ['The ensemble (section 6.3): two pretrained networks at least, measured on the images people judged.']
        : []),
    ],
  }
}

function ensembleRows({ networks, protocol, imageSet, measures }: Ensemble): PaperRow[] {
  const network = `ensemble of ${networks.length}`
  return (['crossEntropyToPeople', 'crossEntropyToLabels'] as const).flatMap((measure): PaperRow[] => {
    const value = measures[measure]
    if (value === undefined) return []
    const about = { network, stage: 'pretrained', dataset: imageSet, measure } as const
    const paper = publishedFor({ ...about, target: 'hard' })
    const cell = cellOf({ value, interval: null, n: 1 }, paper?.value ?? null)
    const cells = { described: null, released: null, [protocol]: cell }
    return [
      {
        ...about,
        target: null,
        label: 'mean prediction of pretrained networks',
        cells,
        published: paper?.value ?? null,
        source: paper?.source ?? '',
      },
    ]
  })
}
