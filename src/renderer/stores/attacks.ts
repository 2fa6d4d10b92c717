/** Attacks asked for in this window, and the examples of those that are looked at. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AttackExamples, Input } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import { call, client } from '../connection/client'
import { onAnotherProject } from '../lib/anotherProject'
import { useJobs } from './jobs'

export const useAttacks = defineStore('attacks', () => {
  const jobs = useJobs()
  /** By run and number of the attack; null where none are kept. Shallow: pixels are data, not interface state. */
  const examples = shallowRef(new Map<string, AttackExamples | null>())
  const errors = ref<Record<string, ErrorData>>({})

  /** Those under way, and what became of the newest. */
  const own = computed(() =>
    jobs.shown.filter(({ kind }) => kind === 'attack').filter(({ state }, at) => state === 'running' || at === 0),
  )
  const running = computed(() => own.value.some(({ state }) => state === 'running'))
  const keyOf = (run: number, attack: number) => `${run}/${attack}`

  async function fetchExamples(run: number, attack: number) {
    const key = keyOf(run, attack)
    if (examples.value.has(key)) return
    try {
      const found = await call('attacks.examples', { run, attack })
      examples.value = new Map(examples.value).set(key, found)
      errors.value = Object.fromEntries(Object.entries(errors.value).filter(([other]) => other !== key))
    } catch (thrown) {
      errors.value = { ...errors.value, [key]: StudioError.from(thrown).toData() }
    }
  }

  /** Throws what the services refuse. */
  const start = (asked: Input<'attacks.start'>) => call('attacks.start', asked)

  async function makeExamples(run: number, attack: number) {
    const key = keyOf(run, attack)
    try {
      await call('attacks.makeExamples', { run, attack })
    } catch (thrown) {
      errors.value = { ...errors.value, [key]: StudioError.from(thrown).toData() }
    }
  }

  function subscribe() {
    // What was not there may be now.
    client.on('job.changed', ({ kind, state }) => {
      if (kind === 'attack' && state !== 'running')
        examples.value = new Map([...examples.value].filter(([, found]) => found !== null))
    })
    onAnotherProject(() => {
      examples.value = new Map()
      errors.value = {}
    })
  }

  return { examples, errors, own, running, keyOf, fetchExamples, start, makeExamples, subscribe }
})
