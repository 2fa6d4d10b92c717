/** Training runs: the queue, their curves, experiments, and the choices a new run is made of. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { Input, Output } from '../../shared/contract'
import type {
  DeviceId,
  DeviceInfo,
  ExperimentInfo,
  FamilyName,
  MetricPoint,
  Preset,
  RunInfo,
} from '../../shared/domain'
import { StudioError, type ErrorData } from '../../shared/errors'
import { call, client } from '../client'
import { mergePoints } from '../lib/curves'

/** Curves are drawn anew at most so often. */
const DRAW_MS = 250

type RunAction = 'runs.pause' | 'runs.resume' | 'runs.stop' | 'runs.retry'

export const useRuns = defineStore('runs', () => {
  const runs = ref<RunInfo[]>([])
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
    const at = runs.value.findIndex(({ id }) => id === run.id)
    if (at < 0) runs.value.push(run)
    else runs.value[at] = run
  }

  async function fetch() {
    try {
      const [list, made] = await Promise.all([call('runs.list', {}), call('experiments.list', {})])
      runs.value = list
      experiments.value = made
      const before = [...asked]
      asked.clear()
      await Promise.all(before.map(fetchCurve))
      error.value = null
    } catch (thrown) {
      runs.value = []
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

  const plan = (preset: Preset, device: DeviceId, families: FamilyName[] = []) => call('experiments.plan', { preset, device, families }) // prettier-ignore

  async function startExperiment(preset: Preset, device: DeviceId, families: FamilyName[] = []) {
    const experiment = await call('experiments.start', { preset, device, families })
    putExperiment(experiment)
    runs.value = await call('runs.list', {})
    return experiment
  }

  async function queue(configs: Input<'runs.queue'>['configs']) {
    for (const run of await call('runs.queue', { configs })) put(run)
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
    client.on('run.metrics', ({ run, points }) => {
      if (!asked.has(run)) return
      arrived.set(run, [...(arrived.get(run) ?? []), ...points])
      drawing ??= setTimeout(drawArrived, DRAW_MS)
    })
    client.on('project.changed', (project) => {
      if (project?.path === path) return
      path = project?.path
      asked.clear()
      arrived.clear()
      curves.value = new Map()
      void fetch()
    })
  }
  let path: string | undefined

  return { runs, known, experiments, devices, networks, curves, actionErrors, error, running, queued, done, fetch, fetchChoices, fetchCurve, act, plan, startExperiment, queue, subscribe } // prettier-ignore
})
