/**
 * The gallery's images as columns for the networks asked for, their distributions, the pixels on the screen, and the
 * selection. What is shown of them, and in which order, is in the address (lib/galleryAddress.ts).
 */
import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { GalleryPoints } from '../../contract'
import { StudioError, type ErrorData } from '../../domain/errors'
import type { GalleryColumns, NetworkColumns } from '../../domain/labels/gallery'
import { call } from '../connection/client'
import { onAnotherProject } from '../lib/anotherProject'
import { DistributionCache, floatsOf } from '../lib/distributions'
import type { Query } from '../lib/galleryAddress'
import { PixelCache } from '../lib/pixels'

export interface GalleryQuestion {
  labelSet: string
  runs: number[]
  /** Runs of the network compared with; empty for none. */
  against: number[]
  attack: string | null
}

export interface GalleryAnswer {
  columns: GalleryColumns
  imageSet: string
  /** Attacks on the runs, and on how many of them. */
  attacks: { name: string; runs: number }[]
}

function networkOf(packed: GalleryPoints['network']): NetworkColumns | null {
  return (
    packed && {
      guess: packed.guess,
      entropy: floatsOf(packed.entropy),
      divergence: floatsOf(packed.divergence),
      kl: floatsOf(packed.kl),
      crossEntropy: floatsOf(packed.crossEntropy),
      confidence: floatsOf(packed.confidence),
      margin: floatsOf(packed.margin),
      accuracy: floatsOf(packed.accuracy),
    }
  )
}

export const useGallery = defineStore('gallery', () => {
  const answer = shallowRef<GalleryAnswer | null>(null)
  const loading = ref(false)
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  /** Images chosen, by index. */
  const selected = shallowRef<ReadonlySet<number>>(new Set())
  /** The address as it was when the place was left. */
  const left = shallowRef<Query>({})
  let question: GalleryQuestion | null = null
  let asked = 0
  const pixels = new PixelCache((name, indices) => call('data.pixels', { imageSet: name, indices }))
  const distributions = new DistributionCache((indices) => {
    const { labelSet = '', runs = [], against = [] } = question ?? {}
    return call('gallery.items', { labelSet, runs, against, indices })
  })

  async function fetch(next: GalleryQuestion) {
    if (JSON.stringify(next) === JSON.stringify(question) && !error.value) return
    const mine = ++asked
    loading.value = true
    try {
      const { labelSet, runs, against, attack } = next
      const [own, other] = await Promise.all([
        call('gallery.points', { labelSet, runs, attack }),
        against.length > 0 ? call('gallery.points', { labelSet, runs: against, attack: null }) : null,
      ])
      if (mine !== asked) return
      if (question?.labelSet !== labelSet) selected.value = new Set()
      question = next
      distributions.clear()
      answer.value = {
        imageSet: own.imageSet,
        attacks: own.attacks,
        columns: {
          images: own.images,
          label: own.label,
          peopleGuess: own.peopleGuess,
          humanEntropy: floatsOf(own.humanEntropy),
          network: networkOf(own.network),
          other: networkOf(other?.network ?? null),
          attack: own.attack && { outcome: own.attack.outcome, change: floatsOf(own.attack.change) },
        },
      }
      error.value = null
    } catch (thrown) {
      if (mine !== asked) return
      answer.value = null
      question = null
      error.value = StudioError.from(thrown).toData()
    } finally {
      if (mine === asked) {
        loading.value = false
        known.value = true
      }
    }
  }

  function toggle(images: readonly number[], on?: boolean) {
    const next = new Set(selected.value)
    for (const image of images) {
      if (on ?? !next.has(image)) next.add(image)
      else next.delete(image)
    }
    selected.value = next
  }
  const clearSelection = () => (selected.value = new Set())

  function subscribe() {
    onAnotherProject(() => {
      asked++
      question = null
      answer.value = null
      known.value = false
      left.value = {}
      clearSelection()
      pixels.clear()
      distributions.clear()
    })
  }

  return {
    answer,
    loading,
    known,
    error,
    selected,
    left,
    pixels,
    distributions,
    fetch,
    toggle,
    clearSelection,
    subscribe,
  }
})
