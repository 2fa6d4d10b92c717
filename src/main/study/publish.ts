/** Makes a label set of a study's judgments so far: a named version that training can use and that stays as it is. */
import type { ReadOptions } from '../../formats/encodings/readOptions'
import type { ImportedItem } from '../../domain/labels/sets'
import { StudioError } from '../../domain/errors'
import type { ProjectStore } from '../storage'
import { addToProject } from '../labels/addToProject'
import { studyLabels } from './labelSet'
import { studyStates } from './state'

/** Erasures during one publication after which it is given up. */
const ATTEMPTS = 5

/** The same judgments published again are the same label set. Throws StudioError('conflict') without any judgment. */
export async function publishStudy(
  store: ProjectStore,
  study: number,
  options: ReadOptions = {},
): Promise<ImportedItem> {
  for (let attempt = 1; ; attempt++) {
    options.onProgress?.({ label: 'Gathering the judgments', done: 0, total: null, secondsLeft: null })
    const erasure = store.erasures.newest()
    const labels = studyLabels(store, studyStates(store).get(study))
    if (labels.counts.every((count) => count === 0))
      throw new StudioError('conflict', 'The study has no judgment that counts yet.', { file: labels.name })
    const verify = () => {
      if (store.erasures.newest() !== erasure) throw new ErasedMeanwhile()
    }
    try {
      const [added] = await addToProject(store, [labels], { ...options, verify })
      if (!added) throw new StudioError('internal', 'The label set was not added.')
      return added
    } catch (error) {
      // What was gathered may hold what is erased now: it is gathered again.
      if (!(error instanceof ErasedMeanwhile) || attempt === ATTEMPTS) throw error
    }
  }
}

class ErasedMeanwhile extends StudioError {
  constructor() {
    super('conflict', 'A participant was erased while the label set was being made.', { hint: 'Try again.' })
  }
}
