/** Runs that belong on one chart: same experiment, network, data and length; they differ in target, fold and seed. */
import type { ExperimentInfo, RunInfo } from '../../shared/domain'
import { plural } from './format'

/** The key of the group of all groups. */
export const ALL_RUNS = 'all'

export interface RunGroup {
  key: string
  name: string
  runs: RunInfo[]
}

export function groupRuns(runs: readonly RunInfo[], experiments: readonly ExperimentInfo[]): RunGroup[] {
  const groups = new Map<string, RunGroup>()
  for (const run of runs) {
    const { network, labelSet, epochs, trainImages, device } = run.config
    const key = JSON.stringify([run.experiment, network, labelSet, epochs, trainImages, device])
    const group = groups.get(key) ?? { key, name: '', runs: [] }
    group.runs.push(run)
    groups.set(key, group)
  }
  const list = [...groups.values()]
  for (const group of list) {
    const [first] = group.runs
    if (!first) continue
    const preset = experiments.find(({ id }) => id === first.experiment)?.preset
    const whose = preset ? `${preset} #${first.experiment}` : 'own'
    group.name = `${whose} · ${first.config.network} · ${first.config.epochs} ep. · ${plural(group.runs.length, 'run')}`
  }
  list.reverse()
  const all = { key: ALL_RUNS, name: `All runs · ${plural(runs.length, 'run')}`, runs: [...runs] }
  return list.length > 1 ? [...list, all] : list
}

/** What to look at first: what runs now, else the newest that has begun, else the newest. */
export function firstGroup(groups: readonly RunGroup[]): RunGroup | undefined {
  const some = (is: (run: RunInfo) => boolean) => groups.find(({ key, runs }) => key !== ALL_RUNS && runs.some(is))
  return some(({ state }) => state === 'running') ?? some(({ startedAt }) => startedAt !== null) ?? groups[0]
}
