/** The contract's handlers: each call handed to the service that answers it. */
import { newestLabelSet, pixels, stats } from './data'
import type { DevicesService } from './devices'
import type { ExperimentsService } from './experiments'
import { exportLabelSet } from './exporting'
import { queryGallery } from './gallery'
import type { Handlers } from './handlers'
import type { JobsService } from './jobs'
import type { ProjectService } from './project'
import type { RunsService } from './runs'

interface Parts {
  project: ProjectService
  jobs: JobsService
  devices: DevicesService
  runs: RunsService
  experiments: ExperimentsService
  chooseFolder: () => Promise<string | null>
}

export function createHandlers({ project, jobs, devices, runs, experiments, chooseFolder }: Parts): Handlers {
  const done = (): null => null
  return {
    'project.current': () => project.current(),
    'project.open': ({ path }) => project.open(path),
    'project.recent': () => project.recent(),
    'project.chooseFolder': () => chooseFolder(),

    'data.import': ({ paths }) => jobs.import(paths),
    'data.createDemo': ({ seed, images }) => jobs.createDemo(seed, images),
    'data.stats': ({ labelSet }) => stats(project.store(), labelSet),
    'data.pixels': ({ imageSet, indices }) => pixels(project.store(), imageSet, indices),
    'data.export': ({ labelSet, format, out }) => exportLabelSet(project.store(), labelSet, format, out),

    'jobs.list': () => jobs.list(),
    'jobs.cancel': ({ id }) => (jobs.cancel(id), done()),

    'devices.list': () => devices.list(),
    'networks.list': async () => (await import('../../engine/networks')).describeNetworks(),

    'runs.list': () => runs.list(),
    'runs.metrics': ({ id }) => runs.metrics(id),
    'runs.queue': ({ configs }) => runs.queue(configs),
    'runs.pause': ({ id }) => (runs.pause(id), done()),
    'runs.resume': ({ id }) => (runs.resume(id), done()),
    'runs.stop': ({ id }) => (runs.stop(id), done()),
    'runs.retry': ({ id }) => (runs.retry(id), done()),

    'experiments.plan': ({ preset, device }) => experiments.plan(preset, device, newestLabelSet(project.store()).name),
    'experiments.start': ({ preset, device }) => experiments.start({ preset, device }),
    'experiments.list': () => experiments.list(),
    'experiments.report': ({ id }) => experiments.report(id),

    'figures.table': ({ experiment }) => experiments.figures(experiment),
    'gallery.query': (query) => queryGallery(project.store(), query),
  }
}
