/** `study simulate`: a labelling study from its first participant to its label set, with simulated annotators. */
import { DEFAULT_MIX, type SimulationResult } from '../../domain/study'
import { publishStudy } from '../study/publish'
import { simulateStudy } from '../study/simulate'
import { makeSimulatedStudy, studyNamed } from '../study/simulatedStudy'
import { withProject } from './labels'
import { answer, command, jsonOption, message, whole } from './outcome'
import { createProgress, interruption, progressLine } from './progress'

const MOST_PARTICIPANTS = 20_000

interface Options {
  project: string
  participants: number
  seed: number
  images?: string
  study?: string
  json?: boolean
}

const HELP = `
Participants go through the study as people do: labels shuffled, images drawn evenly, an attention check after every 20,
exclusion below 75%. What they answer are draws from the newest published label set of the images, or from a stated
confusion matrix around the publisher's label where there is none. The same seed gives the same label set.`

const shown = ({ study, labelSet, participants, excluded, judgments, truth, totalVariation }: SimulationResult) => [
  `study ${study}, label set ${labelSet}`,
  `participants: ${participants}, of whom ${excluded} excluded by the attention checks`,
  `judgments kept: ${judgments}`,
  `truth: ${truth}`,
  `total variation to the truth: ${totalVariation.measured.toFixed(4)} (sampling alone: ${totalVariation.sampling.toFixed(4)})`,
]

const simulateCommand = () =>
  command('simulate', 'rehearse a labelling study end to end with simulated annotators')
    .requiredOption('--project <dir>', 'the project folder')
    .requiredOption('--participants <n>', 'how many', whole(1, MOST_PARTICIPANTS))
    .option('--seed <n>', 'of everything that is drawn', whole(0), 1)
    .option('--images <name>', 'the image set to judge (default: cifar10-test, else the newest)')
    .option('--study <name>', 'a study there is (default: one is made with the protocol of the paper)')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(({ project, participants, seed, images, study, json }: Options) =>
      withProject(project, async (store) => {
        const options = {
          signal: interruption(),
          onProgress: (now: Parameters<typeof progressLine>[0]) => progress.show(progressLine(now)),
        }
        const progress = createProgress()
        const { id, config } =
          study === undefined ? makeSimulatedStudy(store, images, seed) : studyNamed(store, study, images)
        try {
          const simulated = await simulateStudy(store, { study: id, participants, seed, mix: DEFAULT_MIX }, options)
          const { name } = await publishStudy(store, id, options)
          progress.end()
          const result: SimulationResult = { ...simulated, study: config.name, labelSet: name }
          answer(json, result, shown(result))
        } catch (error) {
          progress.end()
          if (options.signal.aborted) message(`Participants who were through stay in the study ${config.name}.`)
          throw error
        }
      }),
    )

export const studyCommand = () => command('study', 'labelling studies').addCommand(simulateCommand())
