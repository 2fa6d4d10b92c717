/**
 * The gallery's state, which is its address: read from the route, changed by going to another one, so that a reload and
 * the way back bring it again. The place left without an address comes back as it was.
 */
import { computed, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { readState, writeState, type GalleryState } from '../../lib/galleryAddress'
import { useGallery } from '../../stores/gallery'

export function useGalleryState() {
  const route = useRoute()
  const router = useRouter()
  const store = useGallery()
  const here = () => route.path === '/gallery'
  const { left } = store
  if (here() && Object.keys(route.query).length === 0 && Object.keys(left).length > 0)
    void router.replace({ path: '/gallery', query: left })

  // While another place is gone to, this one is still on the screen and keeps what it had.
  const query = computed<typeof route.query>((before) => (here() || !before ? route.query : before))
  const state = computed(() => readState(query.value))
  watch(state, (now) => (store.left = writeState({ ...now, image: null })), { immediate: true })

  function go(change: Partial<GalleryState>, replace: boolean) {
    const next = writeState({ ...state.value, ...change })
    if (JSON.stringify(next) === JSON.stringify(writeState(state.value))) return
    void router[replace ? 'replace' : 'push']({ path: '/gallery', query: next })
  }
  return {
    state,
    /** A step that the way back undoes. */
    set: (change: Partial<GalleryState>) => go(change, false),
    /** One that it does not: walking, typing. */
    walk: (change: Partial<GalleryState>) => go(change, true),
  }
}
