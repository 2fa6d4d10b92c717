/** Figures, their files and reports inside a worker process: all of it only reads the project. */
import { FIGURE_FORMATS } from '../../contract'
import { figureFiles, oneFile } from './files'
import { makeFigures } from './make'
import { writeReport } from './report'
import type { ProjectStore } from '../storage'
import { inProject } from '../workers/inProject'
import type { Outcome, Task } from '../workers/messages'

export type FiguresTask = Extract<Task, { kind: 'figures' | 'figureFiles' | 'report' }>

async function perform(store: ProjectStore, task: FiguresTask): Promise<Outcome> {
  switch (task.kind) {
    case 'figures':
      return { kind: 'figures', made: await makeFigures(store, task.experiment) }
    case 'figureFiles':
      return {
        kind: 'file',
        file: oneFile(
          await figureFiles(store, task.views, task),
          [task.figure ?? 'figures', ...(task.formats.length < FIGURE_FORMATS.length ? task.formats : [])].join('-'),
        ),
      }
    case 'report':
      return { kind: 'report', ...writeReport(store, task.experiment) }
  }
}

export const performFiguresTask = (task: FiguresTask): Promise<Outcome> =>
  inProject(task.project, (store) => perform(store, task))
