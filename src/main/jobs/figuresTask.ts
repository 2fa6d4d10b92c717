/** Figures, their files and reports inside a worker process: all of it only reads the project. */
import { FIGURE_FORMATS } from '../../contract'
import { figureFiles, oneFile } from '../services/figures/files'
import { makeFigures } from '../services/figures/making'
import { writeReport } from '../services/figures/report'
import { openProject, type ProjectStore } from '../store'
import type { Outcome, Task } from './messages'

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

export async function performFiguresTask(task: FiguresTask): Promise<Outcome> {
  const store = openProject(task.project, { mustExist: true, repair: false })
  try {
    return await perform(store, task)
  } finally {
    store.close()
  }
}
