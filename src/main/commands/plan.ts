/** `plan`: the runs of a preset as a file for a cluster, and what they will take, measured on this machine. */
import { resolve } from 'node:path'
import { Option } from 'commander'
import { PRESETS, type Preset } from '../../domain/runs/config'
import type { DeviceId } from '../../domain/runs/devices'
import { forkWorker } from '../workers/forkWorker'
import { createServices } from '../services'
import { newestLabelSet } from '../labels/labelSets'
import { devicesService } from '../devices/service'
import { finishedRates } from '../speeds/finishedRates'
import { costLines, doneIn, imagesIn, planCost } from '../estimates/planCost'
import { planTarget } from '../project/exportTarget'
import { makePlan, readPlan, writePlan, type Plan } from '../cluster/plan'
import { checkConfigs } from '../runs/configCheck'
import { keepSpeeds, readSpeeds, type Speed } from '../speeds/speeds'
import { distinctWork, measureSpeed } from '../speeds/measureSpeed'
import type { ProjectStore } from '../storage'
import { withUsualMask } from '../storage/permissions'
import { isProject, noProject } from '../storage/projectFolder'
import { deviceOption } from './engine'
import { answer, command, jsonOption, message, positive } from './outcome'
import { interruption } from './progress'

interface Options {
  project: string
  preset: Preset
  families: string[]
  labels?: string
  device: DeviceId
  out: string
  trial: boolean
  trialSeconds: number
  json?: boolean
}

const HELP = `
The plan is JSON: the runs in the order in which they can be done, with the digests of the data. \`runs\` does a share of it,
\`merge\` brings the shares together, \`reproduce\` with the same preset then writes the report (docs/cluster.md).

Before it is written, every network of it trains a few real steps, and on the CPU as many at once as there are threads
and memory for: the estimate is made of that, and the queue of this project works accordingly on this machine from
then on (speeds.json). --no-trial uses what was measured here before, else typical figures of two processor cores.`

/** "a,b" as a list. */
export const list = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)

export const familiesOption = () =>
  new Option('--families <names>', 'only these families of networks, separated by commas')
    .argParser(list)
    .default([], 'all of the preset')

export const planCommand = () =>
  command('plan', 'write the runs of a preset to a file for a cluster, and say what they will take')
    .requiredOption('--project <dir>', 'the project folder, with its data')
    .addOption(new Option('--preset <preset>', 'how much to run').choices(PRESETS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the plan to write, plan.json')
    .addOption(familiesOption())
    .option('--labels <name>', 'the label set (default: the newest)')
    .addOption(deviceOption('auto'))
    .option('--trial-seconds <s>', 'how long each measurement takes', positive, 2)
    .option('--no-trial', 'measure nothing')
    .option(...jsonOption)
    .addHelpText('after', HELP)
    .action(async (options: Options) => {
      if (!isProject(resolve(options.project))) throw noProject(resolve(options.project))
      const services = createServices({ launch: forkWorker, worksQueue: false, recentFile: null })
      try {
        const target = planTarget(options.out, resolve(options.project), readPlan)
        const { notices } = await services.project.open(options.project)
        for (const notice of notices) message(notice)
        const store = services.project.store()
        const { preset, families, device, json } = options
        const labelSet = options.labels ?? newestLabelSet(store).name
        const { configs } = services.experiments.plan(preset, device, labelSet, families)
        const plan = makePlan(store, { preset, families, device }, configs)
        await checkConfigs(store, plan.runs)
        if (options.trial) await trial(store, plan, options)
        const speeds = readSpeeds(store)
        const cost = await planCost(plan.runs, imagesIn(store), {
          speeds,
          learned: finishedRates(store, null),
          isDone: doneIn(store),
        })
        withUsualMask(() => writePlan(target, plan))
        const used = speeds.filter(({ network }) => plan.runs.some((run) => run.network === network))
        answer(json, { path: target, ...cost, speeds: used }, [...used.map(speedLine), target, ...costLines(cost)])
      } finally {
        await services.close()
      }
    })

async function trial(store: ProjectStore, { runs }: Plan, { device: asked, trialSeconds: seconds }: Options) {
  const device = await devicesService().resolve(asked)
  const signal = interruption()
  const measured: Speed[] = []
  for (const work of distinctWork(runs)) {
    message(`Measuring ${work.network}, batch ${work.batch}, ${device}`)
    measured.push(await measureSpeed(work, { device, seconds, signal }))
  }
  keepSpeeds(store, measured)
}

function speedLine({ network, batch, device, oneProcess, sideBySide, peakRssMb }: Speed): string {
  const several = sideBySide ? `, ${sideBySide.processes} at once ${sideBySide.imagesPerSecond.toFixed(0)}` : ''
  return `${network}, batch ${batch}, ${device}: ${oneProcess.toFixed(0)} images/s${several}, ${peakRssMb.toFixed(0)} MB`
}
