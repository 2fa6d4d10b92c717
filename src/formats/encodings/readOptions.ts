/** What long reading heeds and tells. */
import type { ImportChoices } from '../../domain/importChoices'
import type { Progress } from '../../domain/progress'

export interface ReadOptions {
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
  /** What the owner of the files says about them. */
  choices?: ImportChoices
}
