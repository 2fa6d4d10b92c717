/** The words of the gallery's filters and fields, and the sets of runs it can average. */
import type { RunConfig } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import type { GalleryField, GalleryFilter, Outcome, Pair } from '../../domain/labels/gallery'
import { stageOf, STAGE_WORDS } from '../../domain/runs/stage'
import { foldLabel } from '../../domain/runs/foldLabel'
import { plural } from '../../domain/text/numbers'
import { particularsAmong } from '../../domain/results/trainings'
import { targetName } from '../../domain/results/targetWords'
import { markOf } from './targets'

export const FILTERS: { value: GalleryFilter; text: string; needsNetwork: boolean }[] = [
  { value: 'all', text: 'All images', needsNetwork: false },
  { value: 'agree', text: 'Top guesses agree', needsNetwork: true },
  { value: 'both-confident', text: 'Both confident', needsNetwork: true },
  { value: 'people-confident', text: 'People confident, network not', needsNetwork: true },
  { value: 'network-confident', text: 'Network confident, people not', needsNetwork: true },
  { value: 'both-uncertain', text: 'Both uncertain', needsNetwork: true },
  { value: 'confidently-wrong', text: 'Network confidently wrong', needsNetwork: true },
]
export const filterText = (filter: GalleryFilter) => FILTERS.find(({ value }) => value === filter)?.text ?? filter

/** What a field needs to be there. */
type Needs = 'nothing' | 'network' | 'attack' | 'other'
export interface FieldWords {
  value: GalleryField
  text: string
  needs: Needs
  /** Of the CSV. */
  column: string
  digits: number
}

export const FIELDS: FieldWords[] = [
  { value: 'human-entropy', text: 'Human entropy', needs: 'nothing', column: 'human_entropy_nats', digits: 3 },
  { value: 'network-entropy', text: 'Network entropy', needs: 'network', column: 'network_entropy_nats', digits: 3 },
  {
    value: 'divergence',
    text: 'Jensen-Shannon divergence',
    needs: 'network',
    column: 'jensen_shannon_nats',
    digits: 3,
  },
  { value: 'kl', text: 'KL divergence from people', needs: 'network', column: 'kl_nats', digits: 3 },
  {
    value: 'cross-entropy',
    text: 'Cross-entropy to people',
    needs: 'network',
    column: 'cross_entropy_nats',
    digits: 3,
  },
  { value: 'confidence', text: 'Confidence', needs: 'network', column: 'confidence', digits: 3 },
  { value: 'margin', text: 'Margin over the second guess', needs: 'network', column: 'margin', digits: 3 },
  { value: 'accuracy', text: 'Accuracy of the top guess', needs: 'network', column: 'top_guess_accuracy', digits: 2 },
  {
    value: 'attack-change',
    text: 'Change under attack',
    needs: 'attack',
    column: 'label_probability_change',
    digits: 3,
  },
  {
    value: 'difference',
    text: 'Difference in cross-entropy',
    needs: 'other',
    column: 'cross_entropy_difference_nats',
    digits: 3,
  },
  {
    value: 'other-entropy',
    text: 'Entropy of the other network',
    needs: 'other',
    column: 'other_entropy_nats',
    digits: 3,
  },
  {
    value: 'other-cross-entropy',
    text: 'Cross-entropy of the other',
    needs: 'other',
    column: 'other_cross_entropy_nats',
    digits: 3,
  },
  { value: 'index', text: 'Order in the set', needs: 'nothing', column: 'index', digits: 0 },
]
export const fieldWords = (field: GalleryField): FieldWords => FIELDS.find(({ value }) => value === field) as FieldWords

export const OUTCOME_WORDS: Record<Outcome, string> = {
  fooled: 'fooled by it',
  held: 'held under it',
  wrong: 'wrong already',
}

export const pairWords = (first: string, second: string): Record<Pair, string> => ({
  'both-right': 'Both right',
  'first-right': `${first} right, ${second} wrong`,
  'second-right': `${second} right, ${first} wrong`,
  'both-wrong': 'Both wrong',
})

