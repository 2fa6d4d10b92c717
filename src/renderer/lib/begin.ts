/** The first-run paths as actions, shared by Home and by empty places. */
import { watch } from 'vue'
import type { Router } from 'vue-router'
import { useJobs } from '../stores/jobs'
import { useProject } from '../stores/project'
import { useRuns } from '../stores/runs'
import { StudioError } from '../../shared/errors'

export const exploreDemo = () => useJobs().createDemo()

/** Makes the demo set where the project has no labels yet, then queues the quick preset and shows it. */
export async function reproduceOnDemo(router: Router) {
  const jobs = useJobs()
  if (!useProject().hasLabels) {
    const job = await exploreDemo()
    if (!job || !(await finished(job.id))) return
  }
  try {
    await useRuns().startExperiment('quick', 'auto')
    await router.push('/train')
  } catch (thrown) {
    jobs.error = StudioError.from(thrown).toData()
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
