/** What the table of runs sorts by. */
import type { RunInfo } from '../../../domain/runs/info'
import { runShare } from '../../lib/runWords'
import type { SortValue } from '../../lib/sort'

export type RunColumn =
  | 'place'
  | 'id'
  | 'network'
  | 'target'
  | 'fold'
  | 'seed'
  | 'state'
  | 'speed'
  | 'memory'
  | 'accuracy'
  | 'people'
  | 'tags'

/** Running first, then those that wait in their order, then paused ones; ended ones have no place. */
export function placeOf(run: RunInfo, places: ReadonlyMap<number, number>): number | null {
  if (run.state === 'running') return 0
  if (run.state === 'queued') return places.get(run.id) ?? 1e9
  return run.state === 'paused' ? 1e9 + 1 : null
}

export const runValues = (places: ReadonlyMap<number, number>): Record<RunColumn, (run: RunInfo) => SortValue> => ({
  place: (run) => placeOf(run, places),
  id: ({ id }) => id,
  network: ({ config }) => config.network,
  target: ({ config }) => config.target,
  fold: ({ config }) => config.fold,
  seed: ({ config }) => config.seed,
  state: runShare,
  speed: ({ state, progress }) => (state === 'running' ? progress?.imagesPerSecond : null),
  memory: ({ progress }) => progress?.residentMb,
  accuracy: ({ result }) => result?.measures['accuracy'],
  people: ({ result }) => result?.measures['crossEntropyToPeople'],
  tags: ({ tags = [] }) => tags.join(' ') || null,
})
