/**
 * The page as a person meets it: elements by role and accessible name, typing, clicking, keys. Dialogs and menus are
 * found too, which lie outside of the component that opens them.
 */
import { flushPromises, mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { vi } from 'vitest'
import type { Component } from 'vue'

const ROLES: Record<string, string> = {
  button: 'button, [role=button]',
  textbox: 'input:not([type]), input[type=text], input[type=search], input[type=url], textarea',
  spinbutton: 'input[type=number]',
  checkbox: 'input[type=checkbox]',
  radio: 'input[type=radio]',
  combobox: 'select, [role=combobox]',
  slider: 'input[type=range]',
  dialog: '[role=dialog]',
  alert: '[role=alert]',
  status: '[role=status]',
  progressbar: '[role=progressbar]',
  columnheader: 'th[scope=col]',
  menuitem: '[role=menuitem]',
  option: '[role=option]',
  tab: '[role=tab]',
  link: 'a',
  img: '[role=img]',
  group: 'fieldset, [role=group]',
}
export type Role = keyof typeof ROLES

const squeeze = (text: string | null | undefined) => (text ?? '').replaceAll(/\s+/g, ' ').trim()

export const textOf = (element: Element | null | undefined) => squeeze(element?.textContent)

/** Its accessible name, as far as this window uses the ways to give one. */
export function nameOf(element: Element): string {
  const label = element.getAttribute('aria-label')
  if (label !== null) return squeeze(label)
  const by = element.getAttribute('aria-labelledby')
  if (by !== null)
    return squeeze(
      by
        .split(' ')
        .map((id) => textOf(document.getElementById(id)))
        .join(' '),
    )
  if (element.matches('fieldset')) return textOf(element.querySelector('legend'))
  if (element.matches('input, select, textarea')) {
    const own = element.id ? document.querySelector(`label[for="${element.id}"]`) : null
    return textOf(own ?? element.closest('label'))
  }
  return textOf(element)
}

type Name = string | RegExp
const fits = (element: Element, name: Name | undefined) =>
  name === undefined || (typeof name === 'string' ? nameOf(element) === name : name.test(nameOf(element)))

export const all = <E extends HTMLElement = HTMLElement>(role: Role, name?: Name): E[] =>
  [...document.body.querySelectorAll<E>(ROLES[role]!)].filter((element) => fits(element, name))

export const maybe = <E extends HTMLElement = HTMLElement>(role: Role, name?: Name): E | undefined =>
  all<E>(role, name)[0]

/** The one element of this role and name; what there is instead is in the error. */
export function the<E extends HTMLElement = HTMLElement>(role: Role, name?: Name): E {
  const found = all<E>(role, name)
  if (found.length === 1) return found[0]!
  const there = all(role).map(nameOf)
  throw new Error(`${found.length} of ${role} ${String(name)}; there are ${JSON.stringify(there)}`)
}

export const button = (name: Name) => the<HTMLButtonElement>('button', name)
export const input = (name: Name) =>
  [...all<HTMLInputElement>('spinbutton', name), ...all<HTMLInputElement>('textbox', name)][0] ??
  the<HTMLInputElement>('textbox', name)
export const select = (name: Name) => the<HTMLSelectElement>('combobox', name)
export const checkbox = (name: Name) => the<HTMLInputElement>('checkbox', name)

/** What is said about an element by `aria-describedby`. */
export const descriptionOf = (element: Element): string =>
  squeeze(
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .map((id) => (id ? textOf(document.getElementById(id)) : ''))
      .join(' '),
  )

export async function click(element: Element | undefined, init: MouseEventInit = {}) {
  element?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...init }))
  await flushPromises()
}

/** Nothing happens to what is disabled, as in a browser. */
export async function press(name: Name) {
  button(name).click()
  await flushPromises()
}

export async function check(box: HTMLInputElement) {
  box.click()
  await flushPromises()
}

/** Types the whole text, the field not left yet. */
export async function typing(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
  field.value = text
  field.dispatchEvent(new Event('input', { bubbles: true }))
  await flushPromises()
}

/** Types the whole text and leaves the field. */
export async function type(field: HTMLInputElement | HTMLTextAreaElement, text: string) {
  await typing(field, text)
  field.dispatchEvent(new Event('change', { bubbles: true }))
  await flushPromises()
}

/** Chooses the option with this text. */
export async function choose(field: HTMLSelectElement, text: Name) {
  const options = [...field.options]
  const at = options.findIndex((option) =>
    typeof text === 'string' ? textOf(option) === text : text.test(textOf(option)),
  )
  if (at < 0) throw new Error(`No option ${String(text)}; there are ${JSON.stringify(options.map(textOf))}`)
  field.selectedIndex = at
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.dispatchEvent(new Event('change', { bubbles: true }))
  await flushPromises()
}

export const optionsOf = (field: HTMLSelectElement) => [...field.options].map(textOf)

/** Answers whether the page took the key. */
export async function key(target: EventTarget, name: string, init: KeyboardEventInit = {}): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  await flushPromises()
  return event.defaultPrevented
}

export async function submit(form: Element | null | undefined = document.querySelector('form')) {
  form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  await flushPromises()
}

/**
 * Mounts into the page, with the stores of this test. Models are kept up to date, as by a parent.
 * @param stubbed components left out by name: charts, which draw on a canvas that is not here
 */
export function show(
  component: Component,
  props: Record<string, unknown> = {},
  slots: Record<string, string> = {},
  stubbed: readonly string[] = [],
): VueWrapper {
  const wrapper = mount(component, {
    props: {
      ...props,
      ...Object.fromEntries(
        Object.keys(props)
          .map((name) => `onUpdate:${name}`)
          .map((event) => [event, (value: unknown) => void wrapper.setProps({ [event.slice(9)]: value })]),
      ),
    },
    slots,
    attachTo: document.body,
    global: {
      plugins: [getActivePinia()!],
      stubs: { RouterLink: RouterLinkStub, ...Object.fromEntries(stubbed.map((name) => [name, true])) },
      config: { warnHandler: (message) => warnings.push(message) },
    },
  })
  shown.push(wrapper)
  return wrapper
}

const shown: VueWrapper[] = []
const warnings: string[] = []

/** Takes everything off the page; answers what Vue warned of meanwhile. */
export function leave(): string[] {
  for (const wrapper of shown.splice(0)) wrapper.unmount()
  return warnings.splice(0)
}

/** A model as its parent has it by now. */
export const modelOf = <T>(wrapper: VueWrapper, name = 'modelValue'): T =>
  (wrapper.props() as Record<string, unknown>)[name] as T

/** A dialog that was closed and is opened now: most take up what they show when they are opened. */
export async function showOpened(component: Component, props: Record<string, unknown>): Promise<VueWrapper> {
  const wrapper = show(component, { ...props, open: false })
  await wrapper.setProps({ open: true })
  await flushPromises()
  return wrapper
}

export { flushPromises as settled }

/** Tries until it holds: machines may be busy. */
export const until = <T>(holds: () => T) => vi.waitFor(holds, { timeout: 60_000, interval: 20 })
