/** The open project, recent ones, and opening another. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Output, ProjectInfo } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import { call, client } from '../connection/client'
import { useUndo } from './undo'

export const useProject = defineStore('project', () => {
  const project = ref<ProjectInfo | null>(null)
  const recent = ref<Output<'project.recent'>>([])
  /** False until the first answer: nothing is drawn as "empty" before it is known to be. */
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  const opening = ref(false)
  const dismissedNotices = ref<string[]>([])

  const hasImages = computed(() => (project.value?.imageSets.length ?? 0) > 0)
  const hasLabels = computed(() => (project.value?.labelSets.length ?? 0) > 0)
  /** Newest first: commands and places act on the newest label set unless told otherwise. */
  const labelSets = computed(() => [...(project.value?.labelSets ?? [])].sort((a, b) => b.id - a.id))
  const notices = computed(() =>
    (project.value?.notices ?? []).filter((text) => !dismissedNotices.value.includes(text)),
  )

  async function fetch() {
    try {
      const [now, list] = await Promise.all([call('project.current', {}), call('project.recent', {})])
      project.value = now
      recent.value = list
      error.value = null
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    } finally {
      known.value = true
    }
  }

  /** Opens or makes the folder; answers whether it worked, `error` says why not. */
  async function open(path: string): Promise<boolean> {
    opening.value = true
    error.value = null
    try {
      project.value = await call('project.open', { path })
      dismissedNotices.value = []
      recent.value = await call('project.recent', {})
      return true
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
      return false
    } finally {
      opening.value = false
    }
  }

  function subscribe() {
    client.on('project.changed', (changed) => {
      if (changed?.path !== project.value?.path) dismissedNotices.value = []
      project.value = changed
    })
  }

  function dismissNotices() {
    const before = dismissedNotices.value
    dismissedNotices.value = [...before, ...notices.value]
    useUndo().offer('Notices dismissed', () => Promise.resolve(void (dismissedNotices.value = before)))
  }

  /** Leaves a project out of the recent ones; its folder is not touched. */
  async function forget(path: string, name: string) {
    try {
      recent.value = await call('project.forget', { path, forgotten: true })
      useUndo().offer(`“${name}” left out of the recent projects`, async () => {
        recent.value = await call('project.forget', { path, forgotten: false })
      })
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    }
  }

  return {
    project,
    recent,
    known,
    error,
    opening,
    hasImages,
    hasLabels,
    labelSets,
    notices,
    fetch,
    open,
    subscribe,
    dismissNotices,
    forget,
  }
})
