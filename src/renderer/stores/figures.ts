/** Hard against soft, as computed by the services; refetched when a run finishes. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { FigureRow, Output } from '../../shared/contract'
import { StudioError, type ErrorData } from '../../shared/errors'
import { call, client } from '../client'

export const useFigures = defineStore('figures', () => {
  const rows = ref<FigureRow[]>([])
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  /** Null: every run of the project. */
  const experiment = ref<number | null>(null)
  const report = ref<Output<'experiments.report'> | null>(null)
  const reporting = ref(false)
  let wanted = false

  async function fetch() {
    wanted = true
    try {
      rows.value = await call('figures.table', { experiment: experiment.value })
      error.value = null
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    } finally {
      known.value = true
    }
  }

  async function choose(id: number | null) {
    experiment.value = id
    report.value = null
    await fetch()
  }

  async function writeReport(id: number) {
    reporting.value = true
    error.value = null
    try {
      report.value = await call('experiments.report', { id })
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    } finally {
      reporting.value = false
    }
  }

  function subscribe() {
    client.on('run.changed', (run) => {
      if (wanted && run.state === 'done') void fetch()
    })
    client.on('project.changed', () => {
      report.value = null
      if (wanted) void fetch()
    })
  }

  return { rows, known, error, experiment, report, reporting, fetch, choose, writeReport, subscribe }
})
