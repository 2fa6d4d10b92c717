/** Imports and demo sets inside a worker process. */
import type { Progress } from '../../shared/domain'
import { addToProject } from '../services/importing'
import { readAll, readDemo } from '../services/reading'
import { openProject } from '../store'
import type { Outcome, Task } from './messages'
import type { Parent } from './worker'

const PROGRESS_MS = 100

export async function performImport(
  task: Extract<Task, { kind: 'import' | 'demo' }>,
  parent: Parent,
): Promise<Outcome> {
  const abort = new AbortController()
  parent.onStop(() => abort.abort())
  parent.onPause(() => abort.abort())
  let told = 0
  const options = {
    signal: abort.signal,
    onProgress(progress: Progress) {
      if (Date.now() - told < PROGRESS_MS) return
      told = Date.now()
      parent.tell({ type: 'progress', progress })
    },
  }
  const items = task.kind === 'import' ? await readAll(task.paths, options) : readDemo(task.seed, task.images, options)
  const store = openProject(task.project, { mustExist: true, repair: false })
  try {
    return { kind: 'added', added: await addToProject(store, items, options) }
  } finally {
    store.close()
  }
}
