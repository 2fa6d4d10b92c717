/** Whose labels a place shows first where nobody has chosen. */
import type { LabelSetInfo } from '../../domain/labels/sets'
import type { RunInfo } from '../../domain/runs/info'

/** Those that most finished runs were measured against; without runs the newest that people gave, else the newest. */
export function usualLabels(sets: readonly LabelSetInfo[], runs: readonly RunInfo[]): LabelSetInfo | undefined {
  const times = new Map<string, number>()
  for (const { state, config } of runs)
    if (state === 'done' && config.folds > 1 && config.labelSet !== null)
      times.set(config.labelSet, (times.get(config.labelSet) ?? 0) + 1)
  const newest = [...sets].sort((a, b) => b.id - a.id)
  const used = newest
    .filter(({ name }) => times.has(name))
    .sort((a, b) => (times.get(b.name) ?? 0) - (times.get(a.name) ?? 0))
  return used[0] ?? newest.find(({ format }) => format !== 'aggregate') ?? newest[0]
}
