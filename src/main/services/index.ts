/**
 * All services, constructed in one visible place and order: events, project, jobs, devices, runs, attacks, experiments,
 * figures, studies. Every door (desktop, browser, command line) makes one of these and speaks to `dispatch` and `events`.
 */
import { attacksService, type AttacksService } from './attacks'
import { createHandlers } from './calls'
import { devicesService, type DevicesService, type RunProbe } from './devices'
import { createEventHub, type EventHub } from './events'
import { experimentsService, type ExperimentsService } from './experiments'
import { figuresService, type FiguresService } from './figures'
import { createDispatch, type Dispatch } from './handlers'
import { jobsService, type JobsService } from './jobs'
import { projectService, type ProjectService } from './project'
import { runsService, type RunsService } from './runs'
import { studiesService, type StudiesService } from './studies'
import { trialsService } from './trials'
import type { LaunchWorker } from '../jobs/messages'
import { log } from '../log'

export interface ServicesOptions {
  /** How worker processes are started. */
  launch: LaunchWorker
  /** How the device probe is run; default: a Node process. */
  probe?: RunProbe
  /** Whether this process works the run queue of the project it opens. */
  worksQueue: boolean
  /** JSON file of recently opened projects; null keeps none. */
  recentFile: string | null
  /** Asks for a folder with the system's dialog; absent where there is none. */
  chooseFolder?: () => Promise<string | null>
  /** Opens a door to participants only; absent where the program was told at its start what to listen to. */
  openDoor?: (services: Services, host: string) => Promise<void>
}

export interface Services {
  events: EventHub
  project: ProjectService
  jobs: JobsService
  devices: DevicesService
  runs: RunsService
  attacks: AttacksService
  experiments: ExperimentsService
  figures: FiguresService
  studies: StudiesService
  dispatch: Dispatch
  /** Cancels imports, pauses runs (they go on at the next opening), closes the project. */
  close(): Promise<void>
}

export function createServices(options: ServicesOptions): Services {
  const { launch, probe, worksQueue, recentFile, chooseFolder = async () => null } = options
  const events = createEventHub((error) => log.error({ error }, 'a listener failed'))
  const project = projectService({ events, recentFile })
  const jobs = jobsService(project, events, launch)
  const devices = devicesService(probe)
  const runs = runsService({ project, events, launch, devices, worksQueue })
  const attacks = attacksService({ project, jobs, devices, runs })
  const trials = trialsService({ project, jobs, devices, runs, launch })
  const experiments = experimentsService({ project, events, runs })
  const figures = figuresService({ project, events, runs, launch })
  const studies = studiesService({
    project,
    events,
    jobs,
    ...(options.openDoor && { openDoor: async (host) => options.openDoor?.(services, host) }),
  })
  const dispatch = createDispatch(
    createHandlers({ project, jobs, devices, runs, attacks, trials, experiments, figures, studies, chooseFolder }),
    () => (project.isOpen() ? project.store() : null),
  )
  const services: Services = {
    events,
    project,
    jobs,
    devices,
    runs,
    attacks,
    experiments,
    figures,
    studies,
    dispatch,
    close: () => project.close(),
  }
  return services
}
