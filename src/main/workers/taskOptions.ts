/** What a task is told by its parent and tells it: stop, and how far it is, some ten times a second. */
import type { Progress } from '../../domain/progress'
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { Parent } from './parent'

const PROGRESS_MS = 100

export function taskOptions(parent: Parent): ReadOptions {
  const abort = new AbortController()
  parent.onStop(() => abort.abort())
  parent.onPause(() => abort.abort())
  let told = 0
  return {
    signal: abort.signal,
    onProgress(progress: Progress) {
      if (Date.now() - told < PROGRESS_MS) return
      told = Date.now()
      parent.tell({ type: 'progress', progress })
    },
  }
}
