/** What targets are called in a report, and which runs are the same but for fold and seed. */
import { TARGETS, type RunConfig, type Target } from '../runs/config'

export const TARGET_WORDS: Record<Target, string> = {
  hard: 'hard labels',
  soft: 'human soft labels',
  'category-soft': 'category soft labels',
  'sampled-hard': 'labels sampled from people',
  mixup: 'hard labels with mixup',
  distilled: 'other networks’ mean prediction',
  'majority-hard': 'people’s majority as hard labels',
  'mode-forced': 'human soft labels, the label made their mode',
  smoothed: 'smoothed labels',
  aggregated: 'aggregated labels',
}

type Varied = Pick<RunConfig, 'target' | 'aggregatedFrom' | 'teachers'>

/** The target with what sets it apart from others of its name: "aggregated from dawid-skene". */
export function variantOf({ target, aggregatedFrom, teachers }: Varied): string {
  if (target === 'aggregated' && aggregatedFrom !== null) return `aggregated from ${aggregatedFrom}`
  if (target === 'distilled' && teachers.length > 1) return `distilled from ${teachers.length} networks`
  return target
}

/** The variant as one training among others is called: "mixup 0.2". */
export const targetName = (config: Varied & Pick<RunConfig, 'mixupAlpha'>): string =>
  [variantOf(config), config.target === 'mixup' ? config.mixupAlpha : null].filter((part) => part !== null).join(' ')

/** Equal for runs of one variant; the words alone may not tell two apart. */
export const variantKey = (config: Varied): string => [variantOf(config), ...config.teachers].join(' ')

export const inPaperOrder = (a: Target, b: Target): number => TARGETS.indexOf(a) - TARGETS.indexOf(b)
