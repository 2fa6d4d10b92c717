/**
 * What the page of one study shows beyond its row in the list: participants, quality at a threshold, the ledger.
 * Fetched when the study is chosen, then whenever the study says that it changed; the slower the answers, the longer
 * the rests.
 */
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { StudioError, type ErrorData } from '../../../domain/errors'
import type { ErasureInfo, LedgerEntry, ParticipantInfo, StudyInfo, StudyQuality } from '../../../domain/study'
import { call } from '../../connection/client'
import { latest } from './latest'
import { joinPeople } from './people'

const DEBOUNCE_MS = 60
const MOST_REST_MS = 5_000

export function useStudyData(study: () => StudyInfo) {
  const participants = shallowRef<ParticipantInfo[]>([])
  const quality = shallowRef<StudyQuality | null>(null)
  const ledger = shallowRef<LedgerEntry[]>([])
  const erasures = shallowRef<ErasureInfo[]>([])
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  /** The threshold looked at, a share; the one in force is the study's. */
  const threshold = ref(study().protocol.checkThreshold)
  const people = computed(() => joinPeople(participants.value, quality.value?.rows ?? []))

  let asked = 0
  let taken = 0
  let ended = false
  onScopeDispose(() => (ended = true))

  /** Two askers, the slider and the study's changes, share the answer: an older question's never replaces a newer's. */
  async function readQuality(id: number) {
    const mine = ++asked
    const answer = await call('studies.quality', { study: id, threshold: threshold.value })
    if (ended || mine < taken || study().id !== id) return
    taken = mine
    quality.value = answer
  }
  async function guarded(work: () => Promise<void>) {
    try {
      await work()
      error.value = null
    } catch (thrown) {
      if (!ended) error.value = StudioError.from(thrown).toData()
    }
  }
  const everything = latest(
    (id: number) =>
      guarded(async () => {
        const [list, entries, erased] = await Promise.all([
          call('studies.participants', { study: id }),
          call('studies.ledger', { study: id }),
          call('studies.erasures', { study: id }),
          readQuality(id),
        ])
        if (ended || study().id !== id) return
        participants.value = list
        ledger.value = entries
        erasures.value = erased
        known.value = true
      }),
    (tookMs) => Math.min(MOST_REST_MS, 3 * tookMs),
  )
  const atThreshold = latest((id: number) => guarded(() => readQuality(id)))

  watch(
    () => study().id,
    () => {
      participants.value = []
      quality.value = null
      ledger.value = []
      erasures.value = []
      known.value = false
    },
  )
  watch(
    () => study().protocol.checkThreshold,
    (now) => (threshold.value = now),
  )
  watch(study, ({ id }) => everything.ask(id), { immediate: true })
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(threshold, () => {
    clearTimeout(timer)
    timer = setTimeout(() => atThreshold.ask(study().id), DEBOUNCE_MS)
  })
  onScopeDispose(() => clearTimeout(timer))

  /** After an action of this window, without waiting for its event. */
  const refresh = () => everything.ask(study().id)
  const lookAt = (share: number) => (threshold.value = share)
  return { participants, people, quality, ledger, erasures, known, error, threshold, lookAt, refresh }
}
export type StudyData = ReturnType<typeof useStudyData>
