/** The figures as tables for the screen, the clipboard and files: grouped rows, and one wide row per measure. Pure. */
import type { FigureRow } from '../../domain/results/figureRow'
import type { Cell } from '../../domain/text/csv'
import { measureWords, type MeasureWords } from './measures'

export interface FigureGroup {
  key: string
  network: string
  dataset: string
  /** What stands under "soft": human soft labels, or another target. */
  variant: string
  /** Stage and protocol where they are not the usual ones, and the rate chosen; empty otherwise. */
  about: string
  sections: FigureSection[]
}

export interface FigureSection {
  title: string
  rows: { row: FigureRow; words: MeasureWords }[]
  /** Greatest |difference| any fold or interval reaches, per kind of unit, so that plots of a kind share a scale. */
  reach: { share: number; nats: number }
}

/** The paper's own measures (sections 5 and 6); what it does not report follows after the attacks. */
const OF_THE_PAPER = [
  'accuracy',
  'crossEntropyToPeople',
  'crossEntropyToLabels',
  'secondBestAccuracy',
  'secondBestAccuracyReleased',
  'confidenceWhenRight',
  'confidenceWhenWrong',
]
const TITLES = ['As the paper measures', 'Under attack', 'Beyond the paper']

function sectionOf(measure: string, words: MeasureWords): string {
  return TITLES[words.attack ? 1 : OF_THE_PAPER.includes(measure) ? 0 : 2] ?? ''
}

export function groupFigures(rows: readonly FigureRow[]): FigureGroup[] {
  const groups = new Map<string, FigureGroup>()
  for (const row of rows) {
    const { network, dataset, variant, stage, protocol } = row
    const key = [network, dataset, variant, stage, protocol].join('|')
    const group = groups.get(key) ?? { key, network, dataset, variant, about: aboutOf(row), sections: [] }
    groups.set(key, group)
    const words = measureWords(row.measure)
    const title = sectionOf(row.measure, words)
    let section = group.sections.find((each) => each.title === title)
    if (!section) group.sections.push((section = { title, rows: [], reach: { share: 0, nats: 0 } }))
    section.rows.push({ row, words })
    const unit = words.share ? 'share' : 'nats'
    const reached = [...row.pairs.map(({ hard, soft }) => soft - hard), ...(row.interval ?? [])].map(Math.abs)
    section.reach[unit] = Math.max(section.reach[unit], ...reached)
  }
  // What compares comes first; pretrained networks have nothing to be compared with.
  const compared = ({ sections }: FigureGroup) =>
    sections.some((each) => each.rows.some(({ row }) => row.pairs.length > 0))
  const list = [...groups.values()].sort((a, b) => Number(compared(b)) - Number(compared(a)))
  for (const { sections } of list) sections.sort((a, b) => TITLES.indexOf(a.title) - TITLES.indexOf(b.title))
  return list
}

const aboutOf = ({ stage, protocol, chosen }: FigureRow): string =>
  [stage === 'from-scratch' ? '' : stage, protocol === 'described' ? '' : `protocol ${protocol}`, chosen.soft ?? '']
    .filter((part) => part !== '')
    .join(', ')

export const HEAD = [
  'network',
  'stage',
  'protocol',
  'target',
  'dataset',
  'measure',
  'hard',
  'soft',
  'soft_minus_hard',
  'interval_low',
  'interval_high',
  'pairs',
  'paper_hard',
  'paper_soft',
  'source',
]

export const wideRows = (rows: readonly FigureRow[]): Cell[][] =>
  rows.map(
    ({ network, stage, protocol, variant, dataset, measure, hard, soft, difference, interval, pairs, published }) => [
      network,
      stage,
      protocol,
      variant,
      dataset,
      measure,
      hard,
      soft,
      difference,
      interval?.[0] ?? null,
      interval?.[1] ?? null,
      pairs.length,
      published?.hard ?? null,
      published?.soft ?? null,
      published?.source ?? null,
    ],
  )

export const FOLD_HEAD = [
  'network',
  'stage',
  'protocol',
  'target',
  'dataset',
  'measure',
  'fold',
  'seed',
  'hard',
  'soft',
  'soft_minus_hard',
]

export const foldRows = (rows: readonly FigureRow[]): Cell[][] =>
  rows.flatMap(({ network, stage, protocol, variant, dataset, measure, pairs }) =>
    pairs.map(({ fold, seed, hard, soft }) => [
      network,
      stage,
      protocol,
      variant,
      dataset,
      measure,
      fold,
      seed,
      hard,
      soft,
      soft - hard,
    ]),
  )

/** For reading: rounded to four digits. */
export const roundCell = (cell: Cell): Cell =>
  typeof cell === 'number' && !Number.isInteger(cell) ? cell.toFixed(4) : cell
