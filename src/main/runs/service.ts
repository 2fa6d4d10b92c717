/**
 * The run queue: training runs wait in the database and are worked off in worker processes, as many side by side as
 * the machine serves best. One process works a project's queue at a time; another that has the project open may add
 * to it. Requests take effect at the next step of the run concerned.
 */
import { availableParallelism, totalmem } from 'node:os'
import type { RealDeviceId } from '../../engine/devices'
import type { MetricPoint, QueueInfo, RunInfo } from '../../domain/runs/info'
import type { RunConfig } from '../../domain/runs/config'
import { StudioError } from '../../domain/errors'
import { guarded } from '../process/guarded'
import { log } from '../process/log'
import type { LaunchWorker } from '../workers/messages'
import type { ProjectStore } from '../storage'
import { processName } from '../storage/processes'
import { CALL_PATIENCE_MS } from '../storage/writeLock'
import { toStudioError } from '../process/systemErrors'
import { progressOf, startRun, type ActiveRun } from './activeRun'
import { attacksOn } from './attackResults'
import { dependencies } from './dependencies'
import type { DevicesService } from '../devices/service'
import type { EventHub } from '../project/events'
import { annotate, removeRuns, restoreRuns, type RunNotes } from './notes'
import type { ProjectService } from '../project/service'
import { moveRuns, queueClock, queueSettings, setQueue, type QueueSettings } from './queue'
import { checkConfigs } from './configCheck'
import { sideBySide } from '../speeds/speeds'

const STOP_GRACE_MS = 10_000
const PAUSE_GRACE_MS = 60_000
/** How long closing the project waits for a run that cannot be stored, beyond its worker's grace. */
const STORE_GRACE_MS = 5_000
const LOOK_MS = 2_000
const TELL_MS = 100
/** A CPU worker's share of memory; the smaller networks stay below it. */
const WORKER_BYTES = 1.5 * 2 ** 30

export interface RunsService {
  list(): RunInfo[]
  metrics(id: number): MetricPoint[]
  /** Throws StudioError('not-found') naming the first that is not there. */
  named(ids: readonly number[]): RunInfo[]
  queue(configs: RunConfig[], experiment?: number | null): Promise<RunInfo[]>
  /** Tells of runs that were queued in the database directly, and starts working them off. */
  announce(ids: number[]): void
  pause(id: number): void
  resume(id: number): void
  stop(id: number): void
  retry(id: number): void
  /** Tells of a run to which something was added elsewhere; one that was removed meanwhile is nobody's concern. */
  changed(id: number): void
  current(): QueueInfo
  set(change: Partial<QueueSettings>): QueueInfo
  /** Puts waiting runs before another, or at the end. */
  move(ids: number[], before: number | null): QueueInfo
  annotate(ids: number[], notes: RunNotes): RunInfo[]
  remove(ids: number[]): void
  restore(ids: number[]): RunInfo[]
  /** Starts nothing new until what it answers is called: for measuring the machine. Refused while runs are at work. */
  keepStill(): () => void
  /** Settles when nothing runs and nothing waits. */
  idle(): Promise<void>
}

export interface RunsOptions {
  project: ProjectService
  events: EventHub
  launch: LaunchWorker
  devices: DevicesService
  /** Whether this process works the queue (a window, the browser door, reproduce). */
  worksQueue: boolean
}

function waitsInVain(key: string, found: RunInfo | null): StudioError {
  const which = found
    ? `run ${found.id}, which ${found.state === 'failed' ? 'failed' : 'was stopped'}`
    : `a run that is not in this project (${key})`
  const hint = found ? 'Run that one again first, then this.' : 'Queue that one too, or merge the project that has it.'
  return new StudioError('conflict', `It needs the network of ${which}.`, { hint })
}

/**
 * Runs side by side where nothing was measured (speeds/speeds.ts): on the CPU one thread each uses the machine better
 * than one run with all threads.
 */
export function workersFor(device: RealDeviceId): number {
  if (device !== 'cpu' && device !== 'tfjs-cpu') return 1
  return Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / WORKER_BYTES), 8))
}

