/** Runs that belong on one chart: same experiment, network, data and length; they differ in target, fold and seed. */
import type { ExperimentInfo, RunInfo, RunState } from '../../domain/runs/info'
import { plural } from '../../domain/text/numbers'

/** The key of the group of all groups. */
export const ALL_RUNS = 'all'

export interface RunGroup {
  key: string
  name: string
  runs: RunInfo[]
}

/** All of them, then the newest first: an experiment as a whole before the parts it falls into. */
export function groupRuns(runs: readonly RunInfo[], experiments: readonly ExperimentInfo[]): RunGroup[] {
  const groups = new Map<string, RunGroup>()
  for (const run of runs) {
    const { network, labelSet, epochs, trainImages, device } = run.config
    const key = JSON.stringify([run.experiment, network, labelSet, epochs, trainImages, device])
    const group = groups.get(key) ?? { key, name: '', runs: [] }
    group.runs.push(run)
    groups.set(key, group)
  }
  const parts = [...groups.values()].reverse()
  for (const group of parts) {
    const [first] = group.runs
    if (!first) continue
    const preset = experiments.find(({ id }) => id === first.experiment)?.preset
    const whose = preset ? `${preset} #${first.experiment}` : 'own'
    group.name = `${whose} · ${first.config.network} · ${first.config.epochs} ep. · ${plural(group.runs.length, 'run')}`
  }
  const wholes = experiments.flatMap((experiment) => {
    const whole = wholeOf(experiment, runs)
    return parts.some((part) => part.runs.length === whole.runs.length && part.runs[0] === whole.runs[0]) ? [] : [whole]
  })
  const list = parts.flatMap((part, at) => {
    const of = part.runs[0]?.experiment ?? null
    const isFirst = of !== null && parts.findIndex((each) => each.runs[0]?.experiment === of) === at
    return [...(isFirst ? wholes.filter(({ key }) => key === wholeKey(of)) : []), part]
  })
  const all = { key: ALL_RUNS, name: `All runs · ${plural(runs.length, 'run')}`, runs: [...runs] }
  return list.length > 1 ? [all, ...list] : list
}

const wholeKey = (experiment: number) => `experiment ${experiment}`

function wholeOf({ id, preset, runs: ids }: ExperimentInfo, runs: readonly RunInfo[]): RunGroup {
  const own = new Set(ids)
  const its = runs.filter((run) => own.has(run.id))
  return { key: wholeKey(id), name: `${preset} #${id} · all of it · ${plural(its.length, 'run')}`, runs: its }
}

/** Groups of some of the runs, the newest first. */
const partsOf = (groups: readonly RunGroup[]) => groups.filter(({ key }) => key !== ALL_RUNS)

/** The group of what was queued last. */
export const newestGroup = (groups: readonly RunGroup[]): RunGroup | undefined => partsOf(groups)[0]

/** The newest group that has a run. */
export const groupOf = (groups: readonly RunGroup[], run: number): RunGroup | undefined =>
  partsOf(groups).find(({ runs }) => runs.some(({ id }) => id === run))

/** The narrowest group that has all of these runs. */
export function groupOfAll(groups: readonly RunGroup[], runs: readonly RunInfo[]): RunGroup | undefined {
  const holding = groups.filter((group) => runs.every((run) => group.runs.includes(run)))
  return holding.sort((a, b) => a.runs.length - b.runs.length)[0]
}

/**
 * What to look at first: what runs now, else what waits or is paused, else the newest that has begun, else the newest.
 */
export function firstGroup(groups: readonly RunGroup[]): RunGroup | undefined {
  const some = (is: (run: RunInfo) => boolean) => partsOf(groups).find(({ runs }) => runs.some(is))
  const inState = (state: RunState) => some((run) => run.state === state)
  return (
    inState('running') ??
    inState('queued') ??
    inState('paused') ??
    some(({ startedAt }) => startedAt !== null) ??
    newestGroup(groups)
  )
}
