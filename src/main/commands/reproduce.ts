/**
 * `reproduce`: trains a preset's runs and writes the report. Asked again with the same folder it goes on where it was,
 * however it ended: the experiment is found by its key, its runs go on from their checkpoints.
 */
import { join, resolve } from 'node:path'
import { Option } from 'commander'
import { planPreset } from '../../domain/runs/presets'
import { CIFAR10_CLASSES, DEMO_SET } from '../../domain/labels/sets'
import { PRESETS, type Preset } from '../../domain/runs/config'
import type { DeviceId } from '../../domain/runs/devices'
import type { ExperimentInfo } from '../../domain/runs/info'
import { StudioError } from '../../domain/errors'
import { forkWorker } from '../workers/forkWorker'
import { createServices, type Services } from '../services'
import { newestLabelSet } from '../labels/labelSets'
import { writeReport } from '../figures/report'
import { exportFolder } from '../project/exportTarget'
import { addToProject } from '../labels/addToProject'
import { finishedRates } from '../speeds/finishedRates'
import { costLines, doneIn, imagesIn, planCost } from '../estimates/planCost'
import { readDemo } from '../labels/readSources'
import { readSpeeds } from '../speeds/speeds'
import { isProject, noProject } from '../storage/projectFolder'
import { deviceOption } from './engine'
import { answer, command, jsonOption, message } from './outcome'
import { familiesOption } from './plan'
import { interruption } from './progress'
import { goOn, takeQueue, workQueue } from './working'

interface Options {
  project?: string
  preset: Preset
  out: string
  device: DeviceId
  families: string[]
  labels?: string
  dryRun?: boolean
  json?: boolean
}

export const reproduceCommand = () =>
  command('reproduce', "run the paper's experiments at a scale, and write the report; goes on where it was")
    .option('--project <dir>', 'the project folder (default: the built-in demo set in OUT/project)')
    .addOption(new Option('--preset <preset>', 'how much to run').choices(PRESETS).makeOptionMandatory())
    .requiredOption('--out <dir>', 'where report.json and report.html go')
    .addOption(deviceOption('auto'))
    .addOption(familiesOption())
    .option('--dry-run', 'only say what it would take')
    .option('--labels <name>', 'the label set (default: the newest)')
    .option(...jsonOption)
    .action(async (options: Options) => {
      const services = createServices({ launch: forkWorker, worksQueue: !options.dryRun, recentFile: null })
      const signal = interruption()
      try {
        if (options.dryRun) return await dryRun(services, options)
        const report = await reproduce(services, options, signal)
        answer(options.json, { path: report }, [report])
      } finally {
        await services.close()
      }
    })

async function reproduce(services: Services, options: Options, signal: AbortSignal): Promise<string> {
  const project = options.project ?? join(resolve(options.out), 'project')
  const out = exportFolder(options.out, resolve(project))
  const { notices } = await services.project.open(project)
  for (const notice of notices) message(notice)
  const store = services.project.store()
  takeQueue(store)
  if (options.project === undefined && store.labelSets.list().length === 0) {
    message(`No project given: drawing the built-in demo set (${DEMO_SET.images} images).`)
    await addToProject(store, readDemo(DEMO_SET.seed, DEMO_SET.images), { signal })
  }
  const labelSet = options.labels ?? newestLabelSet(store).name
  const { preset, device, families } = options
  const key = JSON.stringify({ out, preset, device, labelSet, ...(families.length > 0 && { families }) })
  const experiment = await services.experiments.start({ preset, device, labelSet, families, key })
  message(`Experiment ${experiment.id}: ${experiment.runs.length} runs, ${experiment.done} done.`)
  goOn(services, store.runs.byExperiment(experiment.id))
  await finished(services, experiment, signal)
  const { folder } = writeReport(store, experiment.id, out)
  return join(folder, 'report.json')
}

/** What it would be, with nothing run, measured or written; without a project, on the demo set as it would be drawn. */
async function dryRun(services: Services, { project, out, preset, device, families, labels, json }: Options) {
  const folder = project ?? join(resolve(out), 'project')
  if (!isProject(resolve(folder))) {
    if (project !== undefined) throw noProject(resolve(folder))
    const classes = [...CIFAR10_CLASSES]
    const count = DEMO_SET.images
    const data = {
      imageSet: 'demo',
      labelSet: 'demo-people',
      images: count,
      classes: classes.length,
      pretraining: null,
      further: [],
      aggregated: [],
    }
    const cost = await planCost(planPreset(preset, data, device, { families }), () => ({
      count,
      height: 32,
      width: 32,
      channels: 3,
      classes,
    }))
    return answer(json, cost, costLines(cost))
  }
  await services.project.open(folder)
  const store = services.project.store()
  const { configs } = services.experiments.plan(preset, device, labels ?? newestLabelSet(store).name, families)
  const cost = await planCost(configs, imagesIn(store), {
    speeds: readSpeeds(store),
    learned: finishedRates(store, null),
    isDone: doneIn(store),
  })
  answer(json, cost, costLines(cost))
}

async function finished(services: Services, experiment: ExperimentInfo, signal: AbortSignal): Promise<void> {
  await workQueue(services, signal)
  const failed = services.project
    .store()
    .runs.byExperiment(experiment.id)
    .filter(({ state }) => state !== 'done')
  const [first] = failed
  if (!first) return
  const reason = first.error?.message ?? `it is ${first.state}`
  throw new StudioError('internal', reason, { file: `run ${first.id}`, details: first.error?.details })
}
