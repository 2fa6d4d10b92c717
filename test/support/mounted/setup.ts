/** Before each test of mounted components: an empty page, fresh stores, and a program that answers nothing yet. */
import { enableAutoUnmount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, vi } from 'vitest'
import { bridge, forget } from './program'

// Read when the client is first imported, which is after this file.
vi.stubGlobal('secondGuess', bridge)

beforeEach(() => {
  forget()
  localStorage.clear()
  setActivePinia(createPinia())
})
enableAutoUnmount(afterEach)
afterEach(() => {
  document.body.replaceChildren()
})
