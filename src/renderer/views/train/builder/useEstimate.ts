/** What the runs of a form would take, asked anew a moment after they changed, and after a trial of the machine. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { Input, JobInfo } from '../../../../contract'
import type { RunConfig } from '../../../../domain/runs/config'
import type { RunsEstimate } from '../../../../domain/runs/info'
import { StudioError, type ErrorData } from '../../../../domain/errors'
import { call } from '../../../connection/client'
import { useJobs } from '../../../stores/jobs'

const WAIT_MS = 250

/** @param question null while the choices do not fit: nothing is asked then */
export function useEstimate(question: Ref<Input<'runs.estimate'> | null>) {
  const estimate = shallowRef<RunsEstimate | null>(null)
  /** Of choices that have changed since. */
  const stale = ref(false)
  const error = ref<ErrorData | null>(null)
  let asked = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask() {
    const [mine, now] = [++asked, question.value]
    try {
      const answer = now ? await call('runs.estimate', now) : null
      if (mine === asked) [estimate.value, error.value, stale.value] = [answer, null, false]
    } catch (thrown) {
      if (mine === asked) [estimate.value, error.value] = [null, StudioError.from(thrown).toData()]
    }
  }
  watch(
    question,
    () => {
      stale.value = true
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), WAIT_MS)
    },
    { immediate: true },
  )
  return { estimate, stale, error, ask }
}

/** The trial under way, or the last one of this session. */
export function useTrial(onProgress: () => void) {
  const jobs = useJobs()
  const error = ref<ErrorData | null>(null)
  const job = computed((): JobInfo | undefined => jobs.jobs.findLast(({ kind }) => kind === 'trial'))
  const running = computed(() => job.value?.state === 'running')
  // Each network counts as soon as it was measured.
  watch(() => [job.value?.state, job.value?.progress?.done], onProgress)

  async function start(configs: readonly RunConfig[], networks: readonly string[]) {
    const work = new Map(configs.map(({ network, batch }) => [`${network} ${batch}`, { network, batch }]))
    error.value = null
    try {
      await call('runs.trial', {
        work: [...work.values()].filter(({ network }) => networks.includes(network)),
        device: configs[0]?.device ?? 'auto',
      })
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    }
  }
  const stop = () => job.value && jobs.cancel(job.value.id)
  return { job, running, error, start, stop }
}
