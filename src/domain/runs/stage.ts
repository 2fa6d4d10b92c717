/** Where in the paper a run belongs, told by its configuration. */
import type { RunConfig, Stage } from './config'

/** A softmax of another framework is kept as a run of a network of this name: "imported:their-resnet". */
export const IMPORTED = 'imported'

export function stageOf({ network, folds, startFrom }: Pick<RunConfig, 'network' | 'folds' | 'startFrom'>): Stage {
  if (network.startsWith(IMPORTED)) return 'imported'
  // Not said by runs of earlier versions, which all started afresh.
  if (startFrom) return 'fine-tuned'
  return folds === 1 ? 'pretrained' : 'from-scratch'
}

export const STAGE_WORDS: Record<Stage, string> = {
  'from-scratch': 'trained from scratch',
  pretrained: 'pretrained',
  'fine-tuned': 'fine-tuned',
  imported: 'imported',
}
