/**
 * `reproduce`: trains a preset's runs and writes the report. Asked again with the same folder it goes on where it was,
 * however it ended: the experiment is found by its key, its runs go on from their checkpoints.
 */
import { join, resolve } from 'node:path'
import { Option } from 'commander'
import { DEMO_SET, PRESETS, type DeviceId, type ExperimentInfo, type Preset } from '../../shared/domain'
import { StudioError } from '../../shared/errors'
import { forkWorker } from '../jobs/forkWorker'
import { createServices, type Services } from '../services'
import { newestLabelSet } from '../services/data'
import { addToProject } from '../services/importing'
import { readDemo } from '../services/reading'
import { deviceOption } from './engine'
import { answer, command, jsonOption, message } from './outcome'
import { createProgress, interruption } from './progress'

interface Options {
  project?: string
  preset: Preset
  out: string
  device: DeviceId
  labels?: string
  json?: boolean
}

export const reproduceCommand = () =>
  command('reproduce', 'train hard against soft labels as the paper does, and write the report; goes on where it was')
    .option('--project <dir>', 'the project folder (default: the built-in demo set in OUT/project)')
    .addOption(new Option('--preset <preset>', 'how much to run').choices(PRESETS).makeOptionMandatory())
    .requiredOption('--out <dir>', 'where report.json and report.html go')
    .addOption(deviceOption('auto'))
    .option('--labels <name>', 'the label set (default: the newest)')
    .option(...jsonOption)
    .action(async (options: Options) => {
      const services = createServices({ launch: forkWorker, worksQueue: true, recentFile: null })
      const signal = interruption()
      try {
        const report = await reproduce(services, options, signal)
        answer(options.json, { path: report }, [report])
      } finally {
        await services.close()
      }
    })

async function reproduce(services: Services, options: Options, signal: AbortSignal): Promise<string> {
  const out = resolve(options.out)
  const { notices } = await services.project.open(options.project ?? join(out, 'project'))
  for (const notice of notices) message(notice)
  const store = services.project.store()
  const holder = store.claims.take('queue')
  if (holder) {
    const hint = 'Let it finish there, or end it first.'
    throw new StudioError('conflict', `Another process runs this project’s queue (${holder.process}).`, { file: store.folder, hint }) // prettier-ignore
  }
  if (options.project === undefined && store.labelSets.list().length === 0) {
    message(`No project given: drawing the built-in demo set (${DEMO_SET.images} images).`)
    await addToProject(store, readDemo(DEMO_SET.seed, DEMO_SET.images), { signal })
  }
  const labelSet = options.labels ?? newestLabelSet(store).name
  const { preset, device } = options
  const key = JSON.stringify({ out, preset, device, labelSet })
  const experiment = await services.experiments.start({ preset, device, labelSet, key })
  goOn(services, experiment)
  await finished(services, experiment, signal)
  const { folder } = services.experiments.report(experiment.id, out)
  return join(folder, 'report.json')
}

/** Runs that failed, were stopped or paused are taken up again: asking again is asking for the whole. */
function goOn(services: Services, { id, runs, done }: ExperimentInfo) {
  message(`Experiment ${id}: ${runs.length} runs, ${done} done.`)
  for (const { id: run, state } of services.project.store().runs.byExperiment(id)) {
    if (state === 'failed' || state === 'stopped') services.runs.retry(run)
    else if (state === 'paused') services.runs.resume(run)
  }
}

async function finished(services: Services, experiment: ExperimentInfo, signal: AbortSignal): Promise<void> {
  const progress = createProgress()
  const unsubscribe = services.events.subscribe((name, payload) => {
    if (name !== 'run.changed') return
    const run = payload as ReturnType<typeof services.runs.list>[number]
    const { network, target, fold } = run.config
    const title = `Run ${run.id} (${network}, ${target}, fold ${fold})`
    if (run.state === 'running' && run.progress) {
      const { step, steps, activity, imagesPerSecond } = run.progress
      const speed = imagesPerSecond === null ? '' : `, ${imagesPerSecond.toFixed(0)} images/s`
      progress.show(`${title}: ${activity}, step ${step} of ${steps}${speed}`)
    } else if (run.state === 'done' || run.state === 'failed') {
      progress.end()
      message(`${title}: ${run.state}`)
    }
  })
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () =>
      reject(new StudioError('cancelled', 'Interrupted: ask again to go on from here.')),
    )
  })
  try {
    await Promise.race([services.runs.idle(), interrupted])
  } finally {
    unsubscribe()
    progress.end()
  }
  const failed = services.project
    .store()
    .runs.byExperiment(experiment.id)
    .filter(({ state }) => state !== 'done')
  const [first] = failed
  if (!first) return
  const reason = first.error?.message ?? `it is ${first.state}`
  throw new StudioError('internal', reason, { file: `run ${first.id}`, details: first.error?.details })
}