export interface NetworkChoice {
  key: string
  text: string
  runs: number[]
  /** Of its target: how it looks beside one of the other kind; null for people only. */
  mark: 'hard' | 'soft' | null
}

/** What keeps runs of one network and target from being averaged: how they came about. */
function apart(config: RunConfig): string[] {
  const stage = stageOf(config)
  return [
    ...(stage === 'from-scratch' ? [] : [STAGE_WORDS[stage]]),
    ...(config.protocol === 'described' ? [] : ['as released']),
  ]
}

const plainName = (config: RunConfig): string => [config.network, targetName(config), ...apart(config)].join(', ')

/**
 * What runs that were trained alike are called among these: "resnet_basic_8, soft", or "resnet_basic_8, soft, 30 ep.".
 */
export function groupNames(runs: readonly RunInfo[]): (run: Pick<RunInfo, 'config'>) => string {
  const particulars = particularsAmong(runs, plainName)
  return (run) => [plainName(run.config), particulars(run)].filter((part) => part !== '').join(', ')
}
export const runKeyOf = (id: number) => `run ${id}`
export const PEOPLE_ONLY: NetworkChoice = { key: 'people', text: 'People only', runs: [], mark: null }

const single = (run: RunInfo, name: string): NetworkChoice => ({
  key: runKeyOf(run.id),
  text: `run ${run.id}: ${name}, ${foldLabel(run.config.fold, run.config.folds)}`,
  runs: [run.id],
  mark: markOf(run.config.target),
})

/** Runs that the gallery can show: done on these images, with some of them held out. */
export const shownRuns = (runs: readonly RunInfo[], imageSet: string) =>
  runs.filter(
    ({ state, config, result }) => state === 'done' && config.imageSet === imageSet && (result?.heldOut ?? 0) > 0,
  )

/** People only; finished runs that were trained alike averaged (each image held out once per fold); single runs. */
export function networkChoices(runs: readonly RunInfo[], imageSet: string): NetworkChoice[] {
  const groups = new Map<string, RunInfo[]>()
  const shown = shownRuns(runs, imageSet)
  const nameOf = groupNames(shown)
  for (const run of shown) {
    const key = nameOf(run)
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  const grouped = [...groups].map(([key, list]): NetworkChoice => ({
    key,
    text: `${key} · ${plural(list.length, 'run')}`,
    runs: list.map(({ id }) => id),
    mark: markOf(list[0]?.config.target ?? 'hard'),
  }))
  const singles = [...groups.values()].flatMap((list) =>
    list.length < 2 ? [] : list.map((run) => single(run, nameOf(run))),
  )
  return [...grouped, ...singles, PEOPLE_ONLY]
}

/** The choice whose runs held out the most images between them, the first of equals: shown where nobody has chosen. */
export function mostHeldOut(choices: readonly NetworkChoice[], runs: readonly RunInfo[]): NetworkChoice | undefined {
  const heldOut = new Map(runs.map(({ id, result }) => [id, result?.heldOut ?? 0]))
  const seen = (choice: NetworkChoice) => choice.runs.reduce((sum, id) => sum + (heldOut.get(id) ?? 0), 0)
  return choices.reduce<NetworkChoice | undefined>(
    (best, each) => (best === undefined || seen(each) > seen(best) ? each : best),
    undefined,
  )
}

/** The choice of a key, also of a run that is the only one of its group; null where there is none. */
export function choiceOf(choices: readonly NetworkChoice[], runs: readonly RunInfo[], key: string | null) {
  const run = /^run (\d+)$/.exec(key ?? '')
  const found = run && runs.find(({ id, state }) => state === 'done' && id === Number(run[1]))
  return (
    choices.find((choice) => choice.key === key) ??
    (found ? single(found, groupNames(shownRuns(runs, found.config.imageSet))(found)) : null)
  )
}
