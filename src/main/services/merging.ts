/**
 * Taking finished runs of other projects into one: of shards that a cluster's machines worked off (shards.ts), of a
 * colleague's project. All are checked before the first is taken; each is taken whole or not at all, so that a merge
 * that was cut off goes on when asked again. The other projects are only read, and need not be writable.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunInfo, Target } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { openSnapshot, type ProjectStore } from '../store'
import { addFinishedRun, linkRunFiles } from '../store/finishedRuns'
import { isProject, noProject } from '../store/snapshot'
import { checkRunFolder } from './runCheck'
import { digestsOf, requireSame } from './runData'

export interface MergeResult {
  merged: number
  /** Finished in the project already, or in a folder named before. */
  skipped: number
  runs: { id: number; key: string; network: string; target: Target; fold: number; from: string }[]
}

/** The projects a folder stands for: itself, those in its `shards`, or, where it is such a folder, those in it. */
export function projectsIn(path: string): string[] {
  const folder = resolve(path)
  const inside = (parent: string) => {
    try {
      return readdirSync(parent).sort().map((name) => join(parent, name)).filter(isProject) // prettier-ignore
    } catch {
      return []
    }
  }
  const found = [...(isProject(folder) ? [folder] : []), ...inside(join(folder, 'shards'))]
  return found.length > 0 ? found : inside(folder)
}

/** Opens all projects that these folders stand for, but the one given, as they are at this moment. */
export function withSources<T>(folders: readonly string[], but: string, use: (sources: ProjectStore[]) => T): T {
  const paths = folders.flatMap((folder) => {
    const found = projectsIn(folder)
    if (found.length === 0) throw noProject(resolve(folder))
    return found
  })
  const sources: ProjectStore[] = []
  try {
    for (const path of new Set(paths)) if (path !== resolve(but)) sources.push(openSnapshot(path))
    return use(sources)
  } finally {
    for (const source of sources) source.close()
  }
}

/** A finished run of another project that fits this one: on the same data, with all of its files. */
export function checkRun(store: ProjectStore, source: ProjectStore, run: RunInfo) {
  const folder = source.runFolder(run.id)
  const whose = `run ${run.id} of ${source.folder} (${run.key})`
  requireSame(store, digestsOf(source, [run.config]), whose, folder)
  requireSame(store, checkRunFolder(folder, run), whose, folder)
}

/** Takes a checked run in; answers its number here. */
export function takeRun(store: ProjectStore, source: ProjectStore, run: RunInfo): number {
  const { id, ...rest } = run
  const added = {
    run: { ...rest, experiment: null },
    metrics: source.runs.metrics(id),
    attacks: source.runs.attacks(id),
  }
  return addFinishedRun(store, added, (folder) => linkRunFiles(source.runFolder(id), folder))
}

export const isDone = (store: ProjectStore, key: string): boolean => store.runs.findByKey(key)?.state === 'done'

/** @throws StudioError naming the run, and the set or the file; nothing is changed then */
export function mergeInto(store: ProjectStore, folders: readonly string[]): MergeResult {
  return withSources(folders, store.folder, (sources) => {
    const finished = sources.flatMap(
      (source) =>
      source.runs.list().filter(({ state }) => state === 'done').map((run) => ({ source, run })), // prettier-ignore
    )
    for (const { source, run } of finished) checkRun(store, source, run)
    const holder = store.claims.take('merge')
    if (holder) throw new StudioError('conflict', `Another process merges into this project (${holder.process}).`, { file: store.folder }) // prettier-ignore
    try {
      return takeAll(store, finished)
    } finally {
      store.claims.release('merge')
    }
  })
}

function takeAll(store: ProjectStore, finished: readonly { source: ProjectStore; run: RunInfo }[]): MergeResult {
  const result: MergeResult = { merged: 0, skipped: 0, runs: [] }
  for (const { source, run } of finished) {
    if (isDone(store, run.key)) {
      result.skipped++
      continue
    }
    const id = takeRun(store, source, run)
    const { network, target, fold } = run.config
    result.runs.push({ id, key: run.key, network, target, fold, from: source.folder })
    result.merged++
  }
  return result
}
