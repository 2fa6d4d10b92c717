/**
 * How runs were trained, and in what trainings of one name differ: only runs that were trained alike are averaged.
 * Pure.
 */
import type { RunConfig, Target } from '../runs/config'
import type { RunInfo } from '../runs/info'

/** Targets that take the publisher's labels: whose judgments the run is measured against changes nothing in it. */
const PUBLISHERS: ReadonlySet<Target> = new Set<Target>(['hard', 'mixup'])

function scheduleWords({ schedule }: RunConfig): string {
  if (schedule.kind === 'step') return `step × ${schedule.gamma} at ${schedule.milestones.join(', ')}`
  return schedule.kind === 'cosine' && schedule.epochs !== undefined ? `cosine over ${schedule.epochs}` : schedule.kind
}

/**
 * Everything but network, stage, protocol, target, fold and seed that makes a training another one, each as it is said.
 */
const TRAINING: readonly ((config: RunConfig) => string)[] = [
  ({ epochs }) => `${epochs} ep.`,
  ({ trainImages }) => (trainImages === null ? 'all images' : `${trainImages} images`),
  ({ learningRate }) => `rate ${learningRate}`,
  ({ batch }) => `batch ${batch}`,
  ({ folds }) => `${folds} folds`,
  ({ optimiser, momentum, nesterov }) =>
    optimiser === 'adam' ? 'Adam' : `momentum ${momentum}${nesterov ? ', Nesterov' : ''}`,
  scheduleWords,
  ({ weightDecay }) => `decay ${weightDecay}`,
  ({ augment }) => (augment ? 'cropped' : 'not cropped'),
  ({ cutout }) => (cutout ? `cutout ${cutout}` : 'no cutout'),
  ({ selection }) => (selection === 'last' ? 'last epoch' : `epoch by ${selection}`),
]
/** Whose labels it was trained towards. */
const labelWords = ({ target, labelSet }: RunConfig): string => (PUBLISHERS.has(target) ? '' : (labelSet ?? ''))

/** Equal for runs that were trained alike but for the target. */
export const trainingOf = (config: RunConfig): string => TRAINING.map((say) => say(config)).join('|')
const wordsOf = (config: RunConfig): string[] => [...TRAINING.map((say) => say(config)), labelWords(config)]
/** Equal for runs of one target that were trained alike. */
export const recipeOf = (config: RunConfig): string => wordsOf(config).join('|')

/** Which of the words it takes to tell the lists apart. */
function telling(lists: readonly string[][]): number[] {
  const apart = (at: readonly number[]) => new Set(lists.map((words) => at.map((i) => words[i]).join('|'))).size
  const told: number[] = []
  lists[0]?.forEach((_, at) => {
    if (apart([...told, at]) > apart(told)) told.push(at)
  })
  return told
}

/**
 * What sets a run's training apart from others of the same name, "30 ep."; empty where all of its name were trained
 * alike. Of runs that are not among `runs` nothing is said.
 */
export function particularsAmong(runs: readonly RunInfo[], nameOf: (config: RunConfig) => string) {
  const lists = new Map<string, string[][]>()
  for (const { config } of runs) lists.set(nameOf(config), [...(lists.get(nameOf(config)) ?? []), wordsOf(config)])
  const told = new Map([...lists].map(([name, words]) => [name, telling(words)]))
  return ({ config }: Pick<RunInfo, 'config'>): string => {
    const words = wordsOf(config)
    return (told.get(nameOf(config)) ?? []).flatMap((at) => words[at] || []).join(', ')
  }
}
