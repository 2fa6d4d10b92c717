/** Whether the program answers, and what is known where it does not. Only a window in a browser can lose it. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { ConnectionState } from '../../contract/connection'

export const useConnection = defineStore('connection', () => {
  const state = ref<ConnectionState>('connected')
  /** When it was lost; null while connected. */
  const since = ref<Date | null>(null)
  /** Whether this window ever had access: then it may hold something worth keeping. */
  const hadAccess = ref(true)

  function tell(now: ConnectionState) {
    if (now === 'unauthorized' && state.value === 'connected' && since.value === null) hadAccess.value = false
    if (now === 'connected' || now === 'outdated') {
      since.value = null
      hadAccess.value = true
    } else since.value ??= new Date()
    state.value = now
  }

  return { state, since, hadAccess, tell }
})
