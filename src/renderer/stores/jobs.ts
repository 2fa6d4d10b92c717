/** Imports, demo sets and exports under way or finished in this session. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { JobInfo } from '../../contract'
import { DEMO_SET } from '../../domain/labels/sets'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { ImportChoices } from '../../domain/importChoices'
import { call, client } from '../connection/client'
import { useUndo } from './undo'

export const useJobs = defineStore('jobs', () => {
  const jobs = ref<JobInfo[]>([])
  const hidden = ref<string[]>([])
  /** A refusal before any job was made: a path that does not exist, no open project. */
  const error = ref<ErrorData | null>(null)
  const starting = ref(false)

  const running = computed(() => jobs.value.filter((job) => job.state === 'running'))
  /** Newest first, without those a person has dismissed. */
  const shown = computed(() => jobs.value.filter((job) => !hidden.value.includes(job.id)).reverse())

  function put(job: JobInfo) {
    const at = jobs.value.findIndex(({ id }) => id === job.id)
    if (at < 0) jobs.value.push(job)
    else jobs.value[at] = job
  }

  async function start(ask: () => Promise<JobInfo>): Promise<JobInfo | null> {
    error.value = null
    starting.value = true
    try {
      const job = await ask()
      // An event of the same job may already have arrived and be newer than this answer.
      if (!jobs.value.some(({ id }) => id === job.id)) put(job)
      return job
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
      return null
    } finally {
      starting.value = false
    }
  }

  /** What the owner says about all files imported from now on, dropped ones too. */
  const choices = ref<ImportChoices>({})
  const importPaths = (paths: string[], given: ImportChoices = choices.value) =>
    start(() => call('data.import', { paths, choices: given }))
  const importFiles = (files: File[]) =>
    start(async () => call('data.import', { paths: await client.pathsOf(files), choices: choices.value }))
  const createDemo = () => start(() => call('data.createDemo', DEMO_SET))

  async function cancel(id: string) {
    try {
      await call('jobs.cancel', { id })
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    }
  }

  async function fetch() {
    try {
      jobs.value = await call('jobs.list', {})
    } catch {
      // No project yet: nothing to list.
      jobs.value = []
    }
  }

  function subscribe() {
    client.on('job.changed', put)
  }

  const dismiss = (id: string) => void hidden.value.push(id)
  function hide(id: string) {
    dismiss(id)
    useUndo().offer('Removed from the list', () => Promise.resolve(show(id)))
  }
  const show = (id: string) => void (hidden.value = hidden.value.filter((each) => each !== id))

  return {
    jobs,
    error,
    starting,
    running,
    shown,
    choices,
    importPaths,
    importFiles,
    createDemo,
    dismiss,
    cancel,
    fetch,
    subscribe,
    hide,
  }
})
