/** The figures of a label set, how often each image was judged, and every image of it, fetched once per set. */
import { ref, shallowRef, watch, type Ref } from 'vue'
import type { GalleryItem } from '../../../contract'
import type { ImageSetInfo, LabelSetInfo, LabelStats } from '../../../domain/labels/sets'
import { StudioError, type ErrorData } from '../../../domain/errors'
import { call } from '../../connection/client'

const PAGE = 10_000

export function useLabelSetData(labels: Ref<LabelSetInfo | undefined>, images: Ref<ImageSetInfo | undefined>) {
  const stats = ref<LabelStats | null>(null)
  /** In the order of the set; null until they are known, and where the images are not in the project. */
  const items = shallowRef<GalleryItem[] | null>(null)
  /** Kept judgments per image; null until known, and where the source holds probabilities only. */
  const judged = shallowRef<number[] | null>(null)
  const error = ref<ErrorData | null>(null)
  let asked = 0

  async function load(labelSet: string | undefined, hasImages: boolean) {
    const mine = ++asked
    error.value = null
    stats.value = null
    items.value = null
    judged.value = null
    if (!labelSet) return
    try {
      const answer = await call('data.stats', { labelSet })
      if (mine !== asked) return
      stats.value = answer
      const times = await call('labels.judged', { labelSet })
      if (mine !== asked) return
      judged.value = times
      const found: GalleryItem[] = []
      for (let offset = 0, total = 1; hasImages && offset < total; offset += PAGE) {
        const page = await call('gallery.query', {
          labelSet,
          runs: [],
          sort: 'index',
          order: 'ascending',
          filter: 'all',
          classIndex: null,
          offset,
          limit: PAGE,
        })
        total = page.total
        found.push(...page.items)
        if (mine !== asked) return
      }
      if (hasImages) items.value = found
    } catch (thrown) {
      if (mine === asked) error.value = StudioError.from(thrown).toData()
    }
  }
  watch(
    () => [labels.value?.name, labels.value?.digest, images.value?.digest] as const,
    ([name]) => void load(name, images.value !== undefined),
    { immediate: true },
  )
  return { stats, items, judged, error }
}

/**
 * One answer of a call that is asked anew whenever its question changes; a late answer to an earlier one is dropped.
 */
export function useAnswer<T>(question: () => unknown, ask: () => Promise<T> | null) {
  const answer = shallowRef<T | null>(null)
  const error = ref<ErrorData | null>(null)
  let asked = 0
  watch(
    () => JSON.stringify(question()),
    async () => {
      const mine = ++asked
      error.value = null
      try {
        const found = await ask()
        if (mine === asked) answer.value = found
      } catch (thrown) {
        if (mine !== asked) return
        answer.value = null
        error.value = StudioError.from(thrown).toData()
      }
    },
    { immediate: true },
  )
  return { answer, error }
}
