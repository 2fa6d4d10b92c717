/** Studies' long work inside a worker process: aggregating, publishing, simulating, rehearsing. */
import type { ReadOptions } from '../../data/types'
import type { ImportedItem } from '../../shared/domain'
import { aggregateLabels } from '../services/aggregating'
import { publishStudy } from '../services/studies/publish'
import { rehearse } from '../services/studies/rehearse'
import { simulateStudy } from '../services/studies/simulate'
import { openProject, type ProjectStore } from '../store'
import type { Outcome, Task } from './messages'
import { taskOptions } from './taskOptions'
import type { Parent } from './worker'

export type StudyTask = Extract<Task, { kind: 'aggregate' | 'publish' | 'simulate' | 'rehearse' }>

async function perform(store: ProjectStore, task: StudyTask, options: ReadOptions): Promise<ImportedItem[]> {
  switch (task.kind) {
    case 'aggregate':
      return [await aggregateLabels(store, task.labelSet, task.method, options)]
    case 'publish':
      return [await publishStudy(store, task.study, options)]
    case 'simulate':
      await simulateStudy(store, task, options)
      return []
    case 'rehearse':
      await rehearse(store, task, options)
      return []
  }
}

export async function performStudyTask(task: StudyTask, parent: Parent): Promise<Outcome> {
  const store = openProject(task.project, { mustExist: true, repair: false })
  try {
    return { kind: 'added', added: await perform(store, task, taskOptions(parent)) }
  } finally {
    store.close()
  }
}
