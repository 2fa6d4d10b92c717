/** Files dropped anywhere on the window: said while they hover, imported into the project that is open or asked for. */
import { mount } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import DropOverlay from '../../../src/renderer/components/DropOverlay.vue'
import { projectDialog } from '../../../src/renderer/stores/dialogs'
import { useProject } from '../../../src/renderer/stores/project'
import { aJob, aProject } from '../../support/mounted/examples'
import { settled, until } from '../../support/mounted/page'
import { answer, asked, bridge } from '../../support/mounted/program'

const page = { render: () => null }
let close = () => undefined as void
async function open() {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: page },
      { path: '/train', component: page },
    ],
  })
  await router.push('/train')
  vi.spyOn(bridge, 'pathOf').mockImplementation((file) => `/disk/${file.name}`)
  answer('data.import', () => aJob())
  const wrapper = mount(DropOverlay, { attachTo: document.body, global: { plugins: [getActivePinia()!, router] } })
  close = () => wrapper.unmount()
  return router
}
afterEach(() => {
  projectDialog.value = null
  close()
})
/** Answers whether the page took it. */
async function drag(kind: string, types: string[], files: File[] = []) {
  const event = Object.assign(new Event(kind, { bubbles: true, cancelable: true }), { dataTransfer: { types, files } })
  document.body.dispatchEvent(event)
  await settled()
  return event.defaultPrevented
}
const isShown = () => document.querySelector('.drop') !== null
const FILES = [new File(['a'], 'a.npy'), new File(['b'], 'b.csv')]

describe('DropOverlay', () => {
  it('is shown while files are over the window, also over what lies in it', async () => {
    await open()
    await drag('dragenter', ['Files'])
    await drag('dragenter', ['Files'])
    await drag('dragleave', ['Files'])
    expect(isShown()).toBe(true)
    await drag('dragleave', ['Files'])
    expect(isShown()).toBe(false)
  })

  it('leaves to others what carries no files', async () => {
    await open()
    await drag('dragenter', ['text/plain'])
    expect(isShown()).toBe(false)
    expect(await drag('dragover', ['text/plain'])).toBe(false)
    expect(await drag('drop', ['text/plain'])).toBe(false)
  })

  it('imports what is dropped, where it can be watched', async () => {
    useProject().project = aProject()
    const router = await open()
    await drag('dragenter', ['Files'])
    expect(await drag('dragover', ['Files'])).toBe(true)
    expect(await drag('drop', ['Files'], FILES)).toBe(true)
    expect(isShown()).toBe(false)
    await until(() => expect(asked('data.import')).toEqual([{ paths: ['/disk/a.npy', '/disk/b.csv'], choices: {} }]))
    expect(router.currentRoute.value.path).toBe('/')
  })

  it('asks for a project first, and imports nothing where none is opened', async () => {
    await open()
    await drag('drop', ['Files'], FILES)
    expect(projectDialog.value?.reason).not.toBe('')
    projectDialog.value?.resolve(false)
    await settled()
    expect(asked('data.import')).toEqual([])
  })

  it('imports nothing where nothing was dropped', async () => {
    useProject().project = aProject()
    await open()
    await drag('drop', ['Files'], [])
    expect(asked('data.import')).toEqual([])
  })
})
