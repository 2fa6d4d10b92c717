/**
 * Around each test of mounted components: an empty page, fresh stores, and a program that answers nothing yet. What Vue
 * warns of fails the test.
 */
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { leave } from './page'
import { bridge, forget } from './program'

// Read when the client is first imported, which is after this file.
Object.defineProperty(window, 'secondGuess', { value: bridge, configurable: true })

beforeEach(() => {
  forget()
  localStorage.clear()
  setActivePinia(createPinia())
})
afterEach(() => {
  const warnings = leave()
  document.body.replaceChildren()
  vi.useRealTimers()
  vi.restoreAllMocks()
  expect(warnings).toEqual([])
})
