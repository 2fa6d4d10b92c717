/** Studies' long work inside a worker process: aggregating, publishing, simulating, rehearsing. */
import { StudioError } from '../../shared/errors'
import type { Outcome, Task } from './messages'
import type { Parent } from './worker'

export type StudyTask = Extract<Task, { kind: 'aggregate' | 'publish' | 'simulate' | 'rehearse' }>

export async function performStudyTask(task: StudyTask, _parent: Parent): Promise<Outcome> {
  throw new StudioError('internal', `Not there yet: ${task.kind}.`)
}
