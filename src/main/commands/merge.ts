/** `merge`: takes the finished runs of shares, or of any other project, into a project. */
import { mergeInto } from '../cluster/merge'
import { withProject } from './labels'
import { answer, command, jsonOption } from './outcome'
import { foldLabel } from '../../domain/runs/foldLabel'

interface Options {
  project: string
  json?: boolean
}

const HELP = `
A folder is a share that \`runs\` worked off, a project, or one that holds such folders (in \`shards\` or directly). A run that
is finished in the project already is skipped. Everything is checked first: the data must be the same, and every file
whole; a refusal changes nothing. The folders are only read. Cut off, it goes on when asked again.`

export const mergeCommand = () =>
  command('merge', "take other projects' finished runs into a project")
    .requiredOption('--project <dir>', 'the project folder')
    .argument('<folder...>', 'shares and projects, or folders of them')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action((folders: string[], { project, json }: Options) =>
      withProject(project, (store) => {
        const found = mergeInto(store, folders)
        const lines = found.runs.map(
          ({ id, network, target, fold, folds, from }) =>
            `run ${id}: ${network}, ${target}, ${foldLabel(fold, folds)}, from ${from}`,
        )
        answer(json, found, [...lines, `${found.merged} runs merged, ${found.skipped} there already`])
      }),
    )
