/**
 * The paper's figures and hard against soft, as worked out by the services; refetched when a run ends while they are
 * looked at.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { FigureFormat, Output } from '../../contract'
import type { FigureRow } from '../../domain/results/figureRow'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { PaperViews } from '../../domain/paper'
import { call, client } from '../connection/client'

const SOON_MS = 400

export const useFigures = defineStore('figures', () => {
  const rows = ref<FigureRow[]>([])
  const paper = ref<PaperViews | null>(null)
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  /** Whether figures are being worked out: what is shown meanwhile is of before. */
  const working = ref(false)
  /** Null: every run of the project. */
  const experiment = ref<number | null>(null)
  /** The report that was written last, and of which experiment. */
  const report = ref<(Output<'experiments.report'> & { of: number | null }) | null>(null)
  /** What is being written: a report, a file. */
  const writing = ref<string | null>(null)
  let wanted = false
  let soon: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function fetch() {
    wanted = true
    const mine = ++asked
    working.value = true
    const scope = { experiment: experiment.value }
    try {
      const [views, table] = await Promise.all([call('figures.paper', scope), call('figures.table', scope)])
      if (mine !== asked) return
      paper.value = views
      rows.value = table
      error.value = null
    } catch (thrown) {
      if (mine === asked) error.value = StudioError.from(thrown).toData()
    } finally {
      if (mine === asked) {
        known.value = true
        working.value = false
      }
    }
  }

  async function choose(id: number | null) {
    experiment.value = id
    report.value = null
    // Those of another experiment would stand under this one's name meanwhile.
    paper.value = null
    rows.value = []
    await fetch()
  }

  /** Nobody looks any more: nothing is worked out until somebody does. */
  function leave() {
    wanted = false
  }

  /** Once for all that happens within a moment. */
  function refetchSoon() {
    clearTimeout(soon)
    soon = setTimeout(() => wanted && void fetch(), SOON_MS)
  }

  const stop = () => call('figures.stop', {})

  /** Does what takes a moment; what goes wrong stands beside the figures. */
  async function write<T>(what: string, act: () => Promise<T>): Promise<T | null> {
    writing.value = what
    error.value = null
    try {
      return await act()
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
      return null
    } finally {
      writing.value = null
    }
  }

  async function writeReport() {
    const id = experiment.value
    const written = await write('report', () => call('experiments.report', { id }))
    if (written) report.value = { ...written, of: id }
  }

  const document = (id: number | null) => write('report', () => call('experiments.document', { id }))
  const file = (figure: string | null, formats: FigureFormat[]) =>
    write(figure ?? 'all', () => call('figures.file', { experiment: experiment.value, figure, formats }))

  /** Queues what one of a figure's plans lacks. */
  async function fill(figure: string, plan: number) {
    const filled = await call('figures.fill', { experiment: experiment.value, figure, plan })
    void fetch()
    return filled
  }

  function subscribe() {
    client.on('run.changed', ({ state }) => {
      if (wanted && (state === 'done' || state === 'failed' || state === 'stopped')) refetchSoon()
    })
    client.on('project.changed', (now) => {
      const before = project
      project = { path: now?.path, sets: (now?.imageSets.length ?? 0) + (now?.labelSets.length ?? 0) }
      if (before && before.path !== project.path) {
        report.value = null
        experiment.value = null
        paper.value = null
        rows.value = []
        known.value = false
      }
      if (wanted && before && (before.path !== project.path || before.sets !== project.sets)) void fetch()
    })
  }
  /** The project that was told of last, and how many sets of data it had. */
  let project: { path: string | undefined; sets: number } | null = null

  return {
    rows,
    paper,
    known,
    error,
    working,
    experiment,
    report,
    writing,
    fetch,
    leave,
    choose,
    stop,
    writeReport,
    document,
    file,
    fill,
    subscribe,
  }
})
