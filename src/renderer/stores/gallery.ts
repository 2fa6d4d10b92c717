/** The gallery's question, its answer, and the pixels of the images on the screen. */
import { defineStore } from 'pinia'
import { reactive, ref, shallowRef } from 'vue'
import type { GalleryItem, GalleryQuery } from '../../shared/contract'
import { StudioError, type ErrorData } from '../../shared/errors'
import { call, client } from '../client'
import { PixelCache } from '../lib/pixels'

/** One answer carries at most this many items; the rest come as the list is scrolled. */
const PAGE = 10_000

export const useGallery = defineStore('gallery', () => {
  const query = reactive<Omit<GalleryQuery, 'offset' | 'limit'>>({
    labelSet: '',
    runs: [],
    sort: 'human-entropy',
    order: 'descending',
    filter: 'all',
    classIndex: null,
  })
  const items = shallowRef<GalleryItem[]>([])
  const total = ref(0)
  const images = ref(0)
  const imageSet = ref('')
  const loading = ref(false)
  const known = ref(false)
  const error = ref<ErrorData | null>(null)
  /** Every item of the label set, whatever the filter: the scatter's grey ground. */
  const ground = shallowRef<GalleryItem[]>([])
  let groundKey = ''
  let asked = 0
  const pixels = new PixelCache((name, indices) => call('data.pixels', { imageSet: name, indices }))

  async function fetch() {
    if (!query.labelSet) return
    const mine = ++asked
    loading.value = true
    try {
      const page = await call('gallery.query', { ...query, runs: [...query.runs], offset: 0, limit: PAGE })
      if (mine !== asked) return
      items.value = page.items
      total.value = page.total
      images.value = page.images
      imageSet.value = page.imageSet
      error.value = null
      const key = JSON.stringify([query.labelSet, query.runs])
      if (key !== groundKey) {
        const whole = query.filter === 'all' && query.classIndex === null
        const all = whole
          ? page
          : await call('gallery.query', { ...query, runs: [...query.runs], filter: 'all', classIndex: null, offset: 0, limit: PAGE }) // prettier-ignore
        if (mine !== asked) return
        ground.value = all.items
        groundKey = key
      }
    } catch (thrown) {
      if (mine !== asked) return
      error.value = StudioError.from(thrown).toData()
    } finally {
      if (mine === asked) {
        loading.value = false
        known.value = true
      }
    }
  }

  /** Appends the next page where the filter matches more than one answer holds. */
  async function fetchMore() {
    if (loading.value || items.value.length >= total.value) return
    loading.value = true
    const mine = asked
    try {
      const page = await call('gallery.query', { ...query, runs: [...query.runs], offset: items.value.length, limit: PAGE }) // prettier-ignore
      if (mine === asked) items.value = [...items.value, ...page.items]
    } catch (thrown) {
      error.value = StudioError.from(thrown).toData()
    } finally {
      loading.value = false
    }
  }

  function subscribe() {
    let path: string | undefined
    client.on('project.changed', (project) => {
      if (project?.path === path) return
      path = project?.path
      groundKey = ''
      items.value = []
      ground.value = []
      known.value = false
      query.labelSet = ''
      query.runs = []
      pixels.clear()
    })
  }

  return { query, items, total, images, imageSet, loading, known, error, ground, pixels, fetch, fetchMore, subscribe }
})
