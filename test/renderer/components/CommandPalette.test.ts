/** Everything by name: opened by a key, searched, chosen by keys, with what was used last first. */
import { mount } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import CommandPalette from '../../../src/renderer/components/CommandPalette.vue'
import { measuresOpen, paletteOpen, shortcutsOpen } from '../../../src/renderer/stores/dialogs'
import { useRuns } from '../../../src/renderer/stores/runs'
import { aRun } from '../../support/mounted/examples'
import { all, click, key, maybe, select, settled, textOf, the, typing } from '../../support/mounted/page'

const page = { render: () => null }
let close = () => undefined as void
async function open(): Promise<Router> {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: page, meta: { title: 'Home' } },
      { path: '/train', component: page, meta: { title: 'Train' } },
      { path: '/study', component: page },
    ],
  })
  const wrapper = mount(CommandPalette, { attachTo: document.body, global: { plugins: [getActivePinia()!, router] } })
  close = () => wrapper.unmount()
  await router.push('/')
  return router
}
async function summon() {
  await key(document.body, 'k', { ctrlKey: true })
  await settled()
}
afterEach(() => {
  paletteOpen.value = shortcutsOpen.value = measuresOpen.value = false
  close()
})
const field = () => select('Find a command') as unknown as HTMLInputElement
const titles = () => all('option').map((option) => textOf(option.querySelector('.title')))
const highlighted = () => textOf(document.querySelector('[role=option][data-highlighted] .title'))
async function search(text: string) {
  await typing(field(), text)
  await settled()
}

describe('CommandPalette', () => {
  it('opens and closes by its key, with Ctrl and with Cmd', async () => {
    await open()
    expect(maybe('dialog')).toBeUndefined()
    expect(await key(document.body, 'k', { ctrlKey: true })).toBe(true)
    expect(paletteOpen.value).toBe(true)
    await key(document.body, 'K', { metaKey: true })
    expect(paletteOpen.value).toBe(false)
  })

  it('leaves the key to others with more modifiers, and to an open dialog', async () => {
    await open()
    await key(document.body, 'k', { ctrlKey: true, shiftKey: true })
    await key(document.body, 'k')
    expect(paletteOpen.value).toBe(false)
    const other = document.body.appendChild(document.createElement('div'))
    other.setAttribute('role', 'dialog')
    await key(document.body, 'k', { ctrlKey: true })
    expect(paletteOpen.value).toBe(false)
  })

  it('leaves the key to a labelling session', async () => {
    await open()
    const frame = document.body.appendChild(document.createElement('div'))
    frame.className = 'frame'
    frame.setAttribute('inert', '')
    await key(document.body, 'k', { ctrlKey: true })
    expect(paletteOpen.value).toBe(false)
  })

  it('offers places and actions first, and runs only for a word', async () => {
    useRuns().runs = [aRun(12)]
    await open()
    await summon()
    expect(titles()).toContain('Train')
    expect(titles().some((title) => title.startsWith('Run 12'))).toBe(false)
    await search('run 12')
    expect(titles()[0]).toMatch(/^Run 12:/)
  })

  it('goes to what is chosen, closes, and has it first the next time', async () => {
    const router = await open()
    await summon()
    await search('train')
    expect(highlighted()).toBe('Train')
    await key(field(), 'Enter')
    await settled()
    expect(router.currentRoute.value.path).toBe('/train')
    expect(paletteOpen.value).toBe(false)
    await summon()
    expect(titles()[0]).toBe('Train')
    expect(textOf(all('option')[0]?.querySelector('.kind'))).toBe('Recent')
  })

  it('begins with an empty search each time it is opened', async () => {
    await open()
    await summon()
    await search('train')
    await key(document.body, 'k', { ctrlKey: true })
    await summon()
    expect(field().value).toBe('')
    expect(titles().length).toBeGreaterThan(1)
  })

  it('chooses by arrows and by clicking', async () => {
    await open()
    await summon()
    await search('keyboard')
    await click(the('option', /^Keyboard shortcuts/))
    await settled()
    expect(shortcutsOpen.value).toBe(true)
    await summon()
    const [first, second] = titles()
    expect(highlighted()).toBe(first)
    await key(field(), 'ArrowDown')
    await settled()
    expect(highlighted()).toBe(second)
  })

  it('announces how many were found, and that there is none', async () => {
    useRuns().runs = Array.from({ length: 70 }, (_, at) => aRun(at + 1))
    await open()
    await summon()
    await search('xyzzy')
    expect(titles()).toEqual([])
    expect(textOf(the('status'))).toMatch(/^No/)
    await search('run')
    expect(all('option')).toHaveLength(60)
    expect(textOf(the('status'))).toMatch(/^The first 60 of \d+$/)
    await search('keyboard')
    expect(textOf(the('status'))).toMatch(/^\d+ found$/)
  })
})
