/** `import`: adds files and folders to a project, all or nothing. */
import { existsSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Option } from 'commander'
import { StudioError } from '../../domain/errors'
import { ENCODINGS, ORDERS, REPEATS, type ImportChoices } from '../../domain/importChoices'
import { forkWorker } from '../workers/forkWorker'
import type { Outcome } from '../workers/messages'
import { startTask } from '../workers/startTask'
import { openProject } from '../storage'
import { removeTemporariesOf } from '../storage/files'
import { DATABASE, filesOf } from '../storage/projectFolder'
import { answer, command, jsonOption, message, sayWaiting } from './outcome'
import { createProgress, interruption, progressLine } from './progress'

const STOP_GRACE_MS = 700

interface Options extends ImportChoices {
  project: string
  json?: boolean
}

const HELP = `
What a path holds is told by its content: CIFAR-10 (binary or Python version, archive or folder), CIFAR-10.1, CIFAR-10H
(counts, probabilities, or the annotators' CSV, plain or zipped), CIFAR-10N, NumPy pairs of images and labels, folders of
images by class. Labels belong to the image set they name, or to the only one with as many images; labels of an image
set that is not there yet wait for it. What is already in the project, byte for byte, is not added twice.
Rows that name files are matched by file name. Rows that only count pictures of a folder need --order where 1, 2, 10
(natural) and 1, 10, 2 (lexical) are different pictures: class folders saved by torchvision count lexically, other
tools often naturally. A trial that is in a file twice counts once; several judgments of one image by one person in
different trials all count unless --repeats says first or last. Both are reported.`

export const importCommand = () =>
  command('import', 'add images and labels to a project (made if it does not exist)')
    .requiredOption('--project <dir>', 'the project folder')
    .argument('<path...>', 'files and folders; images and labels in any order')
    .addOption(new Option('--order <order>', 'how rows without file names count the pictures').choices(ORDERS))
    .addOption(new Option('--repeats <which>', 'which judgments of one image by one person count').choices(REPEATS))
    .addOption(new Option('--encoding <name>', 'of text that is not UTF-8 or marked as UTF-16').choices(ENCODINGS))
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(async (paths: string[], { project, json, ...choices }: Options) => {
      const { added, said = [] } = await addIn(resolve(project), paths, choices)
      for (const notice of said) message(notice)
      answer(
        json,
        { added },
        added.flatMap((item) => [
          `${item.path}: added ${item.kind} ${item.name} (${item.format}, ${item.count} images)`,
          ...item.report.map((line) => `  ${line}`),
        ]),
      )
    })

/**
 * In a worker process, where everything is read before the project is touched: a refusal changes nothing, and a Ctrl+C
 * is heard whatever a file makes the reader compute. A project that was made for it is removed again when it fails.
 */
async function addIn(
  folder: string,
  paths: string[],
  choices: ImportChoices,
): Promise<Extract<Outcome, { kind: 'added' }>> {
  const folderWas = existsSync(folder)
  const projectWas = existsSync(join(folder, DATABASE))
  const signal = interruption()
  const progress = createProgress()
  const work = { kind: 'import', project: folder, paths, choices, create: true } as const
  const task = startTask(forkWorker, work, {
    onProgress: (now) => progress.show(progressLine(now)),
    onWaiting: sayWaiting,
  })
  signal.addEventListener('abort', () => task.stop(STOP_GRACE_MS))
  try {
    const outcome = await task.outcome
    if (outcome.kind === 'added') return outcome
    throw new StudioError('cancelled', 'Cancelled.')
  } catch (error) {
    if (isFolder(folder)) {
      // A worker that had to be killed leaves its half-written files behind.
      if (task.pid !== undefined) removeTemporariesOf(join(folder, 'datasets'), task.pid)
      if (!projectWas) removeEmptyProject(folder, folderWas)
    }
    throw signal.aborted ? new StudioError('cancelled', 'Cancelled.') : error
  } finally {
    progress.end()
  }
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/** Removes a project that this import made and nobody has put anything into; leaves everything else. */
function removeEmptyProject(folder: string, keepFolder: boolean) {
  const { imageSets, runs } = filesOf(folder)
  if (imageSets.length + runs.length > 0 || !holdsNothing(join(folder, DATABASE), folder)) return
  for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, `${DATABASE}${ending}`), { force: true })
  for (const name of ['datasets', 'runs', '.open']) {
    const path = join(folder, name)
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
  if (!keepFolder && readdirSync(folder).length === 0) rmdirSync(folder)
}

function holdsNothing(file: string, folder: string): boolean {
  if (!existsSync(file) || statSync(file).size === 0) return true
  try {
    const store = openProject(folder, { mustExist: true })
    const sets = store.imageSets.list().length + store.labelSets.list().length + store.studies.list().length
    store.close()
    return sets === 0
  } catch {
    return false // not to be understood, so not to be deleted
  }
}
