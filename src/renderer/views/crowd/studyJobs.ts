/** Which job belongs to which study, while this window lives: jobs themselves know only their kind. */
import { computed, reactive } from 'vue'
import type { JobInfo } from '../../../contract'
import { StudioError, type ErrorData } from '../../../domain/errors'
import { useJobs } from '../../stores/jobs'

type Kind = 'publish' | 'simulate' | 'rehearse'
interface Started {
  /** As answered; events bring newer ones into the store. */
  job: JobInfo | null
  error: ErrorData | null
  starting: boolean
}
const started = reactive(new Map<string, Started>())

/** The newest job of a kind for a study: where it stands, and starting another. */
export function useStudyJob(study: () => number, kind: Kind) {
  const jobs = useJobs()
  const key = () => `${study()}/${kind}`
  const state = computed(() => started.get(key()))
  const job = computed(() => {
    const own = state.value?.job
    return own ? (jobs.jobs.find(({ id }) => id === own.id) ?? own) : null
  })
  const busy = computed(() => state.value?.starting === true || job.value?.state === 'running')
  const error = computed(() => state.value?.error ?? (job.value?.state === 'failed' ? job.value.error : null))

  async function start(ask: () => Promise<JobInfo>) {
    const at = key()
    started.set(at, { job: null, error: null, starting: true })
    try {
      started.set(at, { job: await ask(), error: null, starting: false })
    } catch (thrown) {
      started.set(at, { job: null, error: StudioError.from(thrown).toData(), starting: false })
    }
  }
  return { job, busy, error, start }
}
