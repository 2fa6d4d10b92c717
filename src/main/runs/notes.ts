/** What a person keeps with runs (a note, tags), and runs taken out of the project as long as that can be undone. */
import type { RunInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { processName } from '../storage/processes'
import { dependencies } from './dependencies'

export interface RunNotes {
  note?: string
  tags?: string[]
}

/** Tags once each, without space around them, in the order given. */
export const tidyTags = (tags: readonly string[]): string[] =>
  [...new Set(tags.map((tag) => tag.trim()))].filter((tag) => tag !== '')

/** All or none. */
export function annotate(store: ProjectStore, ids: readonly number[], { note, tags }: RunNotes): RunInfo[] {
  return store.transaction(() =>
    ids.map((id) =>
      store.runs.change(found(store, id).id, {
        ...(note !== undefined && { note }),
        ...(tags !== undefined && { tags: tidyTags(tags) }),
      }),
    ),
  )
}

const ENDED: ReadonlySet<RunInfo['state']> = new Set<RunInfo['state']>(['done', 'failed', 'stopped'])

/**
 * Takes ended runs out, all or none. What they left stays on disk until the project is opened anew.
 * Throws StudioError('conflict') for one that has not ended, or that a waiting run needs.
 */
export function removeRuns(store: ProjectStore, ids: readonly number[]) {
  store.transaction(() => {
    const needed = neededBy(store)
    for (const id of ids) {
      const run = found(store, id)
      if (!ENDED.has(run.state))
        throw new StudioError('conflict', `Run ${id} is ${run.state} and cannot be removed.`, {
          hint: 'Stop it first.',
        })
      const waits = needed.get(run.key)
      if (waits !== undefined)
        throw new StudioError(
          'conflict',
          `Run ${id} cannot be removed: run ${waits}, which has not ended, needs its network.`,
          { hint: `Stop run ${waits} first.` },
        )
      store.runs.hide(id, processName())
    }
  })
}

/** Brings removed runs back, all or none. Throws StudioError('not-found') where one is gone for good. */
export function restoreRuns(store: ProjectStore, ids: readonly number[]) {
  store.transaction(() => {
    for (const id of ids)
      if (!store.runs.show(id)) throw new StudioError('not-found', `Run ${id} is not among the removed ones.`)
  })
}

/** By key, a run that has not ended and needs it. */
function neededBy(store: ProjectStore): Map<string, number> {
  const needed = new Map<string, number>()
  for (const { id, state, config } of store.runs.list())
    if (!ENDED.has(state)) for (const key of dependencies(config)) needed.set(key, id)
  return needed
}

function found(store: ProjectStore, id: number): RunInfo {
  const run = store.runs.find(id)
  if (run) return run
  throw new StudioError('not-found', `There is no run ${id} in this project.`)
}
