/** Imports and demo sets inside a worker process. */
import { addToProject } from '../services/importing'
import { readAll, readDemo } from '../services/reading'
import { openProject } from '../store'
import type { Outcome, Task } from './messages'
import { taskOptions } from './taskOptions'
import type { Parent } from './worker'

export async function performImport(
  task: Extract<Task, { kind: 'import' | 'demo' }>,
  parent: Parent,
): Promise<Outcome> {
  const options = taskOptions(parent)
  const items = task.kind === 'import' ? await readAll(task.paths, options) : readDemo(task.seed, task.images, options)
  const store = openProject(task.project, { mustExist: true, repair: false })
  try {
    return { kind: 'added', added: await addToProject(store, items, options) }
  } finally {
    store.close()
  }
}
