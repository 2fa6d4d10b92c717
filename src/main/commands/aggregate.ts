/** `aggregate`: another version of a label set, its judgments made into distributions by another method. */
import { Option } from 'commander'
import type { ImportedItem } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import { AGGREGATIONS, type Aggregation } from '../../domain/study'
import type { ProjectStore } from '../storage'
import { forkWorker } from '../workers/forkWorker'
import { startTask } from '../workers/startTask'
import { labelSetNamed, newestLabelSet, stats } from '../labels/labelSets'
import { withProject } from './labels'
import { answer, command, jsonOption, message } from './outcome'
import { createProgress, interruption, progressLine } from './progress'

const STOP_GRACE_MS = 700

interface Options {
  project: string
  method: Aggregation
  labels?: string
  json?: boolean
}

const HELP = `
counts       the share of people who chose each class: the published definition
majority     all of it to the class most people chose
dawid-skene  people weighted by confusions of their own, estimated together with the labels (Dawid and Skene 1979)
mace         people who answer or guess, told apart by how well they predict the others (Hovy et al. 2013)
wawa         people weighted by how often they agree with the majority

The result is a label set of its own, named after the one it was made of and the method; the same result again is not
added twice. Without --labels it is made of the newest label set that holds single judgments, not of earlier results of
this command; where no set holds any, of the newest one that was imported. Sets with counts alone can only be counted
and voted on.`

export const aggregateCommand = () =>
  command('aggregate', "make another version of a label set out of its people's judgments")
    .requiredOption('--project <dir>', 'the project folder')
    .addOption(new Option('--method <method>', 'how').choices(AGGREGATIONS).makeOptionMandatory())
    .option('--labels <name>', 'the label set (default: the newest that holds single judgments)')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(({ project, labels, json, method }: Options) =>
      withProject(project, async (store) => {
        const { item, warnings } = await aggregate(store, labels ?? newestJudged(store), method)
        for (const warning of warnings) message(`Warning: ${warning}`)
        const { name, report } = item
        const rest = report.filter((line) => !warnings.includes(line))
        const { images, meanEntropyNats } = stats(store, name)
        const found = `${name}: ${images} images, mean entropy ${meanEntropyNats.toFixed(6)} nats`
        answer(json, { name, images, meanEntropyNats }, [found, ...rest.map((line) => `  ${line}`)])
      }),
    )

/** In a worker process: the methods compute without pause, and a Ctrl+C must be heard meanwhile. */
async function aggregate(
  store: ProjectStore,
  labelSet: string,
  method: Aggregation,
): Promise<{ item: ImportedItem; warnings: string[] }> {
  labelSetNamed(store, labelSet)
  const signal = interruption()
  const progress = createProgress()
  const work = { kind: 'aggregate', project: store.folder, labelSet, method } as const
  const task = startTask(forkWorker, work, { onProgress: (now) => progress.show(progressLine(now)) })
  signal.addEventListener('abort', () => task.stop(STOP_GRACE_MS))
  try {
    const outcome = await task.outcome
    const [item] = outcome.kind === 'added' ? outcome.added : []
    if (!item) throw new StudioError('cancelled', 'Interrupted: nothing was changed.')
    return { item, warnings: outcome.kind === 'added' ? (outcome.said ?? []) : [] }
  } finally {
    progress.end()
  }
}

/** The newest set with single judgments; without any, the newest that is not itself made by aggregating. */
function newestJudged(store: ProjectStore): string {
  const sets = store.labelSets.list().reverse()
  const judged = sets.find(({ id }) => store.labelSets.judgments.has(id))
  const imported = sets.find(({ format }) => format !== 'aggregate')
  return (judged ?? imported ?? newestLabelSet(store)).name
}
