/** Imports and demo sets inside a worker process. */
import { breathe, throwIfCancelled } from '../../formats/encodings/files'
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
  const choices = task.kind === 'import' ? (task.choices ?? {}) : {}
  const options = { ...taskOptions(parent), choices }
  const items = task.kind === 'import' ? await readAll(task.paths, options) : readDemo(task.seed, task.images, options)
  // A request to end that came during a long stretch of reading is heard before the project is touched.
  await breathe()
  throwIfCancelled(options.signal)
  parent.tell({ type: 'adding' })
  const creates = task.kind === 'import' && task.create === true
  const onWait = () => parent.tell({ type: 'waiting' })
  const store = openProject(task.project, creates ? { onWait } : { mustExist: true, repair: false, onWait })
  try {
    return { kind: 'added', added: await addToProject(store, items, options), said: store.notices }
  } finally {
    store.close()
  }
}
