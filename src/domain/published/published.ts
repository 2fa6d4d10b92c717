/**
 * The paper's own numbers, for display beside what is measured here (Peterson et al., ICCV 2019). Held-out figures are
 * those of the authors' released predictions over all ten folds (networks trained on 9,000 images, section 5), those
 * on further sets of their released score tables (Figure 2); fine-tuned networks are Table 1's, FGSM is Table 2, PGD is
 * Figure 4 (both on networks fine-tuned after pre-training, section 7).
 */
import type { Protocol, Stage, Target } from '../runs/config'
import { isJudgedSet, paperSet, type PaperSet } from './dataSets'
import type { Side } from '../runs/config'
import table from './published.json'
import tables from './publishedTables.json'
import { mean } from '../averages'

export const CITATION = table.citation

interface PerTarget {
  heldOut: Record<string, number>
  fgsm: { accuracy: number; crossEntropyToLabels: number }
  /** Mean loss and accuracy after 0 to 9 iterations. */
  pgdLoss: number[]
  pgdAccuracy: number[]
}
interface PublishedNetwork {
  name: string
  hard: PerTarget
  soft: PerTarget
}

/** Of each set: accuracy, cross-entropy to labels. */
type SetScores = Record<Side, Record<PaperSet, number[]>>

/** Table 1's columns. */
export const TABLE1_COLUMNS = ['c10H', 'c10', 'v4', 'v6'] as const
export type Table1Column = (typeof TABLE1_COLUMNS)[number]

interface PublishedTables {
  sets: SetScores
  /** Mean confidence when right, when wrong. */
  confidence: Record<Side, number[]>
  /** Cross-entropies by row, in the order of `TABLE1_COLUMNS`. */
  table1: Record<string, number[]>
  /** Of the pretrained network on all 10,000 test images. */
  pretrained: Record<string, number>
}

export interface Published {
  value: number
  /** The published network it belongs to; the same family as the one asked for, not always the same depth. */
  network: string
  protocol: Protocol
  /** Where the number stands and how its making differs. */
  source: string
}

const networks: Record<string, PublishedNetwork> = table.networks
const byNetwork: Record<string, PublishedTables> = tables.networks

export const PUBLISHED_NETWORKS = Object.keys(networks)
export const FLOORS = tables.floors
export const IN_TEXT = tables.inText
export const ENSEMBLE = tables.ensemble
/** Means over the eight networks. */
export const MEANS: { sets: SetScores; heldOut: Record<Side, Record<string, number>> } = tables.meanOverNetworks
/** Table 2 before rounding: accuracy hard, soft; cross-entropy hard, soft. */
export const FGSM_EXACT: Record<string, number[]> = tables.fgsmExact

export const isPublished = (network: string): boolean => network in networks
export const publishedName = (network: string): string => networks[network]?.name ?? network

/** The published network of the same family, or null. */
export function nearestPublished(network: string): string | null {
  if (isPublished(network)) return network
  const family = (id: string) => /^[a-z]+(?:_[a-z]+)?/.exec(id.replace('preact_bottleneck', 'preact'))?.[0]
  return Object.keys(networks).find((id) => family(id) === family(network)) ?? null
}

/** "mean over 2 networks", "ensemble of 2": rows of report.json that no single network made. */
const MEAN_OVER = /^mean over \d+ networks/
const ENSEMBLE_OF = /^ensemble of \d+/

/** What a number is about. */
export interface Asked {
  stage: Stage
  /** Image set and part as in report.json. */
  dataset: string
  network: string
  target: Target
  measure: string
}

const sideOf = (target: Target): Side | null => (target === 'hard' || target === 'soft' ? target : null)
const released = (network: string, value: number | undefined, source: string): Published | null =>
  value === undefined ? null : { value, network, protocol: 'released', source: `${network}, ${source}` }

/** The published number of the same stage, data and target, of the nearest network; or null. */
export function publishedFor(asked: Asked): Published | null {
  const { stage, dataset, network, target, measure } = asked
  const judged = isJudgedSet(dataset)
  if (MEAN_OVER.test(network)) return meanPublished(asked)
  if (ENSEMBLE_OF.test(network)) return judged ? ensemblePublished(measure) : null
  const id = nearestPublished(network)
  if (id === null) return null
  const attacked = judged ? attackPublished(id, measure, target) : null
  if (attacked) return attacked
  if (stage === 'pretrained') return target === 'hard' ? pretrainedPublished(id, dataset, measure) : null
  if (stage === 'fine-tuned') return table1Published(id, target, columnOf(dataset, measure))
  if (stage === 'from-scratch')
    return judged ? heldOutPublished(id, dataset, measure, target) : setPublished(id, dataset, measure, target)
  return null
}

/** The published number nearest to a measure of runs trained from scratch on `imageSet`, held out; or null. */
export const published = (imageSet: string, network: string, measure: string, target: Target): Published | null =>
  publishedFor({ stage: 'from-scratch', dataset: `${imageSet} held-out`, network, target, measure })

const SECTION_5 = 'section 5: 10 folds, 150 epochs, epoch chosen on the held-out fold'

function heldOutPublished(id: string, dataset: string, measure: string, target: Target): Published | null {
  const side = sideOf(target)
  if (!side || !dataset.includes('held-out')) return null
  const confidence = { confidenceWhenRight: 0, confidenceWhenWrong: 1 }[measure]
  const value =
    confidence === undefined ? networks[id]?.[side].heldOut[measure] : byNetwork[id]?.confidence[side][confidence]
  return released(id, value, `${SECTION_5}; from the released predictions`)
}

