/** An act that may be refused: whether it is under way, and what refused it last. */
import { ref } from 'vue'
import { StudioError, type ErrorData } from '../../domain/errors'

export function useAttempt() {
  const busy = ref(false)
  const error = ref<ErrorData | null>(null)
  async function attempt(act: () => Promise<unknown>) {
    busy.value = true
    error.value = null
    try {
      await act()
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    } finally {
      busy.value = false
    }
  }
  return { busy, error, attempt }
}