export function runsService({ project, events, launch, devices, worksQueue }: RunsOptions): RunsService {
  const active = new Map<number, ActiveRun>()
  const idleListeners: (() => void)[] = []
  let pumping = false
  const gate = { closed: false }
  let timer: NodeJS.Timeout | null = null
  let still = 0
  let telling: NodeJS.Timeout | null = null
  /** Why the queue could not be worked at the last look; empty where it could. */
  let lastTrouble = ''
  const clock = queueClock()

  /** With how far it is, and with the attacks that were made after it was done. */
  const live = (run: RunInfo): RunInfo => ({
    ...run,
    progress: progressOf(active.get(run.id)) ?? run.progress,
    error: active.get(run.id)?.trouble ?? run.error,
    result: run.result && { ...run.result, attacks: attacksOn(project.store(), run) },
  })
  const tell = (run: RunInfo) => events.emit('run.changed', live(run))

  function found(id: number): RunInfo {
    const run = project.store().runs.find(id)
    if (!run) throw new StudioError('not-found', `There is no run ${id} in this project.`)
    return run
  }

  /** After a change of state: everything that counts runs is told. */
  function changed(run: RunInfo) {
    tell(run)
    const experiment = run.experiment === null ? null : project.store().experiments.find(run.experiment)
    if (experiment) events.emit('experiment.changed', experiment)
    tellQueue()
  }

  const atWork = () => [...active.keys()].map((id) => live(found(id)))
  /** Without the project, which may be closing. */
  const glance = () => [...active].map(([id, { progress }]) => ({ id, progress }))
  const current = () => clock.info(project.store(), atWork(), (id) => active.get(id)?.device ?? null)

  /** How many runs there are of each kind, and the queue: once for all that changes in this moment. */
  function tellQueue() {
    const say = guarded('telling of the queue', () => {
      telling = null
      if (isClosed() || !project.isOpen()) return
      project.changed()
      events.emit('queue.changed', current())
    })
    telling ??= setTimeout(say, TELL_MS).unref()
  }

  const isClosed = () => gate.closed

  /**
   * How many at once: as a person chose, or of the networks at work and this one as many as all of them are fast with.
   */
  function mostAtOnce(store: ProjectStore, device: RealDeviceId, network: string): number {
    const { workers } = queueSettings(store)
    if (workers !== null) return workers
    const networks = [network, ...[...active.keys()].map((id) => found(id).config.network)]
    return Math.min(...networks.map((each) => sideBySide(store, device, each) ?? workersFor(device)))
  }

  /** First in the queue of those whose weights and teachers are there; one that waits in vain fails. */
  function nextReady(store: ProjectStore): RunInfo | null {
    for (const id of store.runs.order()) {
      const run = found(id)
      const needed = dependencies(run.config).map((key) => ({ key, found: store.runs.findByKey(key) }))
      const lost = needed.find(({ found }) => found === null || found.state === 'failed' || found.state === 'stopped')
      if (lost) refuseToStart(store, run.id, waitsInVain(lost.key, lost.found))
      else if (needed.every(({ found }) => found?.state === 'done')) return run
    }
    return null
  }

  /** Starts what can be started. A failure (the disk, the database) is told in the log; the next look tries again. */
  function pump() {
    work().catch((error: unknown) => {
      // Closed while it waited; or said before: once, not at every look.
      const { message } = toStudioError(error)
      if (!isClosed() && message !== lastTrouble)
        log.error({ error }, 'working the run queue failed; it is tried again')
      lastTrouble = message
    })
  }

  async function work() {
    if (pumping || gate.closed || !worksQueue || still > 0 || !project.isOpen() || project.store().readOnly) return
    pumping = true
    const store = project.store()
    try {
      // Starting a run writes: another process's lock is waited for without holding anybody up.
      if (store.runs.order().length > 0) await store.whenWritable()
      if (isClosed() || !project.isOpen() || project.store() !== store || still > 0) return
      for (let next = nextReady(store); next && !queueSettings(store).held; next = nextReady(store)) {
        if (store.claims.take('queue')) return // another process is at it
        const device = await devices.resolve(next.config.device).catch((error: unknown) => StudioError.from(error))
        // Another project may be open by now.
        if (isClosed() || !project.isOpen() || project.store() !== store || still > 0) return
        if (queueSettings(store).held || store.runs.find(next.id)?.state !== 'queued') continue
        if (device instanceof StudioError) refuseToStart(store, next.id, device)
        else if (active.size >= mostAtOnce(store, device, next.config.network)) return
        else start(store, next, device)
      }
    } finally {
      pumping = false
      if (active.size === 0 && !isClosed() && project.isOpen()) {
        releaseQueue(project.store())
        if (project.store().runs.order().length === 0) for (const listener of idleListeners.splice(0)) listener()
      }
    }
  }

  /** Nothing is written, and no lock is needed, where this process does not hold the queue. */
  function releaseQueue(store: ProjectStore) {
    if (store.claims.holder('queue')?.process === processName()) store.claims.release('queue')
  }

  function start(store: ProjectStore, run: RunInfo, device: RealDeviceId) {
    const waiting = store.runs.order().length + 1
    const atOnce = Math.min(mostAtOnce(store, device, run.config.network), active.size + waiting)
    const threads = Math.max(1, Math.floor(availableParallelism() / atOnce))
    const config = { ...run.config, device }
    const startedAt = run.startedAt ?? new Date().toISOString()
    const running = store.runs.change(run.id, { state: 'running', error: null, startedAt, finishedAt: null })
    const onChange = guarded('telling of a run', () => service.changed(run.id))
    const onPoints = (points: MetricPoint[]) => events.emit('run.metrics', { run: run.id, points })
    let entry: ActiveRun
    try {
      entry = startRun({ store, launch, run, config, threads, onChange, onPoints })
    } catch (error) {
      // No process could be started for it (too many, no memory): it is not at work.
      return refuseToStart(store, run.id, toStudioError(error))
    }
    entry.ended = entry.ended.then(
      guarded('ending a run', () => {
        clock.look(glance())
        active.delete(run.id)
        const had = clock.look(glance()).get(run.id)
        if (isClosed()) return
        const now = store.runs.find(run.id)
        if (now?.state === 'done' && had !== undefined) learn(store, run.id, device, had)
        if (now) changed(now)
        pump()
      }),
    )
    clock.look(glance())
    active.set(run.id, entry)
    clock.look(glance())
    lastTrouble = ''
    changed(running)
  }

  /** Of use, and never worth an error. */
  function learn(store: ProjectStore, id: number, device: RealDeviceId, seconds: number) {
    try {
      clock.learn(store, id, device, seconds)
    } catch (error) {
      log.warn({ error, run: id }, 'the speed of a finished run could not be kept')
    }
  }

  /** A run that waits and cannot be started at all. */
  function refuseToStart(store: ProjectStore, id: number, error: StudioError) {
    const finishedAt = new Date().toISOString()
    changed(store.runs.change(id, { state: 'failed', error: error.toData(), finishedAt }))
  }

  /** The run's worker here, or a refusal that says why there is none. */
  function activeHere(run: RunInfo): ActiveRun {
    const here = active.get(run.id)
    if (here) return here
    throw new StudioError('conflict', `Run ${run.id} is run by another process.`, { hint: 'Ask there.' })
  }

  function refuse(run: RunInfo, what: string): never {
    throw new StudioError('conflict', `Run ${run.id} is ${run.state} and cannot be ${what}.`)
  }

  function asking(entry: ActiveRun, run: RunInfo, activity: string) {
    if (entry.progress) entry.progress = { ...entry.progress, activity, secondsLeft: null }
    tell(run)
  }

  /** Experiments count their runs anew, whichever of them were taken out. */
  function gone(ids: number[]) {
    if (ids.length > 0) events.emit('runs.removed', { ids })
    for (const experiment of project.store().experiments.list()) events.emit('experiment.changed', experiment)
    project.changed()
  }

  function announce(ids: number[]) {
    for (const id of ids) tell(found(id))
    project.changed()
    tellQueue()
    pump()
  }

  project.onOpen(() => {
    gate.closed = false
    if (!worksQueue) return
    pump()
    // Runs that another process added to the queue.
    const look = guarded('looking at the run queue', () => {
      pump()
      if (active.size > 0) tellQueue()
    })
    timer = setInterval(look, LOOK_MS).unref()
  })
  project.onClose(async () => {
    gate.closed = true
    clock.forget()
    if (timer) clearInterval(timer)
    for (const entry of active.values()) {
      entry.closing = true
      entry.task.pause(STOP_GRACE_MS)
    }
    // A disk that stays full must not keep the program from ending.
    const late = setTimeout(() => {
      for (const { abandon } of active.values()) abandon.abort()
    }, STOP_GRACE_MS + STORE_GRACE_MS)
    await Promise.all([...active.values()].map(({ ended }) => ended))
    clearTimeout(late)
    releaseQueue(project.store())
  })

  const service: RunsService = {
    list: () => project.store().runs.list().map(live),
    named: (ids) => ids.map(found),
    metrics: (id) => project.store().runs.metrics(found(id).id),
    async queue(configs, experiment = null) {
      const store = project.store()
      await checkConfigs(store, configs)
      await store.whenWritable(CALL_PATIENCE_MS)
      const ids = store.runs.insert(configs, experiment)
      announce(ids)
      return ids.map(found)
    },
    announce,
    pause(id) {
      const run = found(id)
      if (run.state === 'queued') return changed(project.store().runs.change(id, { state: 'paused' }))
      if (run.state !== 'running') refuse(run, 'paused')
      const entry = activeHere(run)
      entry.task.pause(PAUSE_GRACE_MS)
      asking(entry, run, 'pausing')
    },
    resume(id) {
      const run = found(id)
      if (run.state !== 'paused') refuse(run, 'resumed')
      project.store().runs.enqueue(id)
      changed(found(id))
      pump()
    },
    stop(id) {
      const run = found(id)
      const finishedAt = new Date().toISOString()
      if (run.state === 'queued' || run.state === 'paused')
        return changed(project.store().runs.change(id, { state: 'stopped', finishedAt }))
      if (run.state !== 'running') refuse(run, 'stopped')
      const entry = activeHere(run)
      entry.task.stop(STOP_GRACE_MS)
      asking(entry, run, 'stopping')
    },
    retry(id) {
      const run = found(id)
      if (run.state !== 'failed' && run.state !== 'stopped') refuse(run, 'queued again')
      project.store().runs.change(id, { error: null })
      project.store().runs.enqueue(id)
      changed(found(id))
      pump()
    },
    changed(id) {
      const run = project.store().runs.find(id)
      if (run) tell(run)
    },
    current,
    set(change) {
      setQueue(project.store(), change)
      tellQueue()
      pump()
      return current()
    },
    move(ids, before) {
      moveRuns(project.store(), ids, before)
      tellQueue()
      return current()
    },
    annotate(ids, notes) {
      const runs = annotate(project.store(), ids, notes).map(live)
      for (const run of runs) events.emit('run.changed', run)
      return runs
    },
    remove(ids) {
      removeRuns(project.store(), ids)
      gone(ids)
    },
    restore(ids) {
      restoreRuns(project.store(), ids)
      gone([])
      return ids.map((id) => (tell(found(id)), found(id)))
    },
    keepStill() {
      const hint = 'Hold the queue and pause what runs, then measure.'
      if (active.size > 0)
        throw new StudioError('conflict', 'Runs are at work: a measurement beside them would say nothing.', { hint })
      still++
      let ended = false
      return () => {
        if (ended) return
        ended = true
        still--
        pump()
      }
    },
    idle: () =>
      new Promise((resolve) => {
        idleListeners.push(resolve)
        pump()
      }),
  }
  return service
}
