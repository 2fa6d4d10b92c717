/**
 * Which runs are one line of a chart, and how lines are told apart. The colour says hard from soft (lib/targets); lines
 * of one colour differ in dash and marker, and every line has its name at its end. Pure.
 */
import { TARGETS, type RunConfig } from '../../domain/runs/config'
import type { RunInfo } from '../../domain/runs/info'
import { targetName } from '../../domain/results/targetWords'
import { stageOf } from '../../domain/runs/stage'
import { markOf } from './targets'

/** Marks of points, by the names of Chart.js. */
export type Marker = 'circle' | 'rect' | 'triangle' | 'rectRot' | 'rectRounded' | 'star' | 'crossRot'

export interface LineStyle {
  colour: 'hard' | 'soft'
  dash: number[]
  marker: Marker
}
export interface RunLine extends LineStyle {
  key: string
  /** As short as tells it from the other lines. */
  name: string
  runs: RunInfo[]
}

/**
 * Hard is dashed and square, soft solid and round, as in every chart; further lines of either continue from there. As
 * many of each as a chart draws (MOST_LINES): all of them can be of one color.
 */
const HARD: readonly Omit<LineStyle, 'colour'>[] = [
  { dash: [5, 3], marker: 'rect' },
  { dash: [1.5, 3], marker: 'rectRot' },
  { dash: [9, 3, 2, 3], marker: 'crossRot' },
  { dash: [12, 4], marker: 'star' },
  { dash: [3, 3], marker: 'triangle' },
  { dash: [7, 2, 2, 2], marker: 'rectRounded' },
  { dash: [2, 5], marker: 'circle' },
  { dash: [16, 3], marker: 'rect' },
  { dash: [6, 6], marker: 'rectRot' },
  { dash: [10, 3, 3, 3], marker: 'triangle' },
]
const SOFT: readonly Omit<LineStyle, 'colour'>[] = [
  { dash: [], marker: 'circle' },
  { dash: [8, 2], marker: 'triangle' },
  { dash: [2, 2], marker: 'rectRounded' },
  { dash: [10, 2, 2, 2], marker: 'star' },
  { dash: [4, 2], marker: 'rectRot' },
  { dash: [14, 3], marker: 'crossRot' },
  { dash: [6, 2, 1.5, 2], marker: 'circle' },
  { dash: [1.5, 4], marker: 'rect' },
  { dash: [12, 2, 4, 2], marker: 'triangle' },
  { dash: [3, 5], marker: 'star' },
]

/** More lines than this no reader tells apart: the rest is left out, and said to be. */
export const MOST_LINES = 10

/** What runs of one line share, each as it is said where lines differ in it. */
const SHARED: readonly ((config: RunConfig) => string)[] = [
  ({ network }) => network,
  targetName,
  (config) => STAGE_NAMES[stageOf(config)],
  ({ epochs }) => `${epochs} ep.`,
  ({ protocol }) => protocol,
  ({ trainImages }) => (trainImages === null ? 'all images' : `${trainImages} images`),
  ({ learningRate }) => `rate ${learningRate}`,
  ({ batch }) => `batch ${batch}`,
  ({ optimiser, momentum }) => (optimiser === 'adam' ? 'Adam' : `momentum ${momentum}`),
  ({ schedule }) => schedule.kind,
  ({ weightDecay }) => `decay ${weightDecay}`,
  ({ augment }) => (augment ? 'cropped' : 'not cropped'),
  ({ labelSet, imageSet }) => labelSet ?? imageSet,
]
const TARGET_AT = 1
const STAGE_NAMES = {
  'from-scratch': 'from scratch',
  pretrained: 'pretrained',
  'fine-tuned': 'fine-tuned',
  imported: 'imported',
} as const

/** Which words it takes to tell the lines apart: each that tells more of them apart than those before it. */
function telling(lines: readonly string[][]): ReadonlySet<number> {
  const told = new Set([TARGET_AT])
  const apart = (at: ReadonlySet<number>) =>
    new Set(lines.map((words) => words.filter((_, i) => at.has(i)).join('\n'))).size
  SHARED.forEach((_, at) => {
    if (apart(new Set([...told, at])) > apart(told)) told.add(at)
  })
  // The target goes without saying where another word tells as much.
  const rest = new Set([...told].filter((at) => at !== TARGET_AT))
  return rest.size > 0 && apart(rest) === lines.length ? rest : told
}

/**
 * One line for runs that differ in fold and seed alone: a mean over runs of other lengths would show the lengths. In
 * the order of networks' appearance and of TARGETS, named by what they differ in.
 */
export function linesOf(runs: readonly RunInfo[]): RunLine[] {
  const groups = new Map<string, { words: string[]; config: RunConfig; runs: RunInfo[] }>()
  for (const run of runs) {
    const words = SHARED.map((say) => say(run.config))
    const group = groups.get(words.join('\n'))
    if (group) group.runs.push(run)
    else groups.set(words.join('\n'), { words, config: run.config, runs: [run] })
  }
  const kinds = [...groups.entries()]
  const networks = [...new Set(runs.map(({ config }) => config.network))]
  const rank = ({ config }: { config: RunConfig }) =>
    networks.indexOf(config.network) * TARGETS.length + TARGETS.indexOf(config.target)
  kinds.sort(([, a], [, b]) => rank(a) - rank(b))
  const told = telling(kinds.map(([, { words }]) => words))
  const used = { hard: 0, soft: 0 }
  return kinds.map(([key, { words, config, runs: members }]) => {
    const colour = markOf(config.target)
    const styles = colour === 'hard' ? HARD : SOFT
    const style = styles[used[colour]++ % styles.length] ?? { dash: [], marker: 'circle' as const }
    return { key, name: words.filter((_, at) => told.has(at)).join(', '), colour, ...style, runs: members }
  })
}
