/** What every run that had held an image out said of it, as rows of a table, and the mean of those trained alike. */
import type { GalleryImage, GalleryImageRun } from '../../../contract'
import { entropyNats } from '../../../domain/labels/distribution'
import type { RunInfo } from '../../../domain/runs/info'
import type { Target } from '../../../domain/runs/config'
import { stageOf, STAGE_WORDS } from '../../../domain/runs/stage'
import { groupNames } from '../../lib/galleryChoices'
import type { SortValue } from '../../lib/sort'

const CLIP = 1e-12

export interface SeenBy {
  guess: number
  /** Probability of the label; NaN without a label. */
  ofLabel: number
  /** Nats. */
  entropy: number
  /** Jensen-Shannon, nats; NaN where nobody judged the image. */
  divergence: number
  /** To people, nats; NaN where nobody judged the image. */
  crossEntropy: number
}

export interface RunRow extends SeenBy {
  run: RunInfo
  stage: string
  attacks: GalleryImageRun['attacks']
  /** How many of the attacks turned it. */
  fooled: number
}

export type RunColumn =
  'run' | 'network' | 'target' | 'stage' | 'fold' | 'guess' | 'label' | 'entropy' | 'divergence' | 'attacks'

function divergence(people: readonly number[], network: readonly number[]): number {
  const middle = people.map((p, c) => (p + (network[c] ?? 0)) / 2)
  return Math.max(0, entropyNats(middle) - (entropyNats(people) + entropyNats(network)) / 2)
}

const crossEntropy = (people: readonly number[], network: readonly number[]): number =>
  people.reduce((sum, p, c) => (p > 0 ? sum - p * Math.log(Math.max(CLIP, network[c] ?? 0)) : sum), 0)

export function seenBy(people: readonly number[] | null, network: readonly number[], label: number): SeenBy {
  return {
    guess: network.indexOf(Math.max(...network)),
    ofLabel: network[label] ?? NaN,
    entropy: entropyNats(network),
    divergence: people ? divergence(people, network) : NaN,
    crossEntropy: people ? crossEntropy(people, network) : NaN,
  }
}

export function runRows({ people, label, runs }: GalleryImage, known: readonly RunInfo[]): RunRow[] {
  const byId = new Map(known.map((run) => [run.id, run]))
  return runs.flatMap(({ run: id, probabilities, attacks }) => {
    const run = byId.get(id)
    if (!run) return []
    const fooled = attacks.filter(({ outcome }) => outcome === 'fooled').length
    return [{ run, stage: STAGE_WORDS[stageOf(run.config)], attacks, fooled, ...seenBy(people, probabilities, label) }]
  })
}

export const RUN_COLUMNS: Record<RunColumn, (row: RunRow) => SortValue> = {
  run: ({ run }) => run.id,
  network: ({ run }) => run.config.network,
  target: ({ run }) => run.config.target,
  stage: ({ stage }) => stage,
  fold: ({ run }) => run.config.fold,
  guess: ({ guess }) => guess,
  label: ({ ofLabel }) => (Number.isNaN(ofLabel) ? null : ofLabel),
  entropy: (row) => row.entropy,
  divergence: (row) => (Number.isNaN(row.divergence) ? null : row.divergence),
  attacks: ({ attacks, fooled }) => (attacks.length > 0 ? fooled / attacks.length : null),
}

/** The mean distribution of the runs that were trained alike, and what it comes to. */
export function trainingMeans({ people, label, runs }: GalleryImage, known: readonly RunInfo[]) {
  const seen = new Map(runs.map(({ run, probabilities }) => [run, probabilities]))
  const among = known.filter(({ id }) => seen.has(id))
  const nameOf = groupNames(among)
  const groups = new Map<string, { target: Target; rows: number[][] }>()
  for (const run of among) {
    const group = groups.get(nameOf(run)) ?? { target: run.config.target, rows: [] }
    group.rows.push(seen.get(run.id) ?? [])
    groups.set(nameOf(run), group)
  }
  return [...groups].map(([name, { target, rows }]) => {
    const mean = (rows[0] ?? []).map((_, c) => rows.reduce((sum, row) => sum + (row[c] ?? 0), 0) / rows.length)
    return { name, target, runs: rows.length, ...seenBy(people, mean, label) }
  })
}
