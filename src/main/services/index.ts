/**
 * All services, constructed in one visible place and order: events, project, jobs, devices, runs, attacks, experiments,
 * figures, studies. Every door (desktop, browser, command line) makes one of these and speaks to `dispatch` and
 * `events`.
 */
import { attacksService, type AttacksService } from '../attacks/service'
import { createHandlers } from './calls'
import { erasureCleanup } from '../erasure/cleanup'
import { erasureService, type ErasureService } from '../erasure/service'
import { devicesService, type DevicesService, type RunProbe } from '../devices/service'
import { createEventHub, type EventHub } from '../project/events'
import { experimentsService, type ExperimentsService } from '../experiments/service'
import { figuresService, type FiguresService } from '../figures/service'
import { createDispatch, type Dispatch } from './dispatch'
import { jobsService, type JobsService } from '../jobs/service'
import { projectService, type ProjectService } from '../project/service'
import { runsService, type RunsService } from '../runs/service'
import { studiesService, type StudiesService } from '../study/service'
import { trialsService } from '../estimates/speedTrials'
import type { LaunchWorker } from '../workers/messages'
import { log } from '../process/log'

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
  erasure: ErasureService
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
  const cleanup = erasureCleanup(project)
  const studies = studiesService({
    project,
    events,
    jobs,
    onParticipant: () => cleanup.participantSeen(),
    ...(options.openDoor && { openDoor: async (host) => options.openDoor?.(services, host) }),
  })
  const erasure = erasureService({ project, studies, cleanup })
  const dispatch = createDispatch(
    createHandlers({
      project,
      jobs,
      devices,
      runs,
      attacks,
      trials,
      experiments,
      figures,
      studies,
      erasure,
      chooseFolder,
    }),
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
    erasure,
    dispatch,
    close: () => project.close(),
  }
  return services
}
