/** Studies' long work inside a worker process: publishing, simulating, rehearsing. */
import type { ReadOptions } from '../../formats/encodings/readOptions'
import { publishStudy } from './publish'
import { rehearse } from './rehearse'
import { simulateStudy } from './simulate'
import type { ProjectStore } from '../storage'
import { inProject } from '../workers/inProject'
import type { Outcome, Task } from '../workers/messages'
import { taskOptions } from '../workers/taskOptions'
import type { Parent } from '../workers/parent'
import { count } from '../../domain/text/numbers'

export type StudyTask = Extract<Task, { kind: 'publish' | 'simulate' | 'rehearse' }>

async function perform(store: ProjectStore, task: StudyTask, options: ReadOptions): Promise<Outcome> {
  switch (task.kind) {
    case 'publish':
      return { kind: 'added', added: [await publishStudy(store, task.study, options)] }
    case 'simulate': {
      const { participants, excluded, judgments, truth, totalVariation } = await simulateStudy(store, task, options)
      const { measured, sampling } = totalVariation
      const said = [
        `${count(participants)} simulated participants, ${count(excluded)} of them excluded, ${count(judgments)} judgments kept.`,
        `Total variation to the truth (${truth}): ${measured.toFixed(4)} on average; sampling alone would give ${sampling.toFixed(4)}.`,
      ]
      return { kind: 'added', added: [], said }
    }
    case 'rehearse': {
      const { participants, finished, answers, retries } = await rehearse(store, task, options)
      const said = [
        `${count(finished)} of ${count(participants)} participants came through; the door acknowledged ${count(answers)} answers, each after its image.`,
        retries > 0
          ? `The door was away now and then: ${count(retries)} calls were sent again.`
          : 'No call had to be sent again.',
      ]
      return { kind: 'added', added: [], said }
    }
  }
}

export const performStudyTask = (task: StudyTask, parent: Parent): Promise<Outcome> =>
  inProject(task.project, (store) => perform(store, task, taskOptions(parent)))
