/** Images one place hands to another: too many for an address. */
import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** More than these go by hand: an address as long as that nobody copies, and some doors refuse. */
const IN_ADDRESS = 200

export const useHandover = defineStore('handover', () => {
  const given = shallowRef<{ imageSet: string; images: readonly number[] } | null>(null)

  /** Where the images are labelled: few are in the address, so that it brings them again; many wait here. */
  function labelling(imageSet: string, images: readonly number[]) {
    given.value = images.length > IN_ADDRESS ? { imageSet, images } : null
    const many = given.value ? { chosen: String(images.length) } : { images: images.join(',') }
    return { path: '/label', query: { imageSet, ...many } }
  }
  /** What waits for an address of `labelling`; null where it holds its images itself, or another window's. */
  const waiting = (imageSet: string, chosen: unknown) =>
    chosen !== undefined && given.value?.imageSet === imageSet && String(given.value.images.length) === chosen
      ? given.value.images
      : null

  return { labelling, waiting }
})
