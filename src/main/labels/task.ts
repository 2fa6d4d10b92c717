/**
 * What adds sets to a project, inside a worker process: imports, the demo set, label sets made of another's judgments.
 */
import { breathe, throwIfCancelled } from '../../formats/encodings/files'
import { aggregateLabels } from './aggregation'
import { addToProject } from './addToProject'
import { readAll, readDemo } from './readSources'
import { openProject } from '../storage'
import { inProject } from '../workers/inProject'
import type { Outcome, Task } from '../workers/messages'
import { taskOptions } from '../workers/taskOptions'
import type { Parent } from '../workers/parent'

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

export async function performAggregation(task: Extract<Task, { kind: 'aggregate' }>, parent: Parent): Promise<Outcome> {
  const { warnings, ...item } = await inProject(task.project, (store) =>
    aggregateLabels(store, task.labelSet, task.method, taskOptions(parent)),
  )
  return { kind: 'added', added: [item], said: warnings }
}
