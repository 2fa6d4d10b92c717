/**
 * Taking finished runs of other projects into one: of shards that a cluster's machines worked off (shards.ts), of a
 * colleague's project. All are checked before the first is taken; each is taken whole or not at all, so that a merge
 * that was cut off goes on when asked again. The other projects are only read, and need not be writable.
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunInfo } from '../../domain/runs/info'
import type { Target } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { openSnapshot, type ProjectStore } from '../storage'
import { addFinishedRun, linkRunFiles } from '../storage/finishedRuns'
import { isProject, noProject } from '../storage/projectFolder'
import { checkRunFolder } from './runFolderCheck'
import { digestsOf, requireSame } from './runData'

export interface MergeResult {
  merged: number
  /** Finished in the project already, or in a folder named before. */
  skipped: number
  runs: { id: number; key: string; network: string; target: Target; fold: number; folds: number; from: string }[]
}

/**
 * The projects a folder stands for: itself and those in its `shards`, or, where it is neither, those in it.
 *
 * @throws StudioError('not-found') where there are none
 */
export function projectsIn(path: string): string[] {
  const folder = resolve(path)
  const inside = (parent: string) => {
    try {
      return readdirSync(parent)
        .sort()
        .map((name) => join(parent, name))
        .filter(isProject)
    } catch {
      return []
    }
  }
  const found = [...(isProject(folder) ? [folder] : []), ...inside(join(folder, 'shards'))]
  const all = found.length > 0 ? found : inside(folder)
  if (all.length === 0) throw noProject(folder)
  return all
}

/** Opens these projects, each once and without the one in `but`, as they are at this moment. */
export function withSources<T>(projects: readonly string[], but: string, use: (sources: ProjectStore[]) => T): T {
  const sources: ProjectStore[] = []
  try {
    for (const path of new Set(projects)) if (path !== resolve(but)) sources.push(openSnapshot(path))
    return use(sources)
  } finally {
    for (const source of sources) source.close()
  }
}

const nameOf = (source: ProjectStore, run: RunInfo): string => `run ${run.id} of ${source.folder} (${run.key})`

/** Refuses a run on other data than this project's, by the sets that the other project holds. */
function checkData(store: ProjectStore, source: ProjectStore, run: RunInfo) {
  requireSame(store, digestsOf(source, [run.config]), nameOf(source, run), source.runFolder(run.id))
}

/** A finished run of another project that fits this one: on the same data, with all of its files. */
export function checkRun(store: ProjectStore, source: ProjectStore, run: RunInfo) {
  const folder = source.runFolder(run.id)
  checkData(store, source, run)
  requireSame(store, checkRunFolder(folder, run), nameOf(source, run), folder)
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

interface Found {
  source: ProjectStore
  run: RunInfo
}

/** @throws StudioError naming the run, and the set or the file; nothing is changed then */
export function mergeInto(store: ProjectStore, folders: readonly string[]): MergeResult {
  return withSources(folders.flatMap(projectsIn), store.folder, (sources) => {
    const finished = sources.flatMap((source) =>
      source.runs
        .list()
        .filter(({ state }) => state === 'done')
        .map((run): Found => ({ source, run })),
    )
    for (const { source, run } of finished) checkData(store, source, run)
    // The files of those that are taken alone: a plan's checkpoints may be terabytes, and a network lies in many
    // shares.
    const wanted = new Map<string, Found>()
    for (const found of finished)
      if (!wanted.has(found.run.key) && !isDone(store, found.run.key)) wanted.set(found.run.key, found)
    for (const { source, run } of wanted.values()) checkRun(store, source, run)
    const holder = store.claims.take('merge')
    if (holder)
      throw new StudioError('conflict', `Another process merges into this project (${holder.process}).`, {
        file: store.folder,
      })
    try {
      const runs = [...wanted.values()].flatMap((found) => (isDone(store, found.run.key) ? [] : [take(store, found)]))
      return { merged: runs.length, skipped: finished.length - runs.length, runs }
    } finally {
      store.claims.release('merge')
    }
  })
}

function take(store: ProjectStore, { source, run }: Found): MergeResult['runs'][number] {
  const id = takeRun(store, source, run)
  const { network, target, fold, folds } = run.config
  return { id, key: run.key, network, target, fold, folds, from: source.folder }
}
