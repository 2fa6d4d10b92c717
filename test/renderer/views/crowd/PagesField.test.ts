/** The pages around the task: what is still to be filled in, and how participants will read them. */
import { reactive } from 'vue'
import { describe, expect, it } from 'vitest'
import PagesField from '../../../../src/renderer/views/crowd/PagesField.vue'
import {
  all,
  descriptionOf,
  input,
  key,
  modelOf,
  nameOf,
  settled,
  show,
  textOf,
  the,
  type,
} from '../../../support/mounted/page'

const PAGES = {
  consent: '# Hello\n\nRun by [name] of [institution].',
  instructions: 'Look **closely**.',
  debrief: ' ',
}
const open = (pages: Partial<typeof PAGES> = {}, problems = {}) =>
  show(PagesField, { modelValue: reactive({ ...PAGES, ...pages }), problems })
const preview = () => document.querySelector('[role=region]')
async function turnTo(name: RegExp) {
  the('tab', name).dispatchEvent(new MouseEvent('mousedown', { bubbles: true, button: 0 }))
  await settled()
}

describe('PagesField', () => {
  it('counts what is to be filled in on each page, and names it', async () => {
    open()
    expect(all('tab').map(textOf)).toEqual(['Consent 2', 'Instructions', 'Debrief'])
    expect(document.querySelector('[role=tab] [aria-label]')?.getAttribute('aria-label')).toBe('2 to fill in')
    const written = input('Consent, in Markdown')
    expect(descriptionOf(written)).toContain('To fill in: [name] [institution]')
    await type(written, 'Run by the lab.')
    expect(all('tab').map(textOf)).toEqual(['Consent', 'Instructions', 'Debrief'])
  })

  it('shows what is written as participants will read it, one level below the page’s own heading', () => {
    open()
    expect(nameOf(preview()!)).toBe('As participants read it')
    expect(textOf(preview()?.querySelector('h3'))).toBe('Hello')
  })

  it('writes into the page whose tab is open, and not into others', async () => {
    const wrapper = open()
    await turnTo(/^Instructions/)
    expect(preview()?.querySelector('strong')?.textContent).toBe('closely')
    await type(input('Instructions, in Markdown'), 'Look.')
    expect(modelOf(wrapper)).toEqual({ ...PAGES, instructions: 'Look.' })
  })

  it('goes from page to page by arrow keys', async () => {
    open()
    await settled()
    the('tab', /^Consent/).focus()
    await key(the('tab', /^Consent/), 'ArrowRight')
    expect(the('tab', /^Instructions/).getAttribute('aria-selected')).toBe('true')
  })

  it('says that a page is empty', async () => {
    open()
    await turnTo(/^Debrief/)
    expect(textOf(preview())).toBe('Empty.')
  })

  it('says what is wrong with a page, tied to its text', () => {
    open({}, { consent: 'At most 50,000 characters.' })
    const written = input('Consent, in Markdown')
    expect(written.getAttribute('aria-invalid')).toBe('true')
    expect(descriptionOf(written)).toContain('At most 50,000 characters.')
  })
})
