/** `import-run`: predictions of another framework as a finished run of a project. */
import { InvalidArgumentError, Option } from 'commander'
import { TARGETS, type Target } from '../../domain/runs/config'
import { LONGEST_NAME, nameProblem } from '../../domain/names'
import { importRun } from '../runs/importRun'
import { withProject } from './labels'
import { answer, command, jsonOption, whole } from './outcome'

interface Options {
  project: string
  predictions: string
  network: string
  target: Target
  images: string
  labels?: string
  indices?: string
  folds: number
  fold: number
  seed: number
  json?: boolean
}

const HELP = `
The predictions are a .npy of probabilities (rows, classes), each row summing to 1; with --indices, an integer .npy says
which image each row is of. The run is measured on those images like any other, and compared with other imported runs
of the same name, fold by fold: give --folds and --fold where they were held out so. The same again is not added twice.`

function named(text: string): string {
  // Shown as imported:NAME, which is itself a name.
  const problem = nameProblem(text.trim(), LONGEST_NAME - 'imported:'.length)
  if (problem !== null) throw new InvalidArgumentError(problem)
  return text.trim()
}

export const importRunCommand = () =>
  command('import-run', "add another framework's predictions to a project as a finished run")
    .requiredOption('--project <dir>', 'the project folder')
    .requiredOption('--predictions <npy>', 'probabilities (rows, classes)')
    .requiredOption('--network <name>', 'what to call the network; it is shown as imported:NAME', named)
    .addOption(new Option('--target <target>', 'what it was trained towards').choices(TARGETS).makeOptionMandatory())
    .option('--images <name>', 'the image set', 'cifar10-test')
    .option('--labels <name>', 'the label set to measure against (default: the newest of these images)')
    .option('--indices <npy>', 'which image each row is of (default: 0, 1, ...)')
    .option('--folds <k>', 'of how many folds, where it was cross-validated', whole(1, 1000), 1)
    .option('--fold <f>', 'which fold these images are, from 0', whole(0, 999), 0)
    .option('--seed <s>', 'its seed', whole(0), 0)
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action((options: Options) =>
      withProject(options.project, async (store) => {
        const { json, predictions, network, target, images: imageSet, labels, indices, folds, fold, seed } = options
        const given = { predictions, network, target, imageSet, labelSet: labels ?? null, indices: indices ?? null }
        const { run, added } = await importRun(store, { ...given, folds, fold, seed })
        const { heldOut, measures } = run.result ?? { heldOut: 0, measures: {} }
        const lines = Object.entries(measures).map(([name, value]) => `  ${name}: ${value}`)
        const what = added ? `run ${run.id}` : `already in the project: run ${run.id}`
        answer(json, { run: run.id, key: run.key, added, images: heldOut, measures }, [
          `${what}, ${run.config.network}, ${heldOut} images`,
          ...lines,
        ])
      }),
    )
