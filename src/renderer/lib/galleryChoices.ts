/** The words of the gallery's filters and sortings, and the sets of runs it can average. */
import type { GalleryQuery } from '../../shared/contract'
import type { RunConfig, RunInfo } from '../../shared/domain'
import { stageOf, STAGE_WORDS } from '../../shared/stage'
import { plural } from './format'

export const FILTERS: { value: GalleryQuery['filter']; text: string; needsNetwork: boolean }[] = [
  { value: 'all', text: 'All images', needsNetwork: false },
  { value: 'agree', text: 'Top guesses agree', needsNetwork: true },
  { value: 'both-confident', text: 'Both confident', needsNetwork: true },
  { value: 'people-confident', text: 'People confident, network not', needsNetwork: true },
  { value: 'network-confident', text: 'Network confident, people not', needsNetwork: true },
  { value: 'both-uncertain', text: 'Both uncertain', needsNetwork: true },
  { value: 'confidently-wrong', text: 'Network confidently wrong', needsNetwork: true },
]

export const SORTS: { value: GalleryQuery['sort']; text: string; needsNetwork: boolean }[] = [
  { value: 'human-entropy', text: 'Human entropy', needsNetwork: false },
  { value: 'network-entropy', text: 'Network entropy', needsNetwork: true },
  { value: 'divergence', text: 'Divergence, people to network', needsNetwork: true },
  { value: 'cross-entropy', text: 'Cross-entropy to people', needsNetwork: true },
  { value: 'index', text: 'Order in the set', needsNetwork: false },
]

export interface NetworkChoice {
  key: string
  text: string
  runs: number[]
}

/** What keeps runs of one network and target from being averaged: how they came about. */
function apart(config: RunConfig): string[] {
  const stage = stageOf(config)
  return [
    ...(stage === 'from-scratch' ? [] : [STAGE_WORDS[stage]]),
    ...(config.protocol === 'described' ? [] : ['as released']),
  ]
}

/** People only; all finished runs of a network and target averaged (each image held out once per fold); single runs. */
export function networkChoices(runs: readonly RunInfo[], imageSet: string): NetworkChoice[] {
  const fitting = runs.filter(({ state, config }) => state === 'done' && config.imageSet === imageSet)
  const groups = new Map<string, RunInfo[]>()
  for (const run of fitting) {
    const key = [run.config.network, run.config.target, ...apart(run.config)].join(', ')
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const grouped = [...groups].map(([key, list]) => ({ key, text: `${key} · ${plural(list.length, 'run')}`, runs: list.map(({ id }) => id) })) // prettier-ignore
  const single = [...groups].flatMap(
    ([, list]) =>
    list.length < 2
      ? []
      : list.map(({ id, config }) => ({ key: `run ${id}`, text: `run ${id}: ${[config.network, config.target, ...apart(config)].join(', ')}, fold ${config.fold + 1}`, runs: [id] })), // prettier-ignore
  )
  return [...grouped, ...single, { key: 'people', text: 'People only', runs: [] }]
}
