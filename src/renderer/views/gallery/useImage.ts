/** One image's distributions for the networks shown; the one before stays until the next has come. */
import { shallowRef, watch, type Ref } from 'vue'
import type { Distributions } from '../../lib/distributions'
import { useGallery } from '../../stores/gallery'

export interface ShownImage extends Distributions {
  image: number
}

export function useImage(image: Ref<number | null>) {
  const store = useGallery()
  const found = shallowRef<ShownImage | null>(null)
  watch(
    [image, () => store.answer],
    async ([wanted]) => {
      if (wanted === null) return
      try {
        await store.distributions.ask([wanted])
      } catch {
        return // the place says what is wrong with its answer
      }
      const distributions = store.distributions.get(wanted)
      if (distributions && image.value === wanted) found.value = { image: wanted, ...distributions }
    },
    { immediate: true },
  )
  return found
}