const scoreOf = (scores: number[] | undefined, measure: string) =>
  measure === 'accuracy' ? scores?.[0] : measure === 'crossEntropyToLabels' ? scores?.[1] : undefined

function setPublished(id: string, dataset: string, measure: string, target: Target): Published | null {
  const [side, set] = [sideOf(target), paperSet(dataset)]
  if (!side || !set) return null
  return released(
    id,
    scoreOf(byNetwork[id]?.sets[side][set], measure),
    `Figure 2; ${SECTION_5}; from the released scores`,
  )
}

/** Of networks trained from scratch as released; elsewhere the mean of what is printed for the eight. */
function meanPublished({ stage, dataset, target, measure }: Asked): Published | null {
  const side = sideOf(target)
  const eight = 'mean over 8 networks'
  if (stage === 'from-scratch' && side && !measure.includes('-')) {
    const set = paperSet(dataset)
    const value = set
      ? scoreOf(MEANS.sets[side][set], measure)
      : isJudgedSet(dataset)
        ? MEANS.heldOut[side][measure]
        : undefined
    return released(eight, value, `Figure 2; ${SECTION_5}`)
  }
  const each = PUBLISHED_NETWORKS.flatMap((network) => publishedFor({ stage, dataset, target, measure, network }) ?? [])
  const [first] = each
  if (!first || each.length < PUBLISHED_NETWORKS.length) return null
  return released(
    eight,
    mean(each.map(({ value }) => value)),
    `mean of the eight of ${first.source.replace(/^[^,]+, /, '')}`,
  )
}

const ensemblePublished = (measure: string): Published | null => {
  const { accuracy, crossEntropyToPeople, crossEntropyToLabels } = ENSEMBLE
  const value = new Map(Object.entries({ accuracy, crossEntropyToPeople, crossEntropyToLabels })).get(measure)
  return released(
    'ensemble of 8',
    value,
    'section 6.3: mean prediction of the eight pretrained networks, all 10,000 images; printed as 0.41',
  )
}

function pretrainedPublished(id: string, dataset: string, measure: string): Published | null {
  if (isJudgedSet(dataset) && !dataset.includes('held-out'))
    return released(
      id,
      byNetwork[id]?.pretrained[measure],
      'pretrained on the 50,000; from the released predictions of all 10,000 images',
    )
  return table1Published(id, 'pretrained', columnOf(dataset, measure))
}

/** The column of Table 1 a number belongs to. */
export function columnOf(dataset: string, measure: string): Table1Column | null {
  if (isJudgedSet(dataset) && measure === 'crossEntropyToPeople') return 'c10H'
  if (measure !== 'crossEntropyToLabels') return null
  if (isJudgedSet(dataset)) return 'c10'
  const set = paperSet(dataset)
  return set === 'cifar10.1-v4' ? 'v4' : set === 'cifar10.1-v6' ? 'v6' : null
}

/** Table 1's cell, or null. */
export function table1Published(id: string, row: Target | 'pretrained', column: Table1Column | null): Published | null {
  if (column === null) return null
  const value = byNetwork[id]?.table1[row]?.[TABLE1_COLUMNS.indexOf(column)]
  const pooled =
    row === 'category-soft' && column === 'c10H'
      ? '; measured against the pooled class labels, not the images’ own'
      : ''
  const cells: Record<string, Record<string, string[]>> = tables.reconstructed
  const rebuilt = cells[id]?.[row]?.includes(column) ? '; the cell is read from the authors’ notebook' : ''
  return released(
    id,
    value,
    `Table 1: one holdout of 1,000 images, rate, seed and epoch chosen on it${pooled}${rebuilt}`,
  )
}

function attackPublished(id: string, measure: string, target: Target): Published | null {
  const side = sideOf(target)
  // As the text has them, or as they were released: augmented images, another data set's normalisation.
  const attacked = /^(fgsm|pgd)-([\d.]+)(?:-augmented-imagenet)?-([A-Za-z]+)$/.exec(measure)
  const found = side === null ? undefined : networks[id]?.[side]
  if (!attacked || !found) return null
  const [, attack, epsilon, inner] = attacked
  if (attack === 'fgsm' && (epsilon === '4' || epsilon === '8')) {
    const value = inner === 'accuracy' || inner === 'crossEntropyToLabels' ? found.fgsm[inner] : undefined
    return released(
      id,
      value,
      'Table 2: fine-tuned after pre-training; the text says epsilon 4/255, the released run used 8/255',
    )
  }
  if (attack === 'pgd' && epsilon === '4') {
    const series = inner === 'accuracy' ? found.pgdAccuracy : inner === 'crossEntropyToLabels' ? found.pgdLoss : []
    return released(id, series.at(-1), 'Figure 4: fine-tuned after pre-training; 9 iterations of 1/255, 100 images')
  }
  return null
}

/** Figure 4's loss (or accuracy) after 0 to 9 PGD iterations, or null. */
export function publishedPgd(imageSet: string, network: string, target: Side, of: 'pgdLoss' | 'pgdAccuracy') {
  const id = isJudgedSet(imageSet) ? nearestPublished(network) : null
  return id === null ? null : (networks[id]?.[target][of] ?? null)
}

export const publishedPgdLoss = (imageSet: string, network: string, target: Side): number[] | null =>
  publishedPgd(imageSet, network, target, 'pgdLoss')
