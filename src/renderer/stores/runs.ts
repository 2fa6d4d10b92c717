/** Training runs: the queue, their curves, experiments, and the choices a new run is made of. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Input, Output } from '../../contract'
import type { DeviceId, DeviceInfo } from '../../domain/runs/devices'
import type { ExperimentInfo, MetricPoint, RunInfo } from '../../domain/runs/info'
import type { FamilyName, Preset } from '../../domain/runs/config'
import { StudioError, type ErrorData } from '../../domain/errors'
import { call, client } from '../connection/client'
import { onAnotherProject } from '../lib/anotherProject'
import { mergePoints } from '../lib/curves'
import { queueMoves } from './queueMoves'
import { useUndo } from './undo'

/** Curves are drawn anew at most so often. */
const DRAW_MS = 250

export type RunAction = 'runs.pause' | 'runs.resume' | 'runs.stop' | 'runs.retry'

/** Several runs at work tell of themselves ten times a second each: shown together, this often. */
const SHOW_MS = 150

export const useRuns = defineStore('runs', () => {
  /** Shallow, and another list at each change: thousands of runs are data, not interface state. */
  const runs = shallowRef<RunInfo[]>([])
  const queueState = queueMoves({
    move: (ids, before) => call('queue.move', { ids, before }),
    current: () => call('queue.current', {}),
    onSettled: (refusal) => (error.value = refusal?.toData() ?? null),
  })
  /** The queue as a whole, with moves that are on their way; null before the first answer. */
  const queueInfo = queueState.shown
  const fresh = new Map<number, RunInfo>()
  let showing: ReturnType<typeof setTimeout> | null = null
  /** What is told while a list is on its way is newer than the list; null for a run that is gone. */
  const told = new Set<Map<number, RunInfo | null>>()
  const known = ref(false)
  const experiments = ref<ExperimentInfo[]>([])
  const devices = ref<DeviceInfo[]>([])
  const networks = ref<Output<'networks.list'>>([])
  /** Curves by run, sorted by step. Shallow: thousands of points are data, not interface state. */
  const curves = shallowRef(new Map<number, MetricPoint[]>())
  const asked = new Set<number>()
  /** Refusals of a run's own buttons, shown in its row. */
  const actionErrors = ref<Record<number, ErrorData>>({})
  const error = ref<ErrorData | null>(null)

  const running = computed(() => runs.value.filter(({ state }) => state === 'running'))
  const queued = computed(() => runs.value.filter(({ state }) => state === 'queued'))
  const done = computed(() => runs.value.filter(({ state }) => state === 'done'))

  function put(run: RunInfo) {
    fresh.set(run.id, run)
    for (const since of told) since.set(run.id, run)
    showing ??= setTimeout(show, SHOW_MS)
  }

  function show() {
    if (showing !== null) clearTimeout(showing)
    showing = null
    if (fresh.size === 0) return
    const known_ = new Set(runs.value.map(({ id }) => id))
    const added = [...fresh.values()].filter(({ id }) => !known_.has(id))
    const next = [...runs.value.map((run) => fresh.get(run.id) ?? run), ...added]
    runs.value = added.length > 0 ? next.sort((a, b) => a.id - b.id) : next
    fresh.clear()
  }

  function drop(ids: readonly number[]) {
    show()
    for (const since of told) for (const id of ids) since.set(id, null)
    const gone = new Set(ids)
    runs.value = runs.value.filter(({ id }) => !gone.has(id))
  }

  async function fetchRuns() {
    const since = new Map<number, RunInfo | null>()
    told.add(since)
    try {
      const list = await call('runs.list', {})
      fresh.clear()
      const known_ = new Set(list.map(({ id }) => id))
      const added = [...since.values()].filter((run) => run !== null && !known_.has(run.id))
      runs.value = [...list.map((run) => (since.has(run.id) ? since.get(run.id) : run)), ...added].flatMap(
        (run) => run ?? [],
      )
    } finally {
      told.delete(since)
    }
  }

  async function fetch() {
    try {
      const [made, now] = await Promise.all([call('experiments.list', {}), call('queue.current', {}), fetchRuns()])
      queueState.receive(now)
      experiments.value = made
      const before = [...asked]
      asked.clear()
      await Promise.all(before.map(fetchCurve))
      error.value = null
    } catch (thrown) {
      runs.value = []
      queueState.forget()
      experiments.value = []
      error.value = StudioError.from(thrown).toData()
    } finally {
      known.value = true
    }
  }

  /** Devices are probed in a child process and networks traced: asked for once, when a run is first made. */
  async function fetchChoices() {
    if (networks.value.length === 0) networks.value = await call('networks.list', {})
    if (devices.value.length === 0) devices.value = await call('devices.list', {})
  }

  /** A new map each time: views are handed the map itself, and see a change only where its identity changes. */
  const setCurve = (id: number, points: MetricPoint[]) => (curves.value = new Map(curves.value).set(id, points))

  async function fetchCurve(id: number) {
    if (asked.has(id)) return
    asked.add(id)
    try {
      setCurve(id, await call('runs.metrics', { id }))
    } catch (thrown) {
      asked.delete(id)
      error.value = StudioError.from(thrown).toData()
    }
  }

  async function act(action: RunAction, id: number) {
    delete actionErrors.value[id]
    try {
      await call(action, { id })
    } catch (thrown) {
      actionErrors.value[id] = StudioError.from(thrown).toData()
    }
  }

  /** One after the other: the queue sees them in this order. Each refusal is shown in its run's row. */
  async function actAll(action: RunAction, ids: readonly number[]) {
    for (const id of ids) await act(action, id)
  }

  /** The queue as a whole; `error` says why not. */
  async function attempt<T>(ask: () => Promise<T>): Promise<T | null> {
    try {
      const answer = await ask()
      error.value = null
      return answer
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
      return null
    }
  }
  async function setQueue(change: Input<'queue.set'>) {
    const answer = await attempt(() => call('queue.set', change))
    if (answer) queueState.receive(answer)
  }

  async function annotate(ids: number[], notes: Omit<Input<'runs.annotate'>, 'ids'>) {
    for (const run of await call('runs.annotate', { ids, ...notes })) put(run)
    show()
  }

  /** Out of sight at once; a person may take it back. */
  async function remove(ids: number[]) {
    const removed = await attempt(async () => (await call('runs.remove', { ids }), true))
    if (removed === null) return
    drop(ids)
    useUndo().offer(ids.length === 1 ? `Run ${ids[0]} was removed.` : `${ids.length} runs were removed.`, async () => {
      for (const run of await call('runs.restore', { ids })) put(run)
      show()
    })
  }

  const plan = (preset: Preset, device: DeviceId, families: FamilyName[] = []) =>
    call('experiments.plan', { preset, device, families })

  async function startExperiment(preset: Preset, device: DeviceId, families: FamilyName[] = []) {
    const experiment = await call('experiments.start', { preset, device, families })
    putExperiment(experiment)
    await fetchRuns()
    return experiment
  }

  async function queue(configs: Input<'runs.queue'>['configs']) {
    for (const run of await call('runs.queue', { configs })) put(run)
    show()
  }

  function putExperiment(experiment: ExperimentInfo) {
    const at = experiments.value.findIndex(({ id }) => id === experiment.id)
    if (at < 0) experiments.value.push(experiment)
    else experiments.value[at] = experiment
  }

  /** Points on their way to the curves: several runs side by side send dozens a second, and charts need not keep up. */
  const arrived = new Map<number, MetricPoint[]>()
  let drawing: ReturnType<typeof setTimeout> | undefined
  function drawArrived() {
    drawing = undefined
    const next = new Map(curves.value)
    for (const [run, points] of arrived) next.set(run, mergePoints(next.get(run) ?? [], points))
    arrived.clear()
    curves.value = next
  }

  function subscribe() {
    client.on('run.changed', put)
    client.on('experiment.changed', putExperiment)
    client.on('queue.changed', queueState.receive)
    client.on('runs.removed', ({ ids }) => drop(ids))
    client.on('run.metrics', ({ run, points }) => {
      if (!asked.has(run)) return
      arrived.set(run, [...(arrived.get(run) ?? []), ...points])
      drawing ??= setTimeout(drawArrived, DRAW_MS)
    })
    onAnotherProject(() => {
      asked.clear()
      arrived.clear()
      curves.value = new Map()
      void fetch()
    })
  }

  return {
    runs,
    known,
    experiments,
    devices,
    networks,
    curves,
    actionErrors,
    error,
    running,
    queued,
    done,
    fetch,
    fetchChoices,
    fetchCurve,
    queueInfo,
    act,
    actAll,
    setQueue,
    move: queueState.move,
    annotate,
    remove,
    plan,
    startExperiment,
    queue,
    subscribe,
  }
})
