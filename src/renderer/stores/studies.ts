/**
 * The studies of the open project, as their owner sees them: fetched once, then kept by events. What belongs to one
 * study alone (participants, quality, ledger) is fetched by the view that shows it.
 */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Input } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { StudyInfo } from '../../domain/study'
import { call, client } from '../connection/client'

export const useStudies = defineStore('studies', () => {
  const studies = ref<StudyInfo[]>([])
  /** False until the first answer: nothing is drawn as "empty" before it is known to be. */
  const known = ref(false)
  const error = ref<ErrorData | null>(null)

  /** Newest first, as places show them. */
  const crowd = computed(() => studies.value.filter(({ kind }) => kind === 'crowd').sort((a, b) => b.id - a.id))
  const personal = computed(() => studies.value.filter(({ kind }) => kind === 'personal').sort((a, b) => b.id - a.id))
  const byId = (id: number) => studies.value.find((study) => study.id === id)

  /** What events brought while a list was on its way: newer than the list. */
  const fresh = new Map<number, StudyInfo>()
  /** Removed here; an event that was under way when it was removed does not bring it back. */
  const gone = new Set<number>()
  let asked = 0
  let path: string | undefined

  function put(study: StudyInfo) {
    if (gone.has(study.id)) return
    fresh.set(study.id, study)
    const at = studies.value.findIndex(({ id }) => id === study.id)
    if (at < 0) studies.value.push(study)
    else studies.value[at] = study
  }

  async function fetch() {
    const mine = ++asked
    fresh.clear()
    try {
      const list = await call('studies.list', {})
      if (mine !== asked) return
      const listed = new Set(list.map(({ id }) => id))
      const since = [...fresh.values()].filter(({ id }) => !listed.has(id))
      studies.value = [...list.map((study) => fresh.get(study.id) ?? study), ...since].filter(({ id }) => !gone.has(id))
      error.value = null
    } catch (thrown) {
      if (mine !== asked) return
      error.value = StudioError.from(thrown).toData()
    }
    known.value = true
  }

  /** Throws the refusal, for the form that asked. */
  async function create(config: Input<'studies.create'>): Promise<StudyInfo> {
    const study = await call('studies.create', config)
    put(study)
    return study
  }

  async function change(study: number, to: Input<'studies.change'>['change']): Promise<StudyInfo> {
    const changed = await call('studies.change', { study, change: to })
    put(changed)
    return changed
  }

  async function remove(study: number) {
    await call('studies.remove', { study })
    gone.add(study)
    studies.value = studies.value.filter(({ id }) => id !== study)
  }

  /** Takes back a removal, until the name is given again or the project is opened anew. */
  async function restore(study: number) {
    const restored = await call('studies.restore', { study })
    gone.delete(study)
    put(restored)
  }

  function subscribe() {
    client.on('study.changed', put)
    client.on('project.changed', (project) => {
      if (project?.path === path) return
      // The first event only tells which project the list is of.
      if (path !== undefined) {
        studies.value = []
        known.value = false
      }
      path = project?.path
      gone.clear()
      void fetch()
    })
  }

  return { studies, known, error, crowd, personal, byId, put, fetch, create, change, remove, restore, subscribe }
})
