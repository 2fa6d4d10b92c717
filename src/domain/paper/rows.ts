/**
 * Rows that all figures and tables of the paper are made of: a network and target, our two protocols beside the paper.
 */
import { PROTOCOLS, type Protocol } from '../runs/config'
import type { PaperCell, PaperRow } from '.'
import { isJudgedSet, paperSet, type PaperSet } from '../published/dataSets'
import { groupBy } from '../results/pairs'
import { publishedFor } from '../published/published'
import { datasetOf, partsOf } from '../results/runValues'
import { estimateOf, meanName, overNetworks, valuesOf, type Estimate, type Series } from '../results/series'
import { STAGE_WORDS } from '../runs/stage'
import { TARGET_WORDS } from '../results/targetWords'

/** Where a number stands among what a series measured. */
export interface Place {
  dataset: string
  measure: string
  /** Under which measure's name it is shown and compared, where that is another: what the paper called it. */
  as?: string
}

/** What a place is shown as, and looked up by among the published numbers. */
const shown = ({ dataset, measure, as = measure }: Place) => ({ dataset, measure: as })

export function cellOf(found: Estimate | null, published: number | null): PaperCell | null {
  return found && { ...found, difference: published === null ? null : found.value - published }
}

const NOTHING: Record<Protocol, PaperCell | null> = { described: null, released: null }

export const labelOf = ({ stage, target, variant }: Pick<Series, 'stage' | 'target' | 'variant'>): string =>
  stage === 'pretrained' && target === 'hard'
    ? STAGE_WORDS.pretrained
    : `${STAGE_WORDS[stage]} on ${target === 'aggregated' ? `labels ${variant}` : TARGET_WORDS[target]}`

/**
 * A row a network, and one of the mean over networks where several ran, from series of one stage and target.
 * @param place where a series has the number; null where it has none
 */
export function rowsFor(series: readonly Series[], place: (series: Series) => Place | null): PaperRow[] {
  const placed = series.flatMap((each) => {
    const at = place(each)
    return at && valuesOf(each, at.dataset, at.measure).size > 0 ? [{ each, at }] : []
  })
  const own = [...groupBy(placed, ({ each }) => each.network).values()].flatMap((group) => rowOf(group) ?? [])
  return [...own, ...meansOf(placed)]
}

type Placed = { each: Series; at: Place }

function rowOf(group: Placed[]): PaperRow | null {
  const [first] = group
  if (!first) return null
  const { network, stage, target } = first.each
  const at = shown(first.at)
  const paper = publishedFor({ stage, target, network, ...at })
  const cells = { ...NOTHING }
  for (const { each, at: place } of group) {
    const cell = cellOf(estimateOf(each, place.dataset, place.measure), paper?.value ?? null)
    const own = shown(place)
    const elsewhere = own.dataset !== at.dataset || own.measure !== at.measure
    cells[each.protocol] = cell && { ...cell, ...(elsewhere && { at: own }) }
  }
  return {
    network,
    stage,
    target,
    label: labelOf(first.each),
    ...at,
    cells,
    published: paper?.value ?? null,
    source: paper?.source ?? '',
  }
}

/** Protocols that ran the same networks share a row. */
function meansOf(placed: Placed[]): PaperRow[] {
  const rows = new Map<string, PaperRow>()
  for (const protocol of PROTOCOLS) {
    const own = placed.filter(({ each }) => each.protocol === protocol)
    const [first] = own
    if (!first || own.length < 2) continue
    const { stage, target } = first.each
    const network = meanName(own.length)
    const at = shown(first.at)
    const paper = publishedFor({ stage, target, network, ...at })
    const tables = own.map((one) => valuesOf(one.each, one.at.dataset, one.at.measure))
    const share = Math.max(...own.map(({ each }) => each.testShare))
    const key = own.map(({ each }) => each.network).join('\n')
    const row: PaperRow = rows.get(key) ?? {
      network,
      stage,
      target,
      label: labelOf(first.each),
      ...at,
      cells: { ...NOTHING },
      published: paper?.value ?? null,
      source: paper?.source ?? '',
    }
    const cell = cellOf(overNetworks(tables, share), row.published)
    const elsewhere = row.dataset !== at.dataset || row.measure !== at.measure
    row.cells[protocol] = cell && { ...cell, ...(elsewhere && { at }) }
    rows.set(key, row)
  }
  return [...rows.values()]
}

/** The images a cross-validated network held out. */
export function heldOut(series: Series, measure: string): Place | null {
  const [run] = series.runs
  return run && run.config.folds > 1 ? { dataset: datasetOf(run), measure } : null
}

/** One of the paper's sets, by the name it has in report.json. */
export function onSet(series: Series, set: PaperSet | 'judged', measure: string): Place | null {
  const parts = series.runs.flatMap(partsOf)
  const found = parts.find((part) =>
    set === 'judged'
      ? !part.heldOut && isJudgedSet(part.dataset) && !part.dataset.includes('all images')
      : paperSet(part.dataset) === set,
  )
  return found ? { dataset: found.dataset, measure } : null
}

/** Series of one stage, or of the next one asked for where the first has none. */
export function ofStage(series: readonly Series[], ...stages: Series['stage'][]): Series[] {
  for (const stage of stages) {
    const found = series.filter((each) => each.stage === stage)
    if (found.length > 0) return found
  }
  return []
}

/** Which rate each network stands for, where one was chosen; those of which the same is said share a sentence. */
export function choices(series: readonly Series[]): string[] {
  const told = series.filter(({ chosen }) => chosen !== null)
  const groups = groupBy(told, ({ protocol, chosen }) => `${protocol}\n${chosen ?? ''}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const networks = [...groupBy(group, ({ network }) => network)].map(
      ([network, own]) => `${network} (${own.map(({ variant }) => variant).join(', ')})`,
    )
    return [`Protocol ${first.protocol}, ${first.chosen ?? ''}: ${networks.join('; ')}.`]
  })
}

/** A number of the paper with nothing of ours beside it. */
export function publishedOnly(row: Omit<PaperRow, 'cells' | 'published' | 'source'>): PaperRow[] {
  const { network, stage, target, dataset, measure } = row
  const paper = target === null ? null : publishedFor({ stage, dataset, network, target, measure })
  return paper ? [{ ...row, cells: { ...NOTHING }, published: paper.value, source: paper.source }] : []
}
