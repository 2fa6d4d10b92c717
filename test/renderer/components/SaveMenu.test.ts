/** The save menu of every chart, by keyboard and by pointer. */
import { describe, expect, it } from 'vitest'
import SaveMenu from '../../../src/renderer/components/SaveMenu.vue'
import { all, button, click, key, maybe, settled, show, textOf, the } from '../../support/mounted/page'

async function open() {
  const wrapper = show(SaveMenu, { what: 'the curves' })
  await settled()
  expect(maybe('menuitem')).toBeUndefined()
  await key(button('Save the curves'), 'Enter')
  await settled()
  return wrapper
}

describe('SaveMenu', () => {
  it('opens by key and offers the three kinds of file', async () => {
    await open()
    expect(button('Save the curves').getAttribute('aria-expanded')).toBe('true')
    expect(all('menuitem').map(textOf)).toEqual(['Picture (PNG)', 'Vectors (SVG)', 'Numbers (CSV)'])
  })

  it.each([
    [/PNG/, 'png'],
    [/SVG/, 'svg'],
    [/CSV/, 'csv'],
  ])('asks for %s, once, and closes', async (name, kind) => {
    const wrapper = await open()
    await click(the('menuitem', name))
    expect(Object.keys(wrapper.emitted()).filter((event) => ['png', 'svg', 'csv'].includes(event))).toEqual([kind])
    expect(wrapper.emitted(kind)).toHaveLength(1)
    expect(button('Save the curves').getAttribute('aria-expanded')).toBe('false')
  })

  it('closes with Escape and asks for nothing', async () => {
    const wrapper = await open()
    await key(the('menuitem', /PNG/), 'Escape')
    expect(button('Save the curves').getAttribute('aria-expanded')).toBe('false')
    expect(wrapper.emitted()).not.toHaveProperty('png')
  })
})
