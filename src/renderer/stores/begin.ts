/** The first-run paths as actions, shared by Home, by empty places and by the palette. */
import { reactive, watch } from 'vue'
import type { Router } from 'vue-router'
import { StudioError, type ErrorData } from '../../domain/errors'
import { useFigures } from './figures'
import { useJobs } from './jobs'
import { useProject } from './project'
import { useRuns } from './runs'
import { ensureProject } from './dialogs'

/** What Home shows of a reproduction between the click and Figures. */
export const beginning = reactive<{ busy: boolean; error: ErrorData | null }>({ busy: false, error: null })

export const exploreDemo = () => useJobs().createDemo()

/**
 * From whatever there is to figures that fill: asks for a folder where no project is open, makes the demo set where the
 * project has no labels, queues the quick preset, and ends at Figures, showing this experiment.
 */
export async function reproduce(router: Router) {
  if (beginning.busy) return
  if (!(await ensureProject('The runs and their figures are kept in a project folder.'))) return
  beginning.busy = true
  beginning.error = null
  try {
    if (!useProject().hasLabels) {
      const job = await exploreDemo()
      if (!job || !(await finished(job.id))) return
    }
    const { id } = await useRuns().startExperiment('quick', 'auto')
    await router.push('/figures')
    await useFigures().choose(id)
  } catch (thrown) {
    beginning.error = StudioError.from(thrown).toData()
  } finally {
    beginning.busy = false
  }
}

function finished(id: string): Promise<boolean> {
  const jobs = useJobs()
  return new Promise((resolve) => {
    const stop = watch(
      () => jobs.jobs.find((job) => job.id === id)?.state,
      (state) => {
        if (state === undefined || state === 'running') return
        queueMicrotask(() => stop())
        resolve(state === 'done')
      },
      { immediate: true },
    )
  })
}
