/** `attack`: FGSM or PGD on the network of a finished run, with what tells how far the outcome can be trusted. */
import { InvalidArgumentError, Option } from 'commander'
import { objectiveRises, raisesLoss } from '../../domain/attacks/checks'
import { attackConfig } from '../../contract'
import type { AttackConfig, AttackResult } from '../../domain/attacks/config'
import type { DeviceId } from '../../domain/runs/devices'
import type { RunInfo } from '../../domain/runs/info'
import { attackRun, runNamed } from '../attacks/perform'
import { devicesService } from '../devices/service'
import { deviceOption } from './engine'
import { withProject } from './labels'
import { answer, command, jsonOption, whole } from './outcome'
import { createProgress, progressLine } from './progress'

interface Options {
  project: string
  run: string
  source?: string
  attack: AttackConfig['attack']
  epsilon: number
  steps?: number
  stepSize?: number
  randomStart?: boolean
  loss: AttackConfig['loss']
  momentum: number
  towards?: NonNullable<AttackConfig['towards']>
  images?: number
  on: AttackConfig['on']
  augmented?: boolean
  normalisation: AttackConfig['normalisation']
  blackBoxQueries: number
  device: DeviceId
  json?: boolean
}

const PGD_STEPS = 10

const HELP = `
Radii and step sizes are in units of 1/255, of images in [0, 1]. FGSM takes one step of the whole radius; PGD takes 10 where
--steps does not say, of 2.5 times the radius divided by their number where --step-size does not. The network is the one
that was measured: of the last epoch, or of the one its run selected. The result is kept with the run.

With --source the images are made on another run's network and judged by this one's: a transfer. It is printed, not kept.`

/** A number from 0 to `most`. */
const upTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= 0 && value <= most))
      throw new InvalidArgumentError(`It must be a number from 0 to ${most}.`)
    return value
  }

export const attackCommand = () =>
  command('attack', 'attack the network of a finished run, and say how far the outcome can be trusted')
    .requiredOption('--project <dir>', 'the project folder')
    .requiredOption('--run <run>', 'the run: its number, or its key')
    .addOption(new Option('--attack <attack>', 'how').choices(['fgsm', 'pgd']).makeOptionMandatory())
    .requiredOption('--epsilon <e>', 'the radius, l-infinity, in 1/255', upTo(255))
    .option('--steps <k>', 'steps of PGD', whole(1, 1000))
    .option('--step-size <s>', 'size of a step of PGD, in 1/255', upTo(255))
    .option('--random-start', 'start at a random point of the ball')
    .addOption(
      new Option('--loss <loss>', 'what is raised').choices(['cross-entropy', 'margin']).default('cross-entropy'),
    )
    .option('--momentum <m>', 'decay of the accumulated gradient', upTo(10), 0)
    .addOption(
      new Option('--towards <class>', 'aim at a class instead of away from the label').choices([
        'least-likely',
        'next',
      ]),
    )
    .option('--images <n>', 'attack the first n images (default: all)', whole(1))
    .addOption(
      new Option('--on <images>', 'the images of the run that it held out, or all of its set')
        .choices(['held-out', 'all'])
        .default('held-out'),
    )
    .option('--augmented', 'attack randomly cropped and flipped images')
    .addOption(
      new Option('--normalisation <data>', 'whose mean and deviation images are normalised by')
        .choices(['cifar10', 'imagenet'])
        .default('cifar10'),
    )
    .option(
      '--black-box-queries <n>',
      'check with a gradient-free attack of so many queries an image',
      whole(0, 100_000),
      0,
    )
    .option('--source <run>', 'make the images on the network of this run')
    .addOption(deviceOption('auto'))
    .option(...jsonOption)
    .addHelpText('after', HELP)
    // Nothing listens to Ctrl+C: it ends the process at once, and nothing has been written by then.
    .action((options: Options) =>
      withProject(options.project, async (store) => {
        const run = runNamed(store, options.run)
        const source = options.source === undefined ? null : runNamed(store, options.source)
        const device = await devicesService().resolve(options.device)
        const progress = createProgress()
        const request = { run, attack: configOf(options), device, source }
        const { result } = await attackRun(store, request, { onProgress: (now) => progress.show(progressLine(now)) })
        progress.end()
        const { network } = run.config
        const from = source && { source: source.id }
        answer(options.json, { run: run.id, network, ...from, ...result }, linesOf(run, source, result))
      }),
    )

function configOf({
  attack,
  epsilon,
  steps,
  stepSize,
  randomStart,
  loss,
  momentum,
  towards,
  images,
  on,
  augmented,
  normalisation,
  blackBoxQueries,
}: Options): AttackConfig {
  const taken = attack === 'fgsm' ? 1 : (steps ?? PGD_STEPS)
  const size = attack === 'fgsm' ? epsilon : (stepSize ?? Math.min(255, (2.5 * epsilon) / taken))
  return attackConfig.parse({
    attack,
    epsilon,
    stepSize: size,
    steps: taken,
    randomStart: randomStart ?? false,
    images: images ?? null,
    on,
    loss,
    momentum,
    towards: towards ?? null,
    augmented: augmented ?? false,
    normalisation,
    blackBoxQueries,
  })
}

const byStep = (values: number[]): string => values.map((value) => value.toFixed(4)).join(' ')
const RISES: Record<string, string> = { true: 'yes', false: 'no', null: 'not known' }
const percent = (share: number): string => `${(100 * share).toFixed(2)}%`
const nats = (value: number): string => `${value.toFixed(4)} nats`

function linesOf({ id, config }: RunInfo, source: RunInfo | null, result: AttackResult): string[] {
  const { trust } = result
  const on = result.on === 'all' ? 'all images of the set' : 'held-out images'
  const how = result.attack === 'fgsm' ? 'FGSM' : `PGD, ${result.steps} steps of ${result.stepSize}/255`
  const made = source ? `, made on run ${source.id} (${source.config.network})` : ''
  const blackBox = trust.blackBox
    ? [`  Square Attack, ${trust.blackBox.queries} queries an image: ${percent(trust.blackBox.accuracy)}`]
    : []
  return [
    `Run ${id} (${config.network}, ${config.target}): ${how}, radius ${result.epsilon}/255, ${on}${made}`,
    `accuracy: ${percent(result.accuracy)}`,
    `cross-entropy to labels: ${nats(result.crossEntropyToLabels)}`,
    `cross-entropy to people: ${config.labelSet === null || result.crossEntropyToPeople === null ? 'not known' : nats(result.crossEntropyToPeople)}`,
    'trust:',
    `  accuracy on clean images: ${percent(trust.cleanAccuracy)}`,
    `  accuracy at radius 0: ${percent(trust.accuracyAtZero)}`,
    `  accuracy under random noise of the same size: ${percent(trust.randomNoiseAccuracy)}`,
    ...blackBox,
    `  largest perturbation: ${trust.maximumPerturbation.toFixed(4)}/255`,
    `  gradient entries that are exactly 0: ${percent(trust.zeroGradientShare)}`,
    `  cross-entropy by step: ${byStep(trust.lossByStep)}`,
    ...(raisesLoss(result) ? [] : [`  objective by step: ${byStep(trust.objectiveByStep ?? [])}`]),
    `  the ${raisesLoss(result) ? 'cross-entropy' : 'objective'} rises with every step: ${RISES[String(objectiveRises(result))]}`,
  ]
}
