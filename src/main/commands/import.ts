/** `import`: adds files and folders to a project, all or nothing. */
import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openProject } from '../store'
import { addToProject } from '../services/importing'
import { readAll } from '../services/reading'
import { answer, command, jsonOption, message } from './outcome'
import { createProgress, interruption, progressLine } from './progress'

interface Options {
  project: string
  json?: boolean
}

const HELP = `
What a path holds is told by its content: CIFAR-10 (binary or Python version, archive or folder), CIFAR-10.1, CIFAR-10H
(counts, probabilities, or the annotators' CSV, plain or zipped), CIFAR-10N, NumPy pairs of images and labels, folders of
images by class. Labels belong to the image set they name, or to the only one with as many images; labels of an image
set that is not there yet wait for it. What is already in the project, byte for byte, is not added twice.`

export const importCommand = () =>
  command('import', 'add images and labels to a project (made if it does not exist)')
    .requiredOption('--project <dir>', 'the project folder')
    .argument('<path...>', 'files and folders; images and labels in any order')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(async (paths: string[], { project, json }: Options) => {
      const signal = interruption()
      const progress = createProgress()
      const options = { signal, onProgress: (now: Parameters<typeof progressLine>[0]) => progress.show(progressLine(now)) } // prettier-ignore
      try {
        // Everything is read before the project is touched: a refusal changes nothing.
        const items = await readAll(paths, options)
        const added = await into(resolve(project), (store) => addToProject(store, items, options))
        progress.end()
        answer(json, { added }, added.flatMap((item) => [`${item.path}: added ${item.kind} ${item.name} (${item.format}, ${item.count} images)`, ...item.report.map((line) => `  ${line}`)])) // prettier-ignore
      } finally {
        progress.end()
      }
    })

/** Runs `add` on the project; one that was made for it is removed again when it fails. */
async function into<T>(folder: string, add: (store: ReturnType<typeof openProject>) => Promise<T>): Promise<T> {
  const folderWas = existsSync(folder)
  const projectWas = existsSync(join(folder, 'project.sqlite'))
  const store = openProject(folder)
  for (const notice of store.notices) message(notice)
  let failed = true
  try {
    const result = await add(store)
    failed = false
    return result
  } finally {
    // Another process may have put something into the new project meanwhile.
    const isEmpty = store.imageSets.list().length + store.labelSets.list().length + store.studies.list().length === 0
    store.close()
    if (failed && !projectWas && isEmpty) removeEmptyProject(folder, folderWas)
  }
}

function removeEmptyProject(folder: string, keepFolder: boolean) {
  for (const name of ['project.sqlite', 'project.sqlite-wal', 'project.sqlite-shm'])
    rmSync(join(folder, name), { force: true })
  for (const name of ['datasets', 'runs']) {
    const path = join(folder, name)
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
  if (!keepFolder && readdirSync(folder).length === 0) rmdirSync(folder)
}
