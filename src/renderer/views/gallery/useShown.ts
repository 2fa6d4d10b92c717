/** What of the set is shown, in which order, and who the networks are: state, runs and columns brought together. */
import { computed, type ComputedRef } from 'vue'
import {
  keptImages,
  GALLERY_FILTERS,
  PAIRS,
  sortedImages,
  type GalleryFilter,
  type Pair,
} from '../../../domain/labels/gallery'
import { call } from '../../connection/client'
import { HELD_OUT, NO_CONDITIONS, type GalleryState } from '../../lib/galleryAddress'
import { choiceOf, mostHeldOut, networkChoices, PEOPLE_ONLY, type NetworkChoice } from '../../lib/galleryChoices'
import { usualLabels } from '../../lib/usualLabels'
import { useGallery } from '../../stores/gallery'
import { useProject } from '../../stores/project'
import { useRuns } from '../../stores/runs'
import { useAnswer } from '../data/labelSetData'

const NOTHING = new Uint32Array()

/** The label set, its images, and the networks that the address asks for. */
export function useChosen(state: ComputedRef<GalleryState>) {
  const project = useProject()
  const runs = useRuns()
  const labels = computed(
    () =>
      project.labelSets.find(({ name }) => name === state.value.labels) ?? usualLabels(project.labelSets, runs.runs),
  )
  const images = computed(() => project.project?.imageSets.find(({ name }) => name === labels.value?.imageSet))
  const networks = computed(() => networkChoices(runs.runs, images.value?.name ?? ''))
  const network = computed(
    (): NetworkChoice =>
      choiceOf(networks.value, runs.runs, state.value.shownNetwork) ??
      mostHeldOut(networks.value, runs.runs) ??
      PEOPLE_ONLY,
  )
  const against = computed((): NetworkChoice | null => {
    const found = state.value.against === null ? null : choiceOf(networks.value, runs.runs, state.value.against)
    return found && found.runs.length > 0 && network.value.runs.length > 0 && found.key !== network.value.key
      ? found
      : null
  })
  return { labels, images, networks, network, against }
}

export function useShown(state: ComputedRef<GalleryState>) {
  const store = useGallery()
  const columns = computed(() => store.answer?.columns ?? null)
  const { answer: found, error: searchError } = useAnswer(
    () => [store.answer?.imageSet, state.value.find],
    () => {
      const imageSet = store.answer?.imageSet
      if (!imageSet || !state.value.find) return null
      return call('gallery.search', { imageSet, text: state.value.find })
    },
  )
  const finding = computed(() => state.value.find !== '')
  const among = computed(() => {
    if (!finding.value || !found.value) return null
    const bytes = found.value.found.slice()
    return new Set(new Uint32Array(bytes.buffer))
  })
  /** The conditions alone, the same as long as they say the same: a step to the next image is none of them. */
  const where = computed<typeof NO_CONDITIONS>((before) => {
    const { filter, label, peopleGuess, networkGuess, people, network, guesses, outcome, pair, ranges } = state.value
    const now = { filter, label, peopleGuess, networkGuess, people, network, guesses, outcome, pair, ranges }
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now
  })
  const sort = computed(() => state.value.sort)
  const order = computed(() => state.value.order)
  const kept = computed(() =>
    columns.value ? keptImages(columns.value, { ...where.value, among: among.value }) : NOTHING,
  )
  const shown = computed(() =>
    columns.value ? sortedImages(columns.value, kept.value, sort.value, order.value) : NOTHING,
  )

  /** How many of all images each ready filter keeps, each outcome of the comparison, and the network held out. */
  const counts = computed(() => {
    const all = columns.value
    if (!all) return null
    const of = (change: Partial<GalleryState>) => keptImages(all, { ...NO_CONDITIONS, among: null, ...change }).length
    const filters = Object.fromEntries(GALLERY_FILTERS.map((filter) => [filter, of({ filter })])) as Record<
      GalleryFilter,
      number
    >
    const pairs = all.other
      ? (Object.fromEntries(PAIRS.map((pair) => [pair, of({ pair })])) as Record<Pair, number>)
      : null
    return { filters, pairs, heldOut: all.network ? of({ ranges: HELD_OUT }) : all.images }
  })
  /** Where an image stands among those shown; -1 where it is not. */
  const placeOf = computed(() => {
    const places = new Int32Array(columns.value?.images ?? 0).fill(-1)
    shown.value.forEach((image, place) => (places[image] = place))
    return places
  })
  return { columns, kept, shown, counts, placeOf, searchError }
}
